import CCUDA
import CUDAKernels

// Fused attention.

extension CUDABackend {
  func supports(_ kernel: FusedKernel) -> Bool {
    switch kernel {
    case .attention(let dtype, let width, let valueWidth):
      let widest = Int(ATTENTION_BYTES) / (dtype == .float64 ? 8 : 4)
      return dtype.isFloatingPoint && max(width, valueWidth) <= widest
    case .optimize: return true
    case .channelNorm, .convolutionOfIntegers: return false
    }
  }

  func attention(_ attention: AttentionViews, into y: StridedView, totals: StridedView) {
    let attention = attention.contiguous
    withContiguous([y]) { outputs in
      prepare("attention", attention.all + outputs + [totals])
      var launch = AttentionLaunch(attention)
      (launch.y, launch.totals) = (outputs[0].pointer, totals.pointer)
      start("attention", attention, rows: Int(launch.rows), launch)
    }
  }

  func attentionGradients(
    _ attention: AttentionViews, _ gradient: StridedView, _ y: StridedView, totals: StridedView,
    intoQueries dq: StridedView, keys dk: StridedView, values dv: StridedView
  ) {
    let attention = attention.contiguous
    let (gradient, y) = (gradient.contiguous(), y.contiguous())
    withContiguous([dq, dk, dv]) { outputs in
      prepare("attention", attention.all + [gradient, y, totals] + outputs)
      var launch = AttentionLaunch(attention)
      let along = empty(totals.layout.shape, totals.dtype)
      (launch.y, launch.totals, launch.along) = (y.pointer, totals.pointer, along.pointer)
      launch.gradient = UnsafeRawPointer(gradient.pointer)
      (launch.dq, launch.dk, launch.dv) = (
        outputs[0].pointer, outputs[1].pointer, outputs[2].pointer
      )
      start("attention_gradients_of_queries", attention, rows: Int(launch.rows), launch)
      start("attention_gradients_of_keys", attention, rows: Int(launch.keys), launch)
    }
  }

  /// Calls `body` with contiguous views, whose contents then go to the outputs.
  private func withContiguous(_ outputs: [StridedView], _ body: ([StridedView]) -> Void) {
    let own = outputs.map { $0.layout.isContiguous ? $0 : empty($0.layout.shape, $0.dtype) }
    body(own)
    for (own, output) in zip(own, outputs) where !output.layout.isContiguous {
      convert(own, into: output)
    }
  }

  /// Each warp computes a row of the result.
  private func start(
    _ name: StaticString, _ attention: AttentionViews, rows: Int, _ launch: AttentionLaunch
  ) {
    let warps = Int(LAUNCH_BLOCK) / 32
    let blocks = Int(launch.batch) * ((rows + warps - 1) / warps)
    gpu.launch(
      kernel(name, in: "attention", attention.q.dtype),
      blocks: min(blocks, 32 * gpu.multiprocessorCount), launch)
  }
}

extension AttentionViews {
  fileprivate var contiguous: AttentionViews {
    AttentionViews(
      q: q.contiguous(), k: k.contiguous(), v: v.contiguous(), mask: mask, isCausal: isCausal,
      scale: scale)
  }
}

extension AttentionLaunch {
  fileprivate init(_ attention: AttentionViews) {
    self.init()
    let (q, k, v) = (attention.q, attention.k, attention.v)
    let dims = q.layout.rank - 2
    batch = Int64(q.layout.shape.prefix(dims).reduce(1, *))
    (rows, width) = (Int64(q.layout.shape[dims]), Int64(q.layout.shape[dims + 1]))
    (keys, value_width) = (Int64(k.layout.shape[dims]), Int64(v.layout.shape[dims + 1]))
    (self.q, self.k, self.v) = (
      UnsafeRawPointer(q.pointer), UnsafeRawPointer(k.pointer), UnsafeRawPointer(v.pointer)
    )
    (scale, is_causal) = (attention.scale, attention.isCausal)
    guard let mask = attention.mask else { return }
    let (shape, strides) = (mask.layout.shape, mask.layout.strides)
    self.mask = UnsafeRawPointer(mask.pointer)
    mask_is_bool = mask.dtype == .bool
    mask_batch = Extents(shape: shape.dropLast(2), strides: strides.dropLast(2))
    (mask_row, mask_column) = (Int64(strides[shape.count - 2]), Int64(strides[shape.count - 1]))
  }
}
