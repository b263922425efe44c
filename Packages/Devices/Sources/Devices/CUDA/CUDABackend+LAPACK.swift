// Factorisations. They are the CPU's: small matrices go there and back.

extension CUDABackend {
  func lu(_ a: StridedView, pivots: StridedView) {
    onCPU([a], results: [a, pivots]) { CPUBackend().lu($0[0], pivots: $0[1]) }
  }

  func luSolve(_ lu: StridedView, pivots: StridedView, into b: StridedView) {
    onCPU([lu, pivots, b], results: [b]) {
      CPUBackend().luSolve($0[0], pivots: $0[1], into: $0[2])
    }
  }

  func cholesky(_ a: StridedView) -> Int? {
    onCPU([a], results: [a]) { CPUBackend().cholesky($0[0]) }
  }

  func qr(_ a: StridedView, upper: StridedView) {
    onCPU([a], results: [a, upper]) { CPUBackend().qr($0[0], upper: $0[1]) }
  }

  func svd(
    _ a: StridedView, left: StridedView, values: StridedView, right: StridedView
  ) -> Int? {
    onCPU([a], results: [left, values, right]) { views in
      CPUBackend().svd(views[0], left: views[1], values: views[2], right: views[3])
    }
  }

  func eigh(_ a: StridedView, values: StridedView) -> Int? {
    onCPU([a], results: [a, values]) { CPUBackend().eigh($0[0], values: $0[1]) }
  }

  /// Calls `body` with copies on the CPU of what is read, and of results that are not among it, and copies the
  /// results back.
  private func onCPU<Result>(
    _ inputs: [StridedView], results: [StridedView], _ body: ([StridedView]) -> Result
  ) -> Result {
    prepare("factorisation", inputs + results)
    let all =
      inputs
      + results.filter { result in
        !inputs.contains { $0.pointer == result.pointer }
      }
    let copies = all.map { view in
      let copy = StridedView(empty: view.layout.contiguous, dtype: view.dtype, device: .cpu)
      if inputs.contains(where: { $0.pointer == view.pointer }) {
        copyOut(from: view.pointer, to: copy.pointer, byteCount: view.byteCount)
      }
      return copy
    }
    let value = body(copies)
    for (view, copied) in zip(all, copies)
    where results.contains(where: { $0.pointer == view.pointer }) {
      copy(from: copied.pointer, to: view.pointer, byteCount: view.byteCount)
    }
    return value
  }
}

extension StridedView {
  fileprivate var byteCount: Int { layout.numel * dtype.itemSize }
}
