@_spi(Flambeau) import Tensors

/// What the four kinds of convolution have in common.
open class Convolution: Module {
  /// Channels of the input.
  public let inChannels: Int
  /// Channels of the output.
  public let outChannels: Int
  /// The size of the window.
  public let kernelSize: [Int]
  /// By how much the window moves.
  public let stride: [Int]
  /// How many zeros are put around.
  public let padding: [Int]
  /// How far apart the window's points are.
  public let dilation: [Int]
  /// In how many groups channels are convolved apart from one another.
  public let groups: Int
  /// Of shape [outChannels, inChannels / groups, kernel…]; of transposed ones the first two swapped.
  @Parameter public var weight: Tensor
  /// Of shape [outChannels], or none.
  @Parameter public var bias: Tensor?

  init(
    _ inChannels: Int, _ outChannels: Int, _ kernelSize: [Int], _ stride: [Int], _ padding: [Int],
    _ dilation: [Int], _ groups: Int, isTransposed: Bool, bias: Bool, _ dtype: DType,
    _ device: Device, _ generator: Generator
  ) {
    guard groups > 0, inChannels % groups == 0, outChannels % groups == 0 else {
      fatalError(
        "\(Self.self): \(inChannels) channels in and \(outChannels) out cannot be cut into \(groups) "
          + "groups")
    }
    self.inChannels = inChannels
    self.outChannels = outChannels
    self.kernelSize = kernelSize
    self.stride = stride
    self.padding = padding
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

  /// Calls `body` with an input in a batch, which it may lack.
  func batched(_ x: Tensor, _ dims: Int, _ body: (Tensor) -> Tensor) -> Tensor {
    let channels = x.ndim == dims + 2 ? 1 : 0
    guard x.ndim == dims + 2 || x.ndim == dims + 1, x.shape[channels] == inChannels else {
      let sizes = dims == 1 ? "length" : "height, width"
      fail("expected [batch, \(inChannels), \(sizes)] or [\(inChannels), \(sizes)], got \(x.shape)")
    }
    return channels == 1 ? body(x) : body(x.unsqueeze(0)).squeeze(0)
  }

  /// Arguments in PyTorch's order, those left out that are as by default.
  func describe(outputPadding: [Int]? = nil) -> String {
    let ones = [Int](repeating: 1, count: kernelSize.count)
    let zeros = [Int](repeating: 0, count: kernelSize.count)
    var text =
      "\(inChannels), \(outChannels), kernel_size=\(kernelSize.tuple), stride=\(stride.tuple)"
    if padding != zeros { text += ", padding=\(padding.tuple)" }
    if dilation != ones { text += ", dilation=\(dilation.tuple)" }
    if let outputPadding, outputPadding != zeros {
      text += ", output_padding=\(outputPadding.tuple)"
    }
    if groups != 1 { text += ", groups=\(groups)" }
    if bias == nil { text += ", bias=False" }
    return text
  }

  func arguments(outputPadding: [Int]?) -> ModuleArguments {
    [
      "in_channels": inChannels, "out_channels": outChannels, "kernel_size": kernelSize,
      "stride": stride, "padding": padding, "dilation": dilation,
      "output_padding": outputPadding, "groups": groups, "bias": bias != nil,
    ]
  }

  open override var arguments: ModuleArguments { arguments(outputPadding: nil) }

  open override var extraDescription: String { describe() }
}

/// A convolution of signals: `torch.nn.Conv1d`.
///
/// Input of shape [batch, inChannels, length], or without the batch.
open class Conv1d: Convolution {
  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inChannels: channels of the input.
  ///   - outChannels: channels of the output.
  ///   - kernelSize: the size of the window.
  ///   - stride: by how much the window moves.
  ///   - padding: how many zeros are put around.
  ///   - dilation: how far apart the window's points are.
  ///   - groups: in how many groups channels are convolved apart from one another.
  ///   - bias: whether there is a bias.
  ///   - dtype: of the parameters.
  ///   - device: where they live.
  ///   - generator: where random numbers come from.
  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0,
    dilation: Int = 1, groups: Int = 1, bias: Bool = true, dtype: DType = .float32,
    device: Device = .default, generator: Generator = .default
  ) {
    super.init(
      inChannels, outChannels, [kernelSize], [stride], [padding], [dilation], groups,
      isTransposed: false, bias: bias, dtype, device, generator)
  }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["in_channels"], try arguments["out_channels"],
      kernelSize: try arguments["kernel_size"], stride: try arguments["stride"],
      padding: try arguments["padding"], dilation: try arguments["dilation"],
      groups: try arguments["groups"], bias: try arguments["bias"])
  }

  open override func forward(_ x: Tensor) -> Tensor {
    batched(x, 1) {
      $0.conv1d(
        weight, bias: bias, stride: stride[0], padding: padding[0], dilation: dilation[0],
        groups: groups)
    }
  }
}

