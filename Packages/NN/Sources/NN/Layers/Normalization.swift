@_spi(Flambeau) import Tensors

/// What the kinds of batch normalisation have in common; Ioffe and Szegedy, 2015.
///
/// In training each channel is brought to mean 0 and variance 1 over the batch; running means and
/// variances follow, and take their place in evaluation.
open class BatchNorm: Module {
  /// How many channels.
  public let numFeatures: Int
  /// What is added to the variance.
  public let eps: Double
  /// How much of a batch's own goes into the running ones; nil for the mean over all batches.
  public let momentum: Double?
  /// A factor for each channel or element.
  @Parameter public var weight: Tensor?
  /// What is added to each channel or element.
  @Parameter public var bias: Tensor?
  /// The mean of all batches so far, [channels].
  @Buffer public var runningMean: Tensor?
  /// The variance of all batches so far, [channels].
  @Buffer public var runningVar: Tensor?
  /// How many batches there have been.
  @Buffer public var numBatchesTracked: Tensor?

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - numFeatures: how many channels.
  ///   - eps: what is added to the variance.
  ///   - momentum: the share of the velocity that stays.
  ///   - affine: whether there are a weight and a bias.
  ///   - trackRunningStats: whether running means are kept.
  ///   - bias: what is added to each channel or element.
  ///   - dtype: of the parameters.
  ///   - device: where they live.
  public init(
    _ numFeatures: Int, eps: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
    trackRunningStats: Bool = true, bias: Bool = true, dtype: DType = .float32,
    device: Device = .default
  ) {
    self.numFeatures = numFeatures
    self.eps = eps
    self.momentum = momentum
    func filled(_ value: Double, _ exists: Bool) -> Tensor? {
      exists ? .full([numFeatures], value, dtype: dtype, device: device) : nil
    }
    weight = filled(1, affine)
    self.bias = filled(0, affine && bias)
    runningMean = filled(0, trackRunningStats)
    runningVar = filled(1, trackRunningStats)
    numBatchesTracked = trackRunningStats ? .zeros([], dtype: .int64, device: device) : nil
    super.init()
  }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["num_features"], eps: try arguments["eps"], momentum: try arguments["momentum"],
      affine: try arguments["affine"], trackRunningStats: try arguments["track_running_stats"],
      bias: try arguments["bias"])
  }

  /// How many dims an input may have.
  class var ranks: Set<Int> { [] }

  open override func forward(_ x: Tensor) -> Tensor {
    guard Self.ranks.contains(x.ndim), x.shape[1] == numFeatures else {
      fail(
        "expected \(Self.ranks.sorted().map(String.init).joined(separator: " or ")) dims, the second of "
          + "\(numFeatures), got \(x.shape)")
    }
    let usesBatch = isTraining || runningMean == nil
    if usesBatch, x.numel / max(numFeatures, 1) <= 1, isTraining {
      fail("training needs more than one number for each channel, got \(x.shape)")
    }
    var share = momentum ?? 0
    if isTraining, let count = numBatchesTracked {
      noGrad { count.update(.add, Tensor(1)) }
      if momentum == nil { share = 1 / count.item() }
    }
    return x.batchNorm(
      runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias,
      training: usesBatch, momentum: share, eps: eps)
  }

  open override var arguments: ModuleArguments {
    [
      "num_features": numFeatures, "eps": eps, "momentum": momentum, "affine": weight != nil,
      "bias": bias != nil, "track_running_stats": runningMean != nil,
    ]
  }

  open override var extraDescription: String {
    "\(numFeatures), eps=\(eps.python), momentum=\(momentum?.python ?? "None"), "
      + "affine=\((weight != nil).python), bias=\((bias != nil).python), track_running_stats=\((runningMean != nil).python)"
  }
}

/// Batch normalisation of [batch, channels] or [batch, channels, length]: `torch.nn.BatchNorm1d`.
open class BatchNorm1d: BatchNorm {
  override class var ranks: Set<Int> { [2, 3] }
}

/// Batch normalisation of [batch, channels, height, width]: `torch.nn.BatchNorm2d`.
open class BatchNorm2d: BatchNorm {
  override class var ranks: Set<Int> { [4] }
}

/// The last dims brought to mean 0 and variance 1, then scaled and shifted: `torch.nn.LayerNorm`; Ba,
/// Kiros and Hinton, 2016.
open class LayerNorm: Module {
  /// The last sizes of the input.
  public let normalizedShape: [Int]
  /// What is added to the variance.
  public let eps: Double
  /// A factor for each channel or element.
  @Parameter public var weight: Tensor?
  /// What is added to each channel or element.
  @Parameter public var bias: Tensor?

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - normalizedShape: the size of the last dim, or of several.
  ///   - eps: what is added to the variance.
  ///   - elementwiseAffine: whether there are a weight and a bias for each element.
  ///   - bias: what is added to each channel or element.
  ///   - dtype: of the parameters.
  ///   - device: where they live.
  public init(
    _ normalizedShape: some Extent, eps: Double = 1e-5, elementwiseAffine: Bool = true,
    bias: Bool = true, dtype: DType = .float32, device: Device = .default
  ) {
    let sizes = normalizedShape.sizes
    self.normalizedShape = sizes
    self.eps = eps
    weight = elementwiseAffine ? .ones(sizes, dtype: dtype, device: device) : nil
    self.bias = elementwiseAffine && bias ? .zeros(sizes, dtype: dtype, device: device) : nil
    super.init()
  }

