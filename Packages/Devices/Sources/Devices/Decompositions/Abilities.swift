// The default capabilities of a device.

extension Backend {
  public func supports(_ kernel: FusedKernel) -> Bool { false }

  public func attention(_ attention: AttentionViews, into y: StridedView, totals: StridedView) {
    fatalError("attention: this device has no kernel for it; check supports(_:) first")
  }

  public func attentionGradients(
    _ attention: AttentionViews, _ gradient: StridedView, _ y: StridedView, totals: StridedView,
    intoQueries dq: StridedView, keys dk: StridedView, values dv: StridedView
  ) {
    fatalError("attention: this device has no kernel for it; check supports(_:) first")
  }

  public func optimize(
    _ step: OptimizerStep, _ p: StridedView, _ g: StridedView, states: [StridedView?],
    count: StridedView?
  ) {
    fatalError("optimize: this device has no kernel for it; check supports(_:) first")
  }

  public func channelStatistics(_ norm: ChannelNormViews) {
    fatalError("channelNorm: this device has no kernel for it; check supports(_:) first")
  }

  public func channelNorm(_ norm: ChannelNormViews, into y: StridedView) {
    fatalError("channelNorm: this device has no kernel for it; check supports(_:) first")
  }

  public func channelNormGradients(
    _ norm: ChannelNormViews, areConstants: Bool, _ gradient: StridedView, into dx: StridedView,
    ofWeight: StridedView?, ofBias: StridedView?
  ) {
    fatalError("channelNorm: this device has no kernel for it; check supports(_:) first")
  }

  public func directCopy(
    of source: StridedView, to device: Device, nonBlocking: Bool
  ) -> StridedView? { nil }

  public var pinsMemory: Bool { false }

  public func pinned(_ x: StridedView) -> StridedView { x }

  public var isCapturing: Bool { false }

  public func beforeCapture<Result>(_ body: () -> Result) -> Result { body() }
}
