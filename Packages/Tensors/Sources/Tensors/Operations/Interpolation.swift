// Resizing of signals and images.

extension Operator {
  fileprivate static let interpolate = Operator(
    "interpolate",
    .wrt(.x, "g, added up with the same weights") { (g, a: Resize) in
      g.resampled(a.transposed)
    }.forward { (t, a: Resize) in t.resampled(a) })
}

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
    let dim = ndim - dims
    if mode != .nearest { requireFloatingPoint("interpolate") }
    func step(_ place: Int) -> Double {
      factors[place].map { 1 / $0 } ?? Double(shape[dim + place]) / Double(size[place])
    }
    guard dtype.isFloatingPoint else {
      return size.indices.reduce(self) { x, place in
        let places = nearest(shape[dim + place], size[place], step(place))
        return x.indexSelect(dim + place, Tensor(places, device: device))
      }
    }
    func sums(_ place: Int) -> Resampling {
      let (length, count) = (shape[dim + place], size[place])
      return mode == .nearest
        ? Resampling(
          size: length,
          sums: nearest(length, count, step(place)).map { [.init($0, weight: 1)] })
        : between(length, count, step(place), alignCorners)
    }
    let last = dims - 1
    if dims == 1 { return resampled(Resize(dim: dim, columns: sums(last))) }
    let resize = Resize(dim: dim + last - 1, rows: sums(last - 1), columns: sums(last))
    if dims == 2 { return resampled(resize) }
    // The last two dims together, the others one by one.
    return roundedOnce(self) { x in
      (0..<last - 1).reduce(x.resampled(resize)) {
        $0.resampled(Resize(dim: dim + $1, rows: sums($1)))
      }
    }
  }

  private func nearest(_ length: Int, _ count: Int, _ step: Double) -> [Int] {
    // In single precision, as in PyTorch.
    (0..<count).map { Swift.min(Int(Float($0) * Float(step)), length - 1) }
  }

  private func between(
    _ length: Int, _ count: Int, _ step: Double, _ alignCorners: Bool
  ) -> Resampling {
    let positions = (0..<count).map { index -> Double in
      if alignCorners {
        return count > 1 ? Double(index) * Double(length - 1) / Double(count - 1) : 0
      }
      return Swift.max((Double(index) + 0.5) * step - 0.5, 0)
    }
    return Resampling(
      size: length,
      sums: positions.map { position in
        let lower = Swift.min(Int(position), length - 1)
        let share = position - Double(lower)
        return [
          .init(lower, weight: 1 - share), .init(Swift.min(lower + 1, length - 1), weight: share),
        ]
      })
  }

  fileprivate func resampled(_ resize: Resize) -> Tensor {
    let dim = resize.dim
    let inner = shape[(dim + 1)...].reduce(1, *)
    let rows = resize.rows ?? Resampling(none: 1)
    let columns = resize.columns ?? Resampling(none: inner)
    var sizes = shape
    if resize.rows != nil { sizes[dim] = rows.count }
    if resize.columns != nil { sizes[ndim - 1] = columns.count }
    let result = Tensor(empty: sizes, dtype: dtype, device: device)
    let images = shape[..<dim].reduce(1, *)
    func view(_ tensor: StridedView, _ height: Int, _ width: Int) -> StridedView {
      tensor.with(
        Layout(
          shape: [images, height, width], strides: [height * width, width, 1],
          offset: tensor.layout.offset))
    }
    backend.resample(
      view(self.view.contiguous(), rows.size, columns.size), rows: rows, columns: columns,
      into: view(result.view, rows.count, columns.count))
    return result.recorded(.interpolate, self, with: resize)
  }
}

/// The attributes of resampling: the dim of the rows and that of the columns, which is the last.
private struct Resize {
  /// The dim of the rows, or of the columns if there is no resampling of rows.
  let dim: Int
  var rows: Resampling?
  var columns: Resampling?

  var transposed: Resize {
    Resize(dim: dim, rows: rows?.transposed, columns: columns?.transposed)
  }
}
