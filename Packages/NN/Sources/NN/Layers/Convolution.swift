@_spi(Flambeau) import Tensors

/// The base class of the four convolution layers.
open class Convolution: Module {
  /// The number of input channels.
  public let inChannels: Int
  /// The number of output channels.
  public let outChannels: Int
  /// The size of the kernel.
  public let kernelSize: [Int]
  /// The stride of the window.
  public let stride: [Int]
  /// The padding: sizes on both sides, one for each dim, or `.same`.
  public let padding: ConvolutionPadding
  /// What the padding consists of.
  public let paddingMode: PaddingMode
  /// The spacing between kernel elements.
  public let dilation: [Int]
  /// The number of groups; channels are convolved group by group.
  public let groups: Int
  /// The weight, of shape [outChannels, inChannels / groups, kernel…]; for transposed convolutions
  /// [inChannels, outChannels / groups, kernel…].
  @Parameter public var weight: Tensor
  /// The bias, of shape [outChannels]; nil for none.
  @Parameter public var bias: Tensor?

  init(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: [Int], _ stride: [Int],
    _ padding: ConvolutionPadding, _ dilation: [Int], _ groups: Int, isTransposed: Bool,
    paddingMode: PaddingMode, bias: Bool, _ dtype: DType, _ device: Device, _ generator: Generator
  ) {
    guard groups > 0, inChannels % groups == 0, outChannels % groups == 0 else {
      fatalError(
        "\(Self.self): \(inChannels) channels in and \(outChannels) out cannot be split into \(groups) "
          + "groups")
    }
    self.inChannels = inChannels
    self.outChannels = outChannels
    self.kernelSize = kernelSize
    self.stride = stride
    if case .sizes(let sizes) = padding {
      self.padding = .sizes(sizes.along(kernelSize.count, "padding", of: "\(Self.self)"))
    } else {
      self.padding = padding
    }
    self.paddingMode = paddingMode
    self.dilation = dilation
    self.groups = groups
    let shape =
      isTransposed ? [inChannels, outChannels / groups] : [outChannels, inChannels / groups]
    let field: Int = kernelSize.reduce(1, *)
    let drawn = Layer.uniform(
      shape + kernelSize, bias: bias ? outChannels : nil, fanIn: shape[1] * field, dtype, device,
      generator)
    weight = drawn.weight
    self.bias = drawn.bias
    super.init()
  }

  /// Calls `body` with a batched input, adding a batch dim of size 1 if there is none.
  func batched(_ x: Tensor, _ dims: Int, _ body: (Tensor) -> Tensor) -> Tensor {
    let channels = x.ndim == dims + 2 ? 1 : 0
    guard x.ndim == dims + 2 || x.ndim == dims + 1, x.shape[channels] == inChannels else {
      let sizes = dims == 1 ? "length" : "height, width"
      fail("expected [batch, \(inChannels), \(sizes)] or [\(inChannels), \(sizes)], got \(x.shape)")
    }
    return channels == 1 ? body(x) : body(x.unsqueeze(0)).squeeze(0)
  }

  /// The input, padded in modes other than zeros, and the padding that is left to the convolution.
  func padded(_ x: Tensor) -> (Tensor, ConvolutionPadding) {
    guard paddingMode != .zeros else { return (x, padding) }
    let (before, after) = padding.around(
      kernel: kernelSize, stride: stride, dilation: dilation, of: "\(Self.self)")
    let sizes = zip(before, after).reversed().flatMap { [$0, $1] }
    return (x.pad(sizes, mode: paddingMode), .valid)
  }

  /// The arguments in PyTorch's order, without defaults.
  func describe(outputPadding: [Int]? = nil) -> String {
    let ones = [Int](repeating: 1, count: kernelSize.count)
    let zeros = [Int](repeating: 0, count: kernelSize.count)
    var text =
      "\(inChannels), \(outChannels), kernel_size=\(kernelSize.tuple), stride=\(stride.tuple)"
    switch padding {
    case .sameSize: text += ", padding=same"
    case .none: text += ", padding=valid"
    case .sizes(zeros): break
    case .sizes(let sizes): text += ", padding=\(sizes.tuple)"
    }
    if dilation != ones { text += ", dilation=\(dilation.tuple)" }
    if let outputPadding, outputPadding != zeros {
      text += ", output_padding=\(outputPadding.tuple)"
    }
    if groups != 1 { text += ", groups=\(groups)" }
    if bias == nil { text += ", bias=False" }
    if paddingMode != .zeros { text += ", padding_mode=\(paddingMode)" }
    return text
  }

