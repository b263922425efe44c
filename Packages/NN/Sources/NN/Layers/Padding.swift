/// Padding of the last dims: `torch.nn.ZeroPad2d`, `torch.nn.ConstantPad1d` and the like.
///
///     Padding([1, 1, 2, 2])                    // left, right, top, bottom
///     Padding([2, 2], mode: .reflect)
public final class Padding: Module, Rebuildable {
  /// The padding: before and after the last dim, then the one before it, and so on.
  public let sizes: [Int]
  /// The padding mode.
  public let mode: PaddingMode
  /// The fill value for `.constant`.
  public let value: Double

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - sizes: padding before and after the last dim, then before and after the one before it, and
  ///     so on.
  ///   - mode: padding mode.
  ///   - value: fill value for `.constant`.
  public init(_ sizes: [Int], mode: PaddingMode = .constant, value: Double = 0) {
    self.sizes = sizes
    self.mode = mode
    self.value = value
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor { x.pad(sizes, mode: mode, value: value) }

  public override var arguments: ModuleArguments {
    ["sizes": sizes, "mode": mode, "value": value]
  }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["sizes"], mode: try arguments["mode"], value: try arguments["value"])
  }

  public override var extraDescription: String {
    mode == .constant ? "\(sizes.tuple), value=\(value.python)" : "\(sizes.tuple), mode=\(mode)"
  }
}

/// Upsampling of signals or images by interpolation: `torch.nn.Upsample`.
///
/// Input of shape [batch, channels, length] or [batch, channels, height, width].
public final class Upsample: Module, Rebuildable {
  /// The spatial size of the output.
  public let size: [Int]?
  /// The factor from input size to output size.
  public let scaleFactor: [Double]?
  /// The interpolation mode.
  public let mode: Tensor.Interpolation
  /// Whether the centers of the corner pixels of input and output are aligned.
  public let alignCorners: Bool

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - size: output size, [length] or [height, width].
  ///   - mode: interpolation mode.
  ///   - alignCorners: whether the centers of the corner pixels of input and output are aligned.
  public convenience init(
    size: [Int], mode: Tensor.Interpolation = .nearest, alignCorners: Bool = false
  ) {
    self.init(size, nil, mode, alignCorners)
  }

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - scaleFactor: factor from input size to output size, one for all spatial dims or one for
  ///     each.
  ///   - mode: interpolation mode.
  ///   - alignCorners: whether the centers of the corner pixels of input and output are aligned.
  public convenience init(
    scaleFactor: Double..., mode: Tensor.Interpolation = .nearest, alignCorners: Bool = false
  ) {
    self.init(nil, scaleFactor, mode, alignCorners)
  }

  private init(
    _ size: [Int]?, _ scaleFactor: [Double]?, _ mode: Tensor.Interpolation, _ alignCorners: Bool
  ) {
    self.size = size
    self.scaleFactor = scaleFactor
    self.mode = mode
    self.alignCorners = alignCorners
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor {
    guard x.ndim > 2 else { fail("expected [batch, channels, …], got \(x.shape)") }
    if let size { return x.interpolate(size: size, mode: mode, alignCorners: alignCorners) }
    let factors = scaleFactor ?? [1]
    return x.interpolate(
      scaleFactor: factors.count == 1
        ? [Double](repeating: factors[0], count: x.ndim - 2) : factors,
      mode: mode, alignCorners: alignCorners)
  }

  public override var arguments: ModuleArguments {
    ["size": size, "scale_factor": scaleFactor, "mode": mode, "align_corners": alignCorners]
  }

  public convenience init(arguments: ModuleArguments) throws {
    let (size, factors): ([Int]?, [Double]?) = (
      try arguments["size"], try arguments["scale_factor"]
    )
    self.init(size, factors, try arguments["mode"], try arguments["align_corners"])
  }

  public override var extraDescription: String {
    let factors = scaleFactor.map { $0.map(\.python) } ?? []
    let amount =
      size.map { "size=\($0.tuple)" }
      ?? "scale_factor="
      + (factors.count == 1 ? factors[0] : "(\(factors.joined(separator: ", ")))")
    return "\(amount), mode='\(mode)'"
  }
}