/// A convolution of images: `torch.nn.Conv2d`.
///
/// Input of shape [batch, inChannels, height, width], or without the batch. Sizes are one number, or
/// one for height and one for width.
open class Conv2d: Convolution {
  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inChannels: channels of the input.
  ///   - outChannels: channels of the output.
  ///   - kernelSize: the size of the window.
  ///   - stride: by how much the window moves.
  ///   - padding: how many zeros are put around.
  ///   - dilation: how far apart the window's points are.
  ///   - groups: in how many groups channels are convolved apart from one another.
  ///   - bias: whether there is a bias.
  ///   - dtype: of the parameters.
  ///   - device: where they live.
  ///   - generator: where random numbers come from.
  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: some Extent, stride: some Extent = 1,
    padding: some Extent = 0, dilation: some Extent = 1, groups: Int = 1, bias: Bool = true,
    dtype: DType = .float32, device: Device = .default, generator: Generator = .default
  ) {
    func pair(_ extent: some Extent, _ name: String) -> [Int] {
      extent.along(2, name, of: "Conv2d")
    }
    super.init(
      inChannels, outChannels, pair(kernelSize, "kernelSize"), pair(stride, "stride"),
      pair(padding, "padding"), pair(dilation, "dilation"), groups, isTransposed: false,
      bias: bias, dtype, device, generator)
  }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["in_channels"], try arguments["out_channels"],
      kernelSize: try arguments["kernel_size"] as [Int], stride: try arguments["stride"] as [Int],
      padding: try arguments["padding"] as [Int], dilation: try arguments["dilation"] as [Int],
      groups: try arguments["groups"], bias: try arguments["bias"])
  }

  open override func forward(_ x: Tensor) -> Tensor {
    batched(x, 2) {
      $0.conv2d(
        weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
    }
  }
}

/// A transposed convolution of signals: `torch.nn.ConvTranspose1d`.
open class ConvTranspose1d: Convolution {
  /// What is added to the output's size at one end.
  public let outputPadding: Int

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inChannels: channels of the input.
  ///   - outChannels: channels of the output.
  ///   - kernelSize: the size of the window.
  ///   - stride: by how much the window moves.
  ///   - padding: how many zeros are put around.
  ///   - outputPadding: what is added to the output's size at one end.
  ///   - groups: in how many groups channels are convolved apart from one another.
  ///   - bias: whether there is a bias.
  ///   - dilation: how far apart the window's points are.
  ///   - dtype: of the parameters.
  ///   - device: where they live.
  ///   - generator: where random numbers come from.
  public init(
    _ inChannels: Int, _ outChannels: Int, kernelSize: Int, stride: Int = 1, padding: Int = 0,
    outputPadding: Int = 0, groups: Int = 1, bias: Bool = true, dilation: Int = 1,
    dtype: DType = .float32, device: Device = .default, generator: Generator = .default
  ) {
    self.outputPadding = outputPadding
    super.init(
      inChannels, outChannels, [kernelSize], [stride], [padding], [dilation], groups,
      isTransposed: true, bias: bias, dtype, device, generator)
  }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
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
        weight, bias: bias, stride: stride[0], padding: padding[0], outputPadding: outputPadding,
        groups: groups, dilation: dilation[0])
    }
  }

  open override var arguments: ModuleArguments { arguments(outputPadding: [outputPadding]) }

  open override var extraDescription: String { describe(outputPadding: [outputPadding]) }
}

/// A transposed convolution of images: `torch.nn.ConvTranspose2d`.
open class ConvTranspose2d: Convolution {
  /// What is added to the output's size at one end.
  public let outputPadding: [Int]

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - inChannels: channels of the input.
  ///   - outChannels: channels of the output.
  ///   - kernelSize: the size of the window.
  ///   - stride: by how much the window moves.
  ///   - padding: how many zeros are put around.
  ///   - outputPadding: what is added to the output's size at one end.
  ///   - groups: in how many groups channels are convolved apart from one another.
  ///   - bias: whether there is a bias.
  ///   - dilation: how far apart the window's points are.
  ///   - dtype: of the parameters.
  ///   - device: where they live.
  ///   - generator: where random numbers come from.
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
      pair(padding, "padding"), pair(dilation, "dilation"), groups, isTransposed: true,
      bias: bias, dtype, device, generator)
  }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
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
        weight, bias: bias, stride: stride, padding: padding, outputPadding: outputPadding,
        groups: groups, dilation: dilation)
    }
  }

  open override var arguments: ModuleArguments { arguments(outputPadding: outputPadding) }

  open override var extraDescription: String { describe(outputPadding: outputPadding) }
}
