// Windows over signals and images, reduced to one number each. Inputs are [batch, channels, length] or
// [batch, channels, height, width], or lack the batch.

/// The largest element of each window: `torch.nn.MaxPool1d`.
public final class MaxPool1d: Module {
  public let kernelSize: Int
  public let stride: Int
  public let padding: Int
  public let dilation: Int

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

  public override var extraDescription: String {
    "kernel_size=\(kernelSize), stride=\(stride), padding=\(padding), dilation=\(dilation), "
      + "ceil_mode=False"
  }
}

/// The largest element of each window: `torch.nn.MaxPool2d`.
public final class MaxPool2d: Module {
  private let texts: [String]
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]
  public let dilation: [Int]

  public init(
    _ kernelSize: some Extent, stride: (any Extent)? = nil, padding: some Extent = 0,
    dilation: some Extent = 1
  ) {
    let step: any Extent = stride ?? kernelSize
    texts = [kernelSize, step, padding, dilation].map(\.asGiven)
    self.kernelSize = kernelSize.along(2, "kernelSize", of: MaxPool2d.self)
    self.stride = step.along(2, "stride", of: MaxPool2d.self)
    self.padding = padding.along(2, "padding", of: MaxPool2d.self)
    self.dilation = dilation.along(2, "dilation", of: MaxPool2d.self)
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.maxPool2d(kernelSize, stride: stride, padding: padding, dilation: dilation)
  }

  public override var extraDescription: String {
    "kernel_size=\(texts[0]), stride=\(texts[1]), padding=\(texts[2]), dilation=\(texts[3]), "
      + "ceil_mode=False"
  }
}

/// The mean of each window: `torch.nn.AvgPool1d`.
public final class AvgPool1d: Module {
  public let kernelSize: Int
  public let stride: Int
  public let padding: Int
  public let countIncludePad: Bool

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

  public override var extraDescription: String {
    "kernel_size=\([kernelSize].tuple), stride=\([stride].tuple), padding=\([padding].tuple)"
  }
}

/// The mean of each window: `torch.nn.AvgPool2d`.
public final class AvgPool2d: Module {
  private let texts: [String]
  public let kernelSize: [Int]
  public let stride: [Int]
  public let padding: [Int]
  public let countIncludePad: Bool

  public init(
    _ kernelSize: some Extent, stride: (any Extent)? = nil, padding: some Extent = 0,
    countIncludePad: Bool = true
  ) {
    let step: any Extent = stride ?? kernelSize
    texts = [kernelSize, step, padding].map(\.asGiven)
    self.kernelSize = kernelSize.along(2, "kernelSize", of: AvgPool2d.self)
    self.stride = step.along(2, "stride", of: AvgPool2d.self)
    self.padding = padding.along(2, "padding", of: AvgPool2d.self)
    self.countIncludePad = countIncludePad
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor {
    x.avgPool2d(kernelSize, stride: stride, padding: padding, countIncludePad: countIncludePad)
  }

  public override var extraDescription: String {
    "kernel_size=\(texts[0]), stride=\(texts[1]), padding=\(texts[2])"
  }
}

extension Extent {
  /// One number or a tuple, as it was written.
  fileprivate var asGiven: String { sizes.count == 1 ? "\(sizes[0])" : sizes.tuple }
}

/// What the adaptive kinds have in common: as many windows as asked for.
open class AdaptivePool: Module {
  public let outputSize: [Int]
  private let text: String

  init(_ outputSize: any Extent, _ dims: Int) {
    text = outputSize.asGiven
    self.outputSize = outputSize.along(dims, "outputSize", of: Self.self)
    super.init()
  }

  public override var extraDescription: String { "output_size=\(text)" }
}

/// The mean of as many windows as asked for: `torch.nn.AdaptiveAvgPool1d`.
public final class AdaptiveAvgPool1d: AdaptivePool {
  public init(_ outputSize: Int) { super.init(outputSize, 1) }
  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveAvgPool1d(outputSize[0]) }
}

/// The mean of as many windows as asked for: `torch.nn.AdaptiveAvgPool2d`.
public final class AdaptiveAvgPool2d: AdaptivePool {
  public init(_ outputSize: some Extent) { super.init(outputSize, 2) }
  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveAvgPool2d(outputSize) }
}

/// The largest elements of as many windows as asked for: `torch.nn.AdaptiveMaxPool1d`.
public final class AdaptiveMaxPool1d: AdaptivePool {
  public init(_ outputSize: Int) { super.init(outputSize, 1) }
  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveMaxPool1d(outputSize[0]) }
}

/// The largest elements of as many windows as asked for: `torch.nn.AdaptiveMaxPool2d`.
public final class AdaptiveMaxPool2d: AdaptivePool {
  public init(_ outputSize: some Extent) { super.init(outputSize, 2) }
  public override func forward(_ x: Tensor) -> Tensor { x.adaptiveMaxPool2d(outputSize) }
}
