import CKernels

// Fused attention.

extension CPUBackend {
  public func attention(_ attention: AttentionViews, into y: StridedView, totals: StridedView) {
    let sizes = AttentionSizes(attention)
    let (q, k, v) = (attention.q.withRows, attention.k.withRows, attention.v.withRows)
    flambeau_attention(
      q.dtype, sizes, q.layout.shape, y.pointer, y.layout.strides, totals.pointer, q.pointer,
      q.layout.strides, k.pointer, k.layout.strides, v.pointer, v.layout.strides,
      attention.mask?.pointer, attention.mask?.layout.strides ?? [])
  }

  public func attentionGradients(
    _ attention: AttentionViews, _ gradient: StridedView, _ y: StridedView, totals: StridedView,
    intoQueries dq: StridedView, keys dk: StridedView, values dv: StridedView
  ) {
    let sizes = AttentionSizes(attention)
    let (q, k, v) = (attention.q.withRows, attention.k.withRows, attention.v.withRows)
    let (g, y) = (gradient.withRows, y.withRows)
    flambeau_attention_gradients(
      q.dtype, sizes, q.layout.shape, dq.pointer, dq.layout.strides, dk.pointer,
      dk.layout.strides, dv.pointer, dv.layout.strides, g.pointer, g.layout.strides, y.pointer,
      y.layout.strides, totals.pointer, q.pointer, q.layout.strides, k.pointer, k.layout.strides,
      v.pointer, v.layout.strides, attention.mask?.pointer, attention.mask?.layout.strides ?? [])
  }
}

extension StridedView {
  /// This view if its last dim is contiguous, else a copy.
  fileprivate var withRows: StridedView {
    layout.shape.last == 1 || layout.strides.last == 1 ? self : copied()
  }
}

extension AttentionSizes {
  fileprivate init(_ attention: AttentionViews) {
    let (q, k, v) = (attention.q.layout, attention.k.layout, attention.v.layout)
    let batch = q.rank - 2
    self.init(
      rank: batch, rows: q.shape[batch], keys: k.shape[batch], width: q.shape[batch + 1],
      value_width: v.shape[batch + 1], is_causal: attention.isCausal,
      mask_is_bool: attention.mask?.dtype == .bool, scale: attention.scale)
  }
}
