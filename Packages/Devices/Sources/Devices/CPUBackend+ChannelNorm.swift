import CKernels

// Batch norm and group norm.

extension CPUBackend {
  public func channelStatistics(_ norm: ChannelNormViews) {
    flambeau_channel_statistics(norm.x.dtype, ChannelNorm(norm))
  }

  public func channelNorm(_ norm: ChannelNormViews, into y: StridedView) {
    flambeau_channel_norm(norm.x.dtype, ChannelNorm(norm), y.pointer)
  }

  public func channelNormGradients(
    _ norm: ChannelNormViews, areConstants: Bool, _ gradient: StridedView, into dx: StridedView,
    ofWeight: StridedView?, ofBias: StridedView?
  ) {
    flambeau_channel_norm_gradients(
      norm.x.dtype, ChannelNorm(norm), areConstants, gradient.pointer, dx.pointer,
      ofWeight?.pointer, ofBias?.pointer)
  }
}

extension ChannelNorm {
  fileprivate init(_ norm: ChannelNormViews) {
    let shape = norm.x.layout.shape
    self.init(
      outer: shape[0], channels: shape[1], inner: shape[2], groups: norm.groups, eps: norm.eps,
      x: norm.x.pointer, weight: norm.weight?.pointer, bias: norm.bias?.pointer,
      means: norm.means.pointer.assumingMemoryBound(to: Double.self),
      variances: norm.variances.pointer.assumingMemoryBound(to: Double.self))
  }
}
