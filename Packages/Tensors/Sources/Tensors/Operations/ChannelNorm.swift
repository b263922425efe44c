// Batch norm and group norm: channels normalized to mean 0 and variance 1, then scaled and shifted.

extension Operator {
  fileprivate static let batchNorm = Operator(
    joint: "batchNorm", "∂L/∂x = (d-mean d-x̂·mean(d·x̂))/σ, d = g·w", "∂L/∂w = Σ g·x̂", "∂L/∂b = Σ g")
  fileprivate static let groupNorm = Operator(
    joint: "groupNorm", precision: .onGPUs, "∂L/∂x = (d-mean d-x̂·mean(d·x̂))/σ, d = g·w",
    "∂L/∂w = Σ g·x̂", "∂L/∂b = Σ g")
}

extension Tensor {
  /// Each channel (dim 1) normalized to mean 0 and variance 1 over all other dims, then scaled and
  /// shifted: `torch.nn.functional.batch_norm`; Ioffe and Szegedy, 2015.
  ///
  /// - Parameters:
  ///   - runningMean: [channels]; updated in training, otherwise used in place of the batch's mean.
  ///   - runningVar: [channels]; updated in training, otherwise used in place of the batch's
  ///     variance.
  ///   - weight: [channels], or none.
  ///   - bias: [channels], or none.
  ///   - training: whether the batch's own mean and variance are used.
  ///   - momentum: the weight of the batch's mean and variance in the running ones.
  ///   - eps: the number added to the variance.
  public func batchNorm(
    runningMean: Tensor? = nil, runningVar: Tensor? = nil, weight: Tensor? = nil,
    bias: Tensor? = nil, training: Bool = false, momentum: Double = 0.1, eps: Double = 1e-5
  ) -> Tensor {
    requireFloatingPoint("batchNorm")
    let channels = ndim > 1 ? [shape[1]] : []
    for tensor in [runningMean, runningVar, weight, bias]
    where tensor.map({ $0.shape != channels }) ?? false {
      fatalError(
        "batchNorm: input \(shape) and a parameter of shape \(tensor!.shape), not \(channels)")
    }
    guard ndim > 1, training || (runningMean != nil && runningVar != nil) else {
      fatalError(
        "batchNorm: input \(shape); it needs at least 2 dims, and outside of training running means and "
          + "variances")
    }
    @Sendable func follow(_ mean: Tensor, _ variance: Tensor) {
      noGrad {
        let count = Double(numel / Swift.max(shape[1], 1))
        runningMean?.follow(mean.flatten(), momentum)
        runningVar?.follow(variance.flatten() * (count / Swift.max(count - 1, 1)), momentum)
      }
    }
    @Sendable func normalized(_ x: Tensor, _ weight: Tensor?, _ bias: Tensor?) -> Tensor {
      let statistics =
        training ? nil : (runningMean!.withoutHalves, runningVar!.withoutHalves)
      guard x.hasChannelKernel(weight, bias) else {
        return x.batchNormFormula(weight, bias, eps, statistics, follow)
      }
      return x.normalizedChannels(
        .batchNorm, groups: 0, weight, bias, eps, statistics, follow
      ) { $0.batchNormFormula($1, $2, eps, statistics) { _, _ in } }
    }
    if hasChannelKernel(weight, bias) { return normalized(self, weight, bias) }
    return roundedOnce(self, weight, bias) { normalized($0, $1, $2) }.to(dtype)
  }

  private func follow(_ other: Tensor, _ momentum: Double) {
    let wide = detach().withoutHalves
    copy(from: wide * (1 - momentum) + other.detach().to(wide.dtype) * momentum)
  }

  /// Batch norm in tensor operations.
  ///
  /// - Parameters:
  ///   - statistics: the mean and variance; by default the batch's own.
  ///   - use: called with the mean and variance that it has computed.
  private func batchNormFormula(
    _ weight: Tensor?, _ bias: Tensor?, _ eps: Double, _ statistics: (Tensor, Tensor)?,
    _ use: (Tensor, Tensor) -> Void
  ) -> Tensor {
    let spread = [shape[1]] + [Int](repeating: 1, count: ndim - 2)
    let dims = [0] + Array(2..<ndim)
    let (mean, variance): (Tensor, Tensor)
    if let statistics {
      mean = statistics.0.to(dtype).reshape(spread)
      variance = statistics.1.to(dtype).reshape(spread)
    } else {
      mean = self.mean(dims: dims, keepDim: true)
      variance = (self - mean).square().mean(dims: dims, keepDim: true)
      use(mean, variance)
    }
    return ((self - mean) * (variance + eps).rsqrt()).scaled(weight, bias, spread)
  }

