@_spi(Flambeau) import Tensors

/// The base class of batch normalization: (x - mean) / √(variance + eps) · weight + bias, per
/// channel.
///
/// In training, mean and variance are those of the batch, and running statistics are updated from
/// them; in evaluation, the running statistics are used.
///
/// Ioffe and Szegedy, 2015.
open class BatchNorm: Module {
  /// The number of channels.
  public let numFeatures: Int
  /// The ε added to the variance, for numerical stability.
  public let eps: Double
  /// The weight of a batch in the running statistics; nil for the cumulative mean over all batches.
  public let momentum: Double?
  /// The learnable scale of each channel, [channels]; nil for none.
  @Parameter public var weight: Tensor?
  /// The learnable shift of each channel, [channels]; nil for none.
  @Parameter public var bias: Tensor?
  /// The running mean, [channels]; nil without running statistics.
  @Buffer public var runningMean: Tensor?
  /// The running variance, [channels]; nil without running statistics.
  @Buffer public var runningVar: Tensor?
  /// The number of batches in the running statistics.
  @Buffer public var numBatchesTracked: Tensor?

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - numFeatures: number of channels.
  ///   - eps: ε added to the variance, for numerical stability.
  ///   - momentum: weight of a batch in the running statistics; nil for the cumulative mean over
  ///     all batches.
  ///   - affine: whether to learn a scale and a shift.
  ///   - trackRunningStats: whether to keep running statistics.
  ///   - bias: whether `affine` includes the shift.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
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

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(
      try arguments["num_features"], eps: try arguments["eps"], momentum: try arguments["momentum"],
      affine: try arguments["affine"], trackRunningStats: try arguments["track_running_stats"],
      bias: try arguments["bias"])
  }

  /// The possible numbers of dims of the input.
  class var ranks: Set<Int> { [] }

  open override func forward(_ x: Tensor) -> Tensor {
    guard Self.ranks.contains(x.ndim), x.shape[1] == numFeatures else {
      fail(
        "expected \(Self.ranks.sorted().map(String.init).joined(separator: " or ")) dims, the second of "
          + "\(numFeatures), got \(x.shape)")
    }
    let usesBatch = isTraining || runningMean == nil
    if usesBatch, x.numel / max(numFeatures, 1) <= 1, isTraining {
      fail("training needs more than one value per channel, got \(x.shape)")
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

/// Batch normalization of [batch, channels] or [batch, channels, length]: `torch.nn.BatchNorm1d`.
open class BatchNorm1d: BatchNorm {
  override class var ranks: Set<Int> { [2, 3] }
}

/// Batch normalization of [batch, channels, height, width]: `torch.nn.BatchNorm2d`.
open class BatchNorm2d: BatchNorm {
  override class var ranks: Set<Int> { [4] }
}

/// Layer normalization, (x - mean) / √(variance + eps) · weight + bias over the last dims:
/// `torch.nn.LayerNorm`; Ba, Kiros and Hinton, 2016.
open class LayerNorm: Module {
  /// The sizes of the last dims, which are normalized.
  public let normalizedShape: [Int]
  /// The ε added to the variance, for numerical stability.
  public let eps: Double
  /// The learnable scale of each element, of shape `normalizedShape`; nil for none.
  @Parameter public var weight: Tensor?
  /// The learnable shift of each element, of shape `normalizedShape`; nil for none.
  @Parameter public var bias: Tensor?

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - normalizedShape: size of the last dim, or of several, which are normalized.
  ///   - eps: ε added to the variance, for numerical stability.
  ///   - elementwiseAffine: whether to learn a scale and a shift for each element.
  ///   - bias: whether `elementwiseAffine` includes the shift.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
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

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
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

/// RMS normalization, x / √(mean of x² + eps) · weight over the last dims: `torch.nn.RMSNorm`;
/// Zhang and Sennrich, 2019.
open class RMSNorm: Module {
  /// The sizes of the last dims, which are normalized.
  public let normalizedShape: [Int]
  /// The ε added to the mean square; nil for the machine epsilon of the input's dtype.
  public let eps: Double?
  /// The learnable scale of each element, of shape `normalizedShape`; nil for none.
  @Parameter public var weight: Tensor?

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - normalizedShape: sizes of the last dims, which are normalized.
  ///   - eps: ε added to the mean square; nil for the machine epsilon of the input's dtype.
  ///   - elementwiseAffine: whether to learn a scale for each element.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
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

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
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

/// Group normalization, (x - mean) / √(variance + eps) · weight + bias, with mean and variance over
/// each group of channels: `torch.nn.GroupNorm`.
///
/// Input of shape [batch, channels, …].
///
/// Wu and He, 2018.
open class GroupNorm: Module {
  /// The number of groups.
  public let numGroups: Int
  /// The number of channels.
  public let numChannels: Int
  /// The ε added to the variance, for numerical stability.
  public let eps: Double
  /// The learnable scale of each channel, [channels]; nil for none.
  @Parameter public var weight: Tensor?
  /// The learnable shift of each channel, [channels]; nil for none.
  @Parameter public var bias: Tensor?

  /// Creates the layer.
  ///
  /// - Parameters:
  ///   - numGroups: number of groups, which divides the number of channels.
  ///   - numChannels: number of channels.
  ///   - eps: ε added to the variance, for numerical stability.
  ///   - affine: whether to learn a scale and a shift.
  ///   - bias: whether `affine` includes the shift.
  ///   - dtype: dtype of the parameters.
  ///   - device: device of the parameters.
  public init(
    _ numGroups: Int, _ numChannels: Int, eps: Double = 1e-5, affine: Bool = true,
    bias: Bool = true, dtype: DType = .float32, device: Device = .default
  ) {
    guard numGroups > 0, numChannels % numGroups == 0 else {
      fatalError("GroupNorm: \(numChannels) channels cannot be split into \(numGroups) groups")
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
    return x.groupNorm(numGroups, weight: weight, bias: bias, eps: eps)
  }

  open override var arguments: ModuleArguments {
    [
      "num_groups": numGroups, "num_channels": numChannels, "eps": eps, "affine": weight != nil,
      "bias": bias != nil,
    ]
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
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
