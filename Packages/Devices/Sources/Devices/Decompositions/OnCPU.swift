// Fallbacks to the CPU, for devices without their own kernels: inputs are copied to it, and outputs
// back.

extension Backend {
  public func ramp(_ ramp: Ramp, into y: StridedView) {
    onCPU([], writing: [y]) { $0.ramp(ramp, into: $1[0]) }
  }

  public func uniform(low: Double, high: Double, generator: Generator, into y: StridedView) {
    onCPU([], writing: [y]) { $0.uniform(low: low, high: high, generator: generator, into: $1[0]) }
  }

  public func normal(mean: Double, deviation: Double, generator: Generator, into y: StridedView) {
    onCPU([], writing: [y]) {
      $0.normal(mean: mean, deviation: deviation, generator: generator, into: $1[0])
    }
  }

  public func exponential(generator: Generator, into y: StridedView) {
    onCPU([], writing: [y]) { $0.exponential(generator: generator, into: $1[0]) }
  }

  public func integers(low: Int, high: Int, generator: Generator, into y: StridedView) {
    onCPU([], writing: [y]) {
      $0.integers(low: low, high: high, generator: generator, into: $1[0])
    }
  }

  public func permutation(generator: Generator, into y: StridedView) {
    onCPU([], writing: [y]) { $0.permutation(generator: generator, into: $1[0]) }
  }

  public func sort(_ x: StridedView, descending: Bool, into places: StridedView) {
    onCPU([x], writing: [places]) { $0.sort($1[0], descending: descending, into: $1[1]) }
  }

  public func search(
    _ x: StridedView, in sorted: StridedView, afterEqual: Bool, into places: StridedView
  ) {
    onCPU([x, sorted], writing: [places]) {
      $0.search($1[0], in: $1[1], afterEqual: afterEqual, into: $1[2])
    }
  }

  public func nonzero(_ x: StridedView, into y: StridedView) {
    onCPU([x], writing: [y]) { $0.nonzero($1[0], into: $1[1]) }
  }

  public func lu(_ a: StridedView, pivots: StridedView) {
    onCPU([], changing: [a], writing: [pivots]) { $0.lu($1[0], pivots: $1[1]) }
  }

  public func luSolve(
    _ lu: StridedView, pivots: StridedView, transposed: Bool, into b: StridedView
  ) {
    onCPU([lu, pivots], changing: [b]) {
      $0.luSolve($1[0], pivots: $1[1], transposed: transposed, into: $1[2])
    }
  }

  public func luInverse(_ lu: StridedView, pivots: StridedView, into b: StridedView) {
    onCPU([lu, pivots], writing: [b]) { $0.luInverse($1[0], pivots: $1[1], into: $1[2]) }
  }

  public func cholesky(_ a: StridedView, failed: StridedView) {
    onCPU([], changing: [a], writing: [failed]) { $0.cholesky($1[0], failed: $1[1]) }
  }

  public func qr(_ a: StridedView, q: StridedView, r: StridedView) {
    onCPU([a], writing: [q, r]) { $0.qr($1[0], q: $1[1], r: $1[2]) }
  }

  public func svd(
    _ a: StridedView, left: StridedView, values: StridedView, right: StridedView,
    failed: StridedView
  ) {
    onCPU([a], writing: [left, values, right, failed]) {
      $0.svd($1[0], left: $1[1], values: $1[2], right: $1[3], failed: $1[4])
    }
  }

  public func eigh(_ a: StridedView, values: StridedView, failed: StridedView) {
    onCPU([], changing: [a], writing: [values, failed]) {
      $0.eigh($1[0], values: $1[1], failed: $1[2])
    }
  }

  /// Calls `body` with copies of the views that are read and changed, and with empty ones for those
  /// that are written, in this order. All views are dense.
  private func onCPU(
    _ read: [StridedView], changing changed: [StridedView] = [],
    writing written: [StridedView] = [], _ body: (CPUBackend, [StridedView]) -> Void
  ) {
    func byteCount(_ view: StridedView) -> Int { view.layout.numel * view.dtype.itemSize }
    let copies = (read + changed + written).enumerated().map { place, view in
      // Random numbers are drawn in memory order, so the copy keeps it.
      let copy = StridedView(empty: view.layout.dense, dtype: view.dtype, device: .cpu)
      if place < read.count + changed.count {
        copyOut(from: view.pointer, to: copy.pointer, byteCount: byteCount(view))
      }
      return copy
    }
    body(CPUBackend(), copies)
    for (view, copied) in zip(changed + written, copies.dropFirst(read.count)) {
      copy(from: copied.pointer, to: view.pointer, byteCount: byteCount(view))
    }
  }
}
