// Padding of tensors.

/// What a tensor is padded with: `mode` of `torch.nn.functional.pad`.
public enum PaddingMode: String, Sendable {
  /// A number, 0 unless another is given.
  case constant
  /// Zeros, under the name of a convolution's `padding_mode`: the same as ``constant``.
  public static var zeros: PaddingMode { .constant }
  /// The elements mirrored at the edge, without repeating the edge.
  case reflect
  /// The element at the edge, repeated.
  case replicate
  /// The elements of the other end.
  case circular
}

extension Tensor {
  /// Pads a tensor: `torch.nn.functional.pad`.
  ///
  /// - Parameters:
  ///   - sizes: the padding before and after the last dim, then before and after the second to
  ///     last, and so on. Negative sizes crop.
  ///   - mode: what it is padded with.
  ///   - value: the number, with `constant`.
  public func pad(_ sizes: [Int], mode: PaddingMode = .constant, value: Double = 0) -> Tensor {
    guard sizes.count % 2 == 0, sizes.count <= 2 * ndim else {
      fatalError(
        "pad: \(sizes) for shape \(shape); there must be two sizes for each padded dim")
    }
    if mode == .reflect || mode == .replicate, let wide = raised(.everywhere) {
      return wide.pad(sizes, mode: mode)
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
    guard size + before + after >= 0, mode == .constant || Swift.max(before, after) <= limit else {
      let most =
        limit < Int.max
        ? "\(mode) adds at most \(limit) there" : "no more than the whole dim can be cut"
      fatalError(
        "pad: \(before) before and \(after) after dim \(dim) of shape \(shape) (\(mode)); \(most)")
    }
    let start = Swift.max(-before, 0)
    let kept = Swift.max(size - start - Swift.max(-after, 0), 0)
    guard mode == .constant else {
      let places = (-before..<size + after).map { place in
        switch mode {
        case .reflect: place < 0 ? -place : place < size ? place : 2 * (size - 1) - place
        case .circular: start + (place - start + kept) % kept
        default: Swift.min(Swift.max(place, 0), size - 1)
        }
      }
      return indexSelect(dim, Tensor(places, device: device))
    }
    let middle = narrow(dim, start: start, length: kept)
    var parts: [Tensor] = []
    func filling(_ count: Int) -> Tensor {
      var whole = shape
      whole[dim] = count
      return .full(whole, value, dtype: dtype, device: device)
    }
    if before > 0 { parts.append(filling(before)) }
    parts.append(middle)
    if after > 0 { parts.append(filling(after)) }
    return parts.count == 1 ? middle : .cat(parts, dim: dim)
  }
}