  open override func forward(_ x: Tensor) -> Tensor {
    guard Array(x.shape.suffix(normalizedShape.count)) == normalizedShape else {
      fail("expected last dims \(normalizedShape), got \(x.shape)")
    }
    return x.layerNorm(normalizedShape, weight: weight, bias: bias, eps: eps)
  }

  open override var arguments: ModuleArguments {
    [
      "normalized_shape": normalizedShape, "eps": eps, "elementwise_affine": weight != nil,
      "bias": bias != nil,
    ]
  }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["normalized_shape"] as [Int], eps: try arguments["eps"],
      elementwiseAffine: try arguments["elementwise_affine"], bias: try arguments["bias"])
  }

  open override var extraDescription: String {
    "\(normalizedShape.tuple), eps=\(eps.python), elementwise_affine=\((weight != nil).python)"
      + (weight == nil ? "" : ", bias=\((bias != nil).python)")
  }
}

/// The last dims brought to a mean square of 1, then scaled: `torch.nn.RMSNorm`; Zhang and Sennrich, 2019.
open class RMSNorm: Module {
  /// The last sizes of the input.
  public let normalizedShape: [Int]
  /// What is added to the variance.
  public let eps: Double?
  /// A factor for each channel or element.
  @Parameter public var weight: Tensor?

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - normalizedShape: the last sizes of the input.
  ///   - eps: what is added to the variance.
  ///   - elementwiseAffine: whether there are a weight and a bias for each element.
  ///   - dtype: of the parameters.
  ///   - device: where they live.
  public init(
    _ normalizedShape: some Extent, eps: Double? = nil, elementwiseAffine: Bool = true,
    dtype: DType = .float32, device: Device = .default
  ) {
    self.normalizedShape = normalizedShape.sizes
    self.eps = eps
    weight = elementwiseAffine ? .ones(normalizedShape.sizes, dtype: dtype, device: device) : nil
    super.init()
  }

  open override func forward(_ x: Tensor) -> Tensor {
    guard Array(x.shape.suffix(normalizedShape.count)) == normalizedShape else {
      fail("expected last dims \(normalizedShape), got \(x.shape)")
    }
    return x.rmsNorm(normalizedShape, weight: weight, eps: eps)
  }

  open override var arguments: ModuleArguments {
    ["normalized_shape": normalizedShape, "eps": eps, "elementwise_affine": weight != nil]
  }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["normalized_shape"] as [Int], eps: try arguments["eps"],
      elementwiseAffine: try arguments["elementwise_affine"])
  }

  open override var extraDescription: String {
    "\(normalizedShape.tuple), eps=\(eps?.python ?? "None"), "
      + "elementwise_affine=\((weight != nil).python)"
  }
}

/// Groups of channels brought to mean 0 and variance 1, then scaled and shifted: `torch.nn.GroupNorm`; Wu
/// and He, 2018.
///
/// Input of shape [batch, channels, …].
open class GroupNorm: Module {
  /// How many groups channels are divided into.
  public let numGroups: Int
  /// How many channels.
  public let numChannels: Int
  /// What is added to the variance.
  public let eps: Double
  /// A factor for each channel or element.
  @Parameter public var weight: Tensor?
  /// What is added to each channel or element.
  @Parameter public var bias: Tensor?

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - numGroups: how many groups channels are divided into.
  ///   - numChannels: how many channels.
  ///   - eps: what is added to the variance.
  ///   - affine: whether there are a weight and a bias.
  ///   - bias: what is added to each channel or element.
  ///   - dtype: of the parameters.
  ///   - device: where they live.
  public init(
    _ numGroups: Int, _ numChannels: Int, eps: Double = 1e-5, affine: Bool = true,
    bias: Bool = true, dtype: DType = .float32, device: Device = .default
  ) {
    guard numGroups > 0, numChannels % numGroups == 0 else {
      fatalError("GroupNorm: \(numChannels) channels cannot be cut into \(numGroups) groups")
    }
    self.numGroups = numGroups
    self.numChannels = numChannels
    self.eps = eps
    weight = affine ? .ones([numChannels], dtype: dtype, device: device) : nil
    self.bias = affine && bias ? .zeros([numChannels], dtype: dtype, device: device) : nil
    super.init()
  }

  open override func forward(_ x: Tensor) -> Tensor {
    guard x.ndim >= 2, x.shape[1] == numChannels else {
      fail("expected [batch, \(numChannels), …], got \(x.shape)")
    }
    let size: Int = x.shape.dropFirst().reduce(1, *) / numGroups
    let spread = [numChannels] + [Int](repeating: 1, count: x.ndim - 2)
    return roundedOnce(x, weight, bias) { x, weight, bias in
      let groups = x.reshape([x.shape[0] * numGroups, size])
      let y = groups.layerNorm([size], eps: eps).reshape(x.shape)
      let scaled = weight.map { y * $0.reshape(spread) } ?? y
      return bias.map { scaled + $0.reshape(spread) } ?? scaled
    }
  }

  open override var arguments: ModuleArguments {
    [
      "num_groups": numGroups, "num_channels": numChannels, "eps": eps, "affine": weight != nil,
      "bias": bias != nil,
    ]
  }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["num_groups"], try arguments["num_channels"], eps: try arguments["eps"],
      affine: try arguments["affine"], bias: try arguments["bias"])
  }

  open override var extraDescription: String {
    "\(numGroups), \(numChannels), eps=\(eps.python), affine=\((weight != nil).python), "
      + "bias=\((bias != nil).python)"
  }
}