  /// The padding of a transposed convolution, which is never `.same`.
  var cropped: [Int] {
    guard case .sizes(let sizes) = padding else { return [] }
    return sizes
  }

  func arguments(outputPadding: [Int]?) -> ModuleArguments {
    [
      "in_channels": inChannels, "out_channels": outChannels, "kernel_size": kernelSize,
      "stride": stride, "padding": padding, "dilation": dilation,
      "output_padding": outputPadding, "groups": groups, "bias": bias != nil,
      "padding_mode": paddingMode == .zeros ? nil as PaddingMode? : paddingMode,
    ]
  }

  open override var arguments: ModuleArguments { arguments(outputPadding: nil) }

  open override var extraDescription: String { describe() }
}

/// A 1D convolution, over signals: `torch.nn.Conv1d`.
///
/// Input of shape [batch, inChannels, length], or without the batch.
open class Conv1d: Convolution {
  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inChannels: number of input channels.
  ///   - outChannels: number of output channels.
  ///   - kernelSize: size of the kernel.
  ///   - stride: stride of the window.
  ///   - padding: padding added on both sides, or `.same` for an output of the input's size.
  ///   - dilation: spacing between kernel elements.
  ///   - groups: number of groups; channels are convolved group by group.
  ///   - bias: whether to add a learnable bias.
  ///   - paddingMode: what the padding consists of.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
  ///   - generator: random number generator.
  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: Int, stride: Int = 1,
    padding: some ConvolutionPaddingConvertible = 0, dilation: Int = 1, groups: Int = 1,
    bias: Bool = true, paddingMode: PaddingMode = .zeros, dtype: DType = .float32,
    device: Device = .default, generator: Generator = .default
  ) {
    super.init(
      inChannels, outChannels, [kernelSize], [stride], padding.convolutionPadding, [dilation],
      groups, isTransposed: false, paddingMode: paddingMode, bias: bias, dtype, device, generator)
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["in_channels"], try arguments["out_channels"],
      kernelSize: try arguments["kernel_size"], stride: try arguments["stride"],
      padding: try arguments["padding"] as ConvolutionPadding, dilation: try arguments["dilation"],
      groups: try arguments["groups"], bias: try arguments["bias"],
      paddingMode: try arguments["padding_mode"] ?? .zeros)
  }

  open override func forward(_ x: Tensor) -> Tensor {
    batched(x, 1) {
      let (x, padding) = padded($0)
      return x.conv1d(
        weight, bias: bias, stride: stride[0], padding: padding, dilation: dilation[0],
        groups: groups)
    }
  }
}

/// A 2D convolution, over images: `torch.nn.Conv2d`.
///
/// Input of shape [batch, inChannels, height, width], or without the batch. Sizes are one number,
/// or one for height and one for width.
open class Conv2d: Convolution {
  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inChannels: number of input channels.
  ///   - outChannels: number of output channels.
  ///   - kernelSize: size of the kernel.
  ///   - stride: stride of the window.
  ///   - padding: padding added on both sides, or `.same` for an output of the input's size.
  ///   - dilation: spacing between kernel elements.
  ///   - groups: number of groups; channels are convolved group by group.
  ///   - bias: whether to add a learnable bias.
  ///   - paddingMode: what the padding consists of.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
  ///   - generator: random number generator.
  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: some Extent, stride: some Extent = 1,
    padding: some ConvolutionPaddingConvertible = 0, dilation: some Extent = 1, groups: Int = 1,
    bias: Bool = true, paddingMode: PaddingMode = .zeros, dtype: DType = .float32,
    device: Device = .default, generator: Generator = .default
  ) {
    func pair(_ extent: some Extent, _ name: String) -> [Int] {
      extent.along(2, name, of: "Conv2d")
    }
    super.init(
      inChannels, outChannels, pair(kernelSize, "kernelSize"), pair(stride, "stride"),
      padding.convolutionPadding, pair(dilation, "dilation"), groups, isTransposed: false,
      paddingMode: paddingMode, bias: bias, dtype, device, generator)
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["in_channels"], try arguments["out_channels"],
      kernelSize: try arguments["kernel_size"] as [Int], stride: try arguments["stride"] as [Int],
      padding: try arguments["padding"] as ConvolutionPadding,
      dilation: try arguments["dilation"] as [Int],
      groups: try arguments["groups"], bias: try arguments["bias"],
      paddingMode: try arguments["padding_mode"] ?? .zeros)
  }

  open override func forward(_ x: Tensor) -> Tensor {
    batched(x, 2) {
      let (x, padding) = padded($0)
      return x.conv2d(
        weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
    }
  }
}

