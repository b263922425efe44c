@_spi(Flambeau) import Tensors

// Pooling over windows of signals and images. Inputs are [batch, channels, length] or [batch,
// channels, height, width], or without the batch.

/// Max pooling, the maximum of each window: `torch.nn.MaxPool1d`.
public final class MaxPool1d: Module, Rebuildable {
  /// The size of the window.
  public let kernelSize: Int
  /// The stride of the window.
  public let stride: Int
  /// The implicit padding added on both sides; padded elements are never the maximum.
  public let padding: Int
  /// The spacing between kernel elements.
  public let dilation: Int

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - kernelSize: size of the window.
  ///   - stride: stride of the window; by default `kernelSize`.
  ///   - padding: implicit padding added on both sides; padded elements are never the maximum.
  ///   - dilation: spacing between kernel elements.
  public init(_ kernelSize: Int, stride: Int? = nil, padding: Int = 0, dilation: Int = 1) {
    self.kernelSize = kernelSize
    self.stride = stride ?? kernelSize
    self.padding = padding
    self.dilation = dilation
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.maxPool1d(kernelSize, stride: stride, padding: padding, dilation: dilation)
  }

  public override var arguments: ModuleArguments {
    ["kernel_size": kernelSize, "stride": stride, "padding": padding, "dilation": dilation]
  }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["kernel_size"], stride: try arguments["stride"],
      padding: try arguments["padding"], dilation: try arguments["dilation"])
  }

  public override var extraDescription: String { "\(arguments), ceil_mode=False" }
}

/// Max pooling, the maximum of each window: `torch.nn.MaxPool2d`.
public final class MaxPool2d: Module, Rebuildable {
  private let given: ModuleArguments
  /// The size of the window.
  public let kernelSize: [Int]
  /// The stride of the window.
  public let stride: [Int]
  /// The implicit padding added on both sides; padded elements are never the maximum.
  public let padding: [Int]
  /// The spacing between kernel elements.
  public let dilation: [Int]

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - kernelSize: size of the window.
  ///   - stride: stride of the window; by default `kernelSize`.
  ///   - padding: implicit padding added on both sides; padded elements are never the maximum.
  ///   - dilation: spacing between kernel elements.
  public init(
    _ kernelSize: some Extent, stride: (any Extent)? = nil, padding: some Extent = 0,
    dilation: some Extent = 1
  ) {
    let step: any Extent = stride ?? kernelSize
    given = [
      "kernel_size": kernelSize.asGiven, "stride": step.asGiven, "padding": padding.asGiven,
      "dilation": dilation.asGiven,
    ]
    self.kernelSize = kernelSize.along(2, "kernelSize", of: "MaxPool2d")
    self.stride = step.along(2, "stride", of: "MaxPool2d")
    self.padding = padding.along(2, "padding", of: "MaxPool2d")
    self.dilation = dilation.along(2, "dilation", of: "MaxPool2d")
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.maxPool2d(kernelSize, stride: stride, padding: padding, dilation: dilation)
  }

  public override var arguments: ModuleArguments { given }

  public convenience init(arguments: ModuleArguments) throws {
    let step: [Int] = try arguments["stride"]
    self.init(
      try arguments["kernel_size"] as [Int], stride: step,
      padding: try arguments["padding"] as [Int], dilation: try arguments["dilation"] as [Int])
  }

  public override var extraDescription: String { "\(arguments), ceil_mode=False" }
}

/// Average pooling, the mean of each window: `torch.nn.AvgPool1d`.
public final class AvgPool1d: Module, Rebuildable {
  /// The size of the window.
  public let kernelSize: Int
  /// The stride of the window.
  public let stride: Int
  /// The zero padding added on both sides.
  public let padding: Int
  /// Whether the zero padding is included in the mean.
  public let countIncludePad: Bool

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - kernelSize: size of the window.
  ///   - stride: stride of the window; by default `kernelSize`.
  ///   - padding: zero padding added on both sides.
  ///   - countIncludePad: whether the zero padding is included in the mean.
  public init(
    _ kernelSize: Int, stride: Int? = nil, padding: Int = 0, countIncludePad: Bool = true
  ) {
    self.kernelSize = kernelSize
    self.stride = stride ?? kernelSize
    self.padding = padding
    self.countIncludePad = countIncludePad
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.avgPool1d(kernelSize, stride: stride, padding: padding, countIncludePad: countIncludePad)
  }

