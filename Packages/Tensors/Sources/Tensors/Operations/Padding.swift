// More around a tensor, and images in other sizes.

/// What stands around a tensor: `mode` of `torch.nn.functional.pad`.
public enum PaddingMode: Sendable {
  case constant
  /// The elements mirrored at the edge, which is not repeated.
  case reflect
  /// The edge again.
  case replicate
  /// The other end.
  case circular
}

extension Tensor {
  /// More around a tensor: `torch.nn.functional.pad`.
  ///
  /// - Parameters:
  ///   - sizes: how much before and after the last dim, then before and after the one before it, and so
  ///     on. With `constant`, negative ones cut.
  ///   - mode: what stands there.
  ///   - value: the number, with `constant`.
  public func pad(_ sizes: [Int], mode: PaddingMode = .constant, value: Double = 0) -> Tensor {
    guard sizes.count % 2 == 0, sizes.count <= 2 * ndim else {
      fatalError(
        "pad: \(sizes) for shape \(shape); there must be two sizes for each of some last dims")
    }
    var result = self
    for pair in 0..<sizes.count / 2 {
      let (before, after) = (sizes[2 * pair], sizes[2 * pair + 1])
      result = result.padded(ndim - 1 - pair, before, after, mode, value)
    }
    return result
  }

  private func padded(
    _ dim: Int, _ before: Int, _ after: Int, _ mode: PaddingMode, _ value: Double
  ) -> Tensor {
    let size = shape[dim]
    let limit = mode == .reflect ? size - 1 : mode == .circular ? size : Int.max
    guard size + before + after >= 0, mode == .constant || (0...limit).contains(before),
      mode == .constant || (0...limit).contains(after)
    else {
      fatalError("pad: \(before) before and \(after) after dim \(dim) of shape \(shape) (\(mode))")
    }
    guard mode == .constant else {
      let places = (-before..<size + after).map { place in
        switch mode {
        case .reflect: place < 0 ? -place : place < size ? place : 2 * (size - 1) - place
        case .circular: (place + size) % size
        default: Swift.min(Swift.max(place, 0), size - 1)
        }
      }
      return indexSelect(dim, Tensor(places, device: device))
    }
    let start = Swift.max(-before, 0)
    let kept = narrow(
      dim, start: start, length: Swift.max(size - start - Swift.max(-after, 0), 0))
    var parts: [Tensor] = []
    func filling(_ count: Int) -> Tensor {
      var whole = shape
      whole[dim] = count
      return .full(whole, value, dtype: dtype, device: device)
    }
    if before > 0 { parts.append(filling(before)) }
    parts.append(kept)
    if after > 0 { parts.append(filling(after)) }
    return parts.count == 1 ? kept : .cat(parts, dim: dim)
  }

  /// How ``interpolate(size:mode:alignCorners:)`` works out what lies between elements.
  public enum Interpolation: Sendable {
    case nearest
    /// Between the two nearest along each dim, by their distance.
    case bilinear
  }

  /// The last two dims in another size: `torch.nn.functional.interpolate`.
  ///
  /// - Parameter alignCorners: whether the corner elements keep their values; `bilinear` only.
  public func interpolate(
    size: [Int], mode: Interpolation = .nearest, alignCorners: Bool = false
  ) -> Tensor {
    guard ndim >= 2, size.count == 2, size.allSatisfy({ $0 > 0 }), !shape.suffix(2).contains(0)
    else {
      fatalError(
        "interpolate: shape \(shape) to \(size); expected […, height, width] and two sizes")
    }
    var result = self
    for (dim, count) in zip([-2, -1], size) {
      result = result.interpolated(dim, count, mode, alignCorners)
    }
    return result
  }

  private func interpolated(
    _ dim: Int, _ count: Int, _ mode: Interpolation, _ alignCorners: Bool
  ) -> Tensor {
    let length = shape[ndim + dim]
    let scale = Double(length) / Double(count)
    if mode == .nearest {
      let places = (0..<count).map { Swift.min(Int(Float($0) * Float(scale)), length - 1) }
      return indexSelect(dim, Tensor(places, device: device))
    }
    requireFloatingPoint("interpolate")
    let positions = (0..<count).map { index -> Double in
      if alignCorners {
        return count > 1 ? Double(index) * Double(length - 1) / Double(count - 1) : 0
      }
      return Swift.max((Double(index) + 0.5) * scale - 0.5, 0)
    }
    let lower = positions.map { Swift.min(Int($0), length - 1) }
    let upper = lower.map { Swift.min($0 + 1, length - 1) }
    let shares = zip(positions, lower).map { $0 - Double($1) }
    var column = [Int](repeating: 1, count: -dim)
    column[0] = count
    let weight = Tensor(shares, dtype: dtype, device: device).reshape(column)
    let (a, b) = (
      indexSelect(dim, Tensor(lower, device: device)),
      indexSelect(dim, Tensor(upper, device: device))
    )
    return a * (1 - weight) + b * weight
  }
}