/// A 1D transposed convolution: `torch.nn.ConvTranspose1d`.
///
/// Input of shape [batch, inChannels, length], or without the batch.
open class ConvTranspose1d: Convolution {
  /// The size added to one side of the output.
  public let outputPadding: Int

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inChannels: number of input channels.
  ///   - outChannels: number of output channels.
  ///   - kernelSize: size of the kernel.
  ///   - stride: stride of the window.
  ///   - padding: padding of the corresponding convolution, which crops the output on both sides.
  ///   - outputPadding: size added to one side of the output.
  ///   - groups: number of groups; channels are convolved group by group.
  ///   - bias: whether to add a learnable bias.
  ///   - dilation: spacing between kernel elements.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
  ///   - generator: random number generator.
  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0,
    outputPadding: Int = 0, groups: Int = 1, bias: Bool = true, dilation: Int = 1,
    dtype: DType = .float32, device: Device = .default, generator: Generator = .default
  ) {
    self.outputPadding = outputPadding
    super.init(
      inChannels, outChannels, [kernelSize], [stride], .sizes([padding]), [dilation], groups,
      isTransposed: true, paddingMode: .zeros, bias: bias, dtype, device, generator)
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["in_channels"], try arguments["out_channels"],
      kernelSize: try arguments["kernel_size"], stride: try arguments["stride"],
      padding: try arguments["padding"], outputPadding: try arguments["output_padding"],
      groups: try arguments["groups"], bias: try arguments["bias"],
      dilation: try arguments["dilation"])
  }

  open override func forward(_ x: Tensor) -> Tensor {
    batched(x, 1) {
      $0.convTranspose1d(
        weight, bias: bias, stride: stride[0], padding: cropped[0], outputPadding: outputPadding,
        groups: groups, dilation: dilation[0])
    }
  }

  open override var arguments: ModuleArguments { arguments(outputPadding: [outputPadding]) }

  open override var extraDescription: String { describe(outputPadding: [outputPadding]) }
}

/// A 2D transposed convolution: `torch.nn.ConvTranspose2d`.
///
/// Input of shape [batch, inChannels, height, width], or without the batch.
open class ConvTranspose2d: Convolution {
  /// The size added to one side of the output.
  public let outputPadding: [Int]

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inChannels: number of input channels.
  ///   - outChannels: number of output channels.
  ///   - kernelSize: size of the kernel.
  ///   - stride: stride of the window.
  ///   - padding: padding of the corresponding convolution, which crops the output on both sides.
  ///   - outputPadding: size added to one side of the output.
  ///   - groups: number of groups; channels are convolved group by group.
  ///   - bias: whether to add a learnable bias.
  ///   - dilation: spacing between kernel elements.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
  ///   - generator: random number generator.
  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: some Extent, stride: some Extent = 1,
    padding: some Extent = 0, outputPadding: some Extent = 0, groups: Int = 1, bias: Bool = true,
    dilation: some Extent = 1, dtype: DType = .float32, device: Device = .default,
    generator: Generator = .default
  ) {
    func pair(_ extent: some Extent, _ name: String) -> [Int] {
      extent.along(2, name, of: "ConvTranspose2d")
    }
    self.outputPadding = pair(outputPadding, "outputPadding")
    super.init(
      inChannels, outChannels, pair(kernelSize, "kernelSize"), pair(stride, "stride"),
      .sizes(pair(padding, "padding")), pair(dilation, "dilation"), groups, isTransposed: true,
      paddingMode: .zeros, bias: bias, dtype, device, generator)
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["in_channels"], try arguments["out_channels"],
      kernelSize: try arguments["kernel_size"] as [Int], stride: try arguments["stride"] as [Int],
      padding: try arguments["padding"] as [Int],
      outputPadding: try arguments["output_padding"] as [Int],
      groups: try arguments["groups"], bias: try arguments["bias"],
      dilation: try arguments["dilation"] as [Int])
  }

  open override func forward(_ x: Tensor) -> Tensor {
    batched(x, 2) {
      $0.convTranspose2d(
        weight, bias: bias, stride: stride, padding: cropped, outputPadding: outputPadding,
        groups: groups, dilation: dilation)
    }
  }

  open override var arguments: ModuleArguments { arguments(outputPadding: outputPadding) }

  open override var extraDescription: String { describe(outputPadding: outputPadding) }
}