  public override var arguments: ModuleArguments {
    [
      "kernel_size": [kernelSize], "stride": [stride], "padding": [padding],
      "count_include_pad": countIncludePad,
    ]
  }

  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["kernel_size"], stride: try arguments["stride"],
      padding: try arguments["padding"], countIncludePad: try arguments["count_include_pad"])
  }

  public override var extraDescription: String {
    arguments.description(without: "count_include_pad")
  }
}

/// Average pooling, the mean of each window: `torch.nn.AvgPool2d`.
public final class AvgPool2d: Module, Rebuildable {
  private let given: ModuleArguments
  /// The size of the window.
  public let kernelSize: [Int]
  /// The stride of the window.
  public let stride: [Int]
  /// The zero padding added on both sides.
  public let padding: [Int]
  /// Whether the zero padding is included in the mean.
  public let countIncludePad: Bool

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - kernelSize: size of the window.
  ///   - stride: stride of the window; by default `kernelSize`.
  ///   - padding: zero padding added on both sides.
  ///   - countIncludePad: whether the zero padding is included in the mean.
  public init(
    _ kernelSize: some Extent, stride: (any Extent)? = nil, padding: some Extent = 0,
    countIncludePad: Bool = true
  ) {
    let step: any Extent = stride ?? kernelSize
    given = [
      "kernel_size": kernelSize.asGiven, "stride": step.asGiven, "padding": padding.asGiven,
      "count_include_pad": countIncludePad,
    ]
    self.kernelSize = kernelSize.along(2, "kernelSize", of: "AvgPool2d")
    self.stride = step.along(2, "stride", of: "AvgPool2d")
    self.padding = padding.along(2, "padding", of: "AvgPool2d")
    self.countIncludePad = countIncludePad
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.avgPool2d(kernelSize, stride: stride, padding: padding, countIncludePad: countIncludePad)
  }

  public override var arguments: ModuleArguments { given }

  public convenience init(arguments: ModuleArguments) throws {
    let step: [Int] = try arguments["stride"]
    self.init(
      try arguments["kernel_size"] as [Int], stride: step,
      padding: try arguments["padding"] as [Int],
      countIncludePad: try arguments["count_include_pad"])
  }

  public override var extraDescription: String {
    arguments.description(without: "count_include_pad")
  }
}

extension Extent {
  /// One number or a tuple, as given.
  fileprivate var asGiven: any ModuleArgument { sizes.count == 1 ? sizes[0] : sizes }
}

/// The base class of adaptive pooling: windows are chosen so that the output has the given size.
open class AdaptivePool: Module {
  /// The sizes of the output.
  public let outputSize: [Int]
  private let given: any ModuleArgument

  init(_ outputSize: any Extent, _ dims: Int) {
    given = outputSize.asGiven
    self.outputSize = outputSize.along(dims, "outputSize", of: "\(Self.self)")
    super.init()
  }

  open override var arguments: ModuleArguments { ["output_size": given] }
}

/// Adaptive average pooling to a given output size: `torch.nn.AdaptiveAvgPool1d`.
public final class AdaptiveAvgPool1d: AdaptivePool, Rebuildable {
  /// Creates the layer.
  public init(_ outputSize: Int) { super.init(outputSize, 1) }
  public convenience init(arguments: ModuleArguments) throws {
    self.init(try arguments["output_size"])
  }
  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveAvgPool1d(outputSize[0]) }
}

/// Adaptive average pooling to a given output size: `torch.nn.AdaptiveAvgPool2d`.
public final class AdaptiveAvgPool2d: AdaptivePool, Rebuildable {
  /// Creates the layer.
  public init(_ outputSize: some Extent) { super.init(outputSize, 2) }
  public convenience init(arguments: ModuleArguments) throws {
    self.init(try arguments["output_size"] as [Int])
  }
  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveAvgPool2d(outputSize) }
}

/// Adaptive max pooling to a given output size: `torch.nn.AdaptiveMaxPool1d`.
public final class AdaptiveMaxPool1d: AdaptivePool, Rebuildable {
  /// Creates the layer.
  public init(_ outputSize: Int) { super.init(outputSize, 1) }
  public convenience init(arguments: ModuleArguments) throws {
    self.init(try arguments["output_size"])
  }
  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveMaxPool1d(outputSize[0]) }
}

/// Adaptive max pooling to a given output size: `torch.nn.AdaptiveMaxPool2d`.
public final class AdaptiveMaxPool2d: AdaptivePool, Rebuildable {
  /// Creates the layer.
  public init(_ outputSize: some Extent) { super.init(outputSize, 2) }
  public convenience init(arguments: ModuleArguments) throws {
    self.init(try arguments["output_size"] as [Int])
  }
  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveMaxPool2d(outputSize) }
}
