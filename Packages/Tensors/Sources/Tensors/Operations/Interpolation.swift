// Resizing of signals and images.

extension Tensor {
  /// How ``interpolate(size:mode:alignCorners:)`` computes values between elements.
  public enum Interpolation: String, Sendable {
    /// The nearest element.
    case nearest
    /// Linear interpolation between the two nearest elements of a signal.
    case linear
    /// Linear interpolation along both dims of an image.
    case bilinear

    fileprivate func allows(_ dims: Int) -> Bool {
      switch self {
      case .nearest: dims > 0
      case .linear: dims == 1
      case .bilinear: dims == 2
      }
    }
  }

  /// Resizes as many last dims as there are sizes: `torch.nn.functional.interpolate`.
  ///
  /// - Parameters:
  ///   - size: [length] for signals, [height, width] for images, or one number for all dims but
  ///     batch and channels.
  ///   - mode: how values between elements are computed.
  ///   - alignCorners: whether the elements at the corners keep their values; not with `nearest`.
  public func interpolate(
    size: any Extent, mode: Interpolation = .nearest, alignCorners: Bool = false
  ) -> Tensor {
    // One number for all dims but batch and channels.
    let size =
      size is Int ? size.along(Swift.max(ndim - 2, 1), "size", of: "interpolate") : size.sizes
    return interpolated(size, size.map { _ in nil }, mode, alignCorners)
  }

  /// Resizes as many last dims as there are factors, with sizes rounded down:
  /// `torch.nn.functional.interpolate`.
  public func interpolate(
    scaleFactor: [Double], mode: Interpolation = .nearest, alignCorners: Bool = false
  ) -> Tensor {
    guard scaleFactor.count <= ndim, scaleFactor.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      fatalError("interpolate: factors \(scaleFactor) for shape \(shape); they must be above 0")
    }
    let size = zip(shape.suffix(scaleFactor.count), scaleFactor).map { Int(Double($0) * $1) }
    return interpolated(size, scaleFactor, mode, alignCorners)
  }

  /// The same with one factor for all dims but batch and channels.
  public func interpolate(
    scaleFactor: Double, mode: Interpolation = .nearest, alignCorners: Bool = false
  ) -> Tensor {
    interpolate(
      scaleFactor: [Double](repeating: scaleFactor, count: Swift.max(ndim - 2, 1)), mode: mode,
      alignCorners: alignCorners)
  }

  private func interpolated(
    _ size: [Int], _ factors: [Double?], _ mode: Interpolation, _ alignCorners: Bool
  ) -> Tensor {
    let dims = size.count
    guard mode.allows(dims), ndim >= dims, !size.contains(where: { $0 <= 0 }),
      !shape.suffix(dims).contains(0), !(alignCorners && mode == .nearest)
    else {
      fatalError(
        "interpolate: shape \(shape) to \(size) (\(mode)); expected a size above 0 for each of the last "
          + "dims: 1 with linear, 2 with bilinear; alignCorners cannot be used with nearest")
    }
    func along(_ x: Tensor, _ place: Int) -> Tensor {
      let (dim, count) = (ndim - dims + place, size[place])
      let step = factors[place].map { 1 / $0 } ?? Double(shape[dim]) / Double(count)
      return mode == .nearest
        ? x.nearest(dim, count, step) : x.between(dim, count, step, alignCorners)
    }
    return roundedOnce(self) { x in size.indices.reduce(x, along) }
  }

  private func nearest(_ dim: Int, _ count: Int, _ step: Double) -> Tensor {
    // In single precision, as in PyTorch.
    let places = (0..<count).map { Swift.min(Int(Float($0) * Float(step)), shape[dim] - 1) }
    return indexSelect(dim, Tensor(places, device: device))
  }

  private func between(_ dim: Int, _ count: Int, _ step: Double, _ alignCorners: Bool) -> Tensor {
    requireFloatingPoint("interpolate")
    let length = shape[dim]
    let positions = (0..<count).map { index -> Double in
      if alignCorners {
        return count > 1 ? Double(index) * Double(length - 1) / Double(count - 1) : 0
      }
      return Swift.max((Double(index) + 0.5) * step - 0.5, 0)
    }
    let lower = positions.map { Swift.min(Int($0), length - 1) }
    let upper = lower.map { Swift.min($0 + 1, length - 1) }
    let shares = zip(positions, lower).map { $0 - Double($1) }
    var column = [Int](repeating: 1, count: ndim - dim)
    column[0] = count
    let weight = Tensor(shares, dtype: dtype, device: device).reshape(column)
    let (a, b) = (
      indexSelect(dim, Tensor(lower, device: device)),
      indexSelect(dim, Tensor(upper, device: device))
    )
    return a * (1 - weight) + b * weight
  }
}