  /// Groups of channels (dim 1) of each example normalized to mean 0 and variance 1, then scaled
  /// and shifted: `torch.nn.functional.group_norm`; Wu and He, 2018.
  ///
  /// - Parameters:
  ///   - groups: the number of groups that the channels are split into.
  ///   - weight: [channels], or none.
  ///   - bias: [channels], or none.
  ///   - eps: the number added to the variance.
  public func groupNorm(
    _ groups: Int, weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5
  ) -> Tensor {
    requireFloatingPoint("groupNorm")
    guard ndim > 1, groups > 0, shape[1] % groups == 0,
      [weight, bias].allSatisfy({ $0 == nil || $0!.shape == [shape[1]] })
    else {
      fatalError(
        "groupNorm: \(groups) groups of the channels of \(shape), weight "
          + "\(weight.map { "\($0.shape)" } ?? "none"), bias \(bias.map { "\($0.shape)" } ?? "none"); the "
          + "channels, dim 1, must divide into groups, and weight and bias have one number for each"
      )
    }
    @Sendable func formula(_ x: Tensor, _ weight: Tensor?, _ bias: Tensor?) -> Tensor {
      let size = x.shape.dropFirst().reduce(1, *) / groups
      let rows = x.reshape([x.shape[0] * groups, size])
      let y = size == 0 ? rows : rows.layerNorm([size], eps: eps)
      return y.reshape(x.shape)
        .scaled(weight, bias, [shape[1]] + [Int](repeating: 1, count: ndim - 2))
    }
    func normalized(_ x: Tensor, _ weight: Tensor?, _ bias: Tensor?) -> Tensor {
      guard x.hasChannelKernel(weight, bias, groups: groups) else {
        return formula(x, weight, bias)
      }
      return x.normalizedChannels(
        .groupNorm, groups: groups, weight, bias, eps, nil, { _, _ in }, formula)
    }
    if hasChannelKernel(weight, bias, groups: groups) { return normalized(self, weight, bias) }
    return roundedOnce(self, weight, bias) { normalized($0, $1, $2) }.to(dtype)
  }

  private func scaled(_ weight: Tensor?, _ bias: Tensor?, _ spread: [Int]) -> Tensor {
    let scaled = weight.map { self * $0.reshape(spread) } ?? self
    return bias.map { scaled + $0.reshape(spread) } ?? scaled
  }

  /// Whether the device has a kernel, and it is worth it: that has a fixed cost for each channel of
  /// each example, or goes over columns.
  private func hasChannelKernel(_ weight: Tensor?, _ bias: Tensor?, groups: Int = 0) -> Bool {
    let inner: Int = shape.dropFirst(2).reduce(1, *)
    return (inner >= 8 || (inner == 1 && groups == 0)) && numel > 0
      && backend.supports(.channelNorm)
      && [weight, bias].allSatisfy { $0 == nil || ($0!.dtype == dtype && $0!.device == device) }
  }

  /// - Parameters:
  ///   - statistics: the mean and variance of each channel; by default they are computed.
  ///   - use: called with the mean and variance that it has computed.
  private func normalizedChannels(
    _ operation: Operator, groups: Int, _ weight: Tensor?, _ bias: Tensor?, _ eps: Double,
    _ statistics: (Tensor, Tensor)?, _ use: (Tensor, Tensor) -> Void,
    _ formula: @escaping @Sendable (Tensor, Tensor?, Tensor?) -> Tensor
  ) -> Tensor {
    let x = view.contiguous()
    let all = [shape[0], shape[1], shape.dropFirst(2).reduce(1, *)]
    func segments(_ view: StridedView) -> StridedView {
      view.with(
        Layout(shape: all, strides: Layout.contiguousStrides(of: all), offset: view.layout.offset))
    }
    func own(_ number: Tensor?) -> StridedView? {
      number.map { $0.detach().to(dtype).view.contiguous() }
    }
    let sizes = groups == 0 ? [shape[1]] : [shape[0], groups]
    let known = statistics.map { [$0.0, $0.1] }?.map { $0.detach().to(.float64).contiguous() }
    let (means, variances) = (
      known?[0] ?? Tensor(empty: sizes, dtype: .float64, device: device),
      known?[1] ?? Tensor(empty: sizes, dtype: .float64, device: device)
    )
    let norm = ChannelNormViews(
      x: segments(x), groups: groups, weight: own(weight), bias: own(bias), means: means.view,
      variances: variances.view, eps: eps)
    if known == nil {
      backend.channelStatistics(norm)
      use(means, variances)
    }
    let result = Tensor(empty: shape, dtype: dtype, device: device)
    backend.channelNorm(norm, into: segments(result.view))
    let inputs = [self] + [weight, bias].compactMap { $0 }
    @Sendable func whole(_ inputs: [Tensor]) -> Tensor {
      formula(
        inputs[0], weight == nil ? nil : inputs[1], bias == nil ? nil : inputs[inputs.count - 1])
    }
    return customFunction(operation, inputs, formula: whole) { _ in
      result
    } backward: { g, inputs, _ in
      guard !isGradEnabled else { return derivatives(of: inputs, g, whole) }
      let gradients = inputs.map {
        Tensor(empty: $0.shape, dtype: self.dtype, device: $0.device)
      }
      g.backend.channelNormGradients(
        norm, areConstants: known != nil, segments(g.to(self.dtype).view.contiguous()),
        into: segments(gradients[0].view),
        ofWeight: weight.map { _ in gradients[1].view },
        ofBias: bias.map { _ in gradients[gradients.count - 1].view })
      return zip(gradients, inputs).map { $0.to($1.dtype) }
    }
  }
}
