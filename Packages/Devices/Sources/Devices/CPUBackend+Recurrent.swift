import CKernels

// Recurrences. The rows of the batch are independent, so each thread runs all time steps for its
// share of them.

extension CPUBackend {
  public func lstm(
    _ gates: StridedView, _ h: StridedView, _ c: StridedView, weight: StridedView,
    into states: StridedView
  ) {
    withoutHalves(gates.dtype) {
      let wide = [gates, h, c, weight, states].map { $0.converted(to: .float32) }
      lstm(wide[0], wide[1], wide[2], weight: wide[3], into: wide[4])
      convert(wide[0], into: gates)
      convert(wide[4], into: states)
    } else: {
      let sizes = RecurrentSizes(gates, h)
      sizes.forEachPart { rows in
        let product = GEMM(
          m: rows.count, n: 4 * sizes.size, k: sizes.size, leftDimension: sizes.size,
          rightIsTransposed: true, rightDimension: sizes.size, accumulating: true)
        var (hidden, cell) = (sizes.row(h, 0, rows.lowerBound), sizes.row(c, 0, rows.lowerBound))
        for time in 0..<sizes.length {
          let now = sizes.row(gates, time, rows.lowerBound, width: 4)
          let next = (0..<2).map { sizes.row(states, 2 * time + $0, rows.lowerBound) }
          product.run(gates.dtype, hidden, weight.pointer, now)
          flambeau_lstm(gates.dtype, rows.count, sizes.size, now, cell, next[1], next[0])
          (hidden, cell) = (next[0], next[1])
        }
      }
    }
  }

  public func lstmGradients(
    _ gradient: StridedView, _ gates: StridedView, _ states: StridedView, c: StridedView,
    weight: StridedView, into gradients: StridedView, dh: StridedView, dc: StridedView
  ) {
    withoutHalves(gates.dtype) {
      let wide = [gradient, gates, states, c, weight, gradients, dh, dc].map {
        $0.converted(to: .float32)
      }
      lstmGradients(
        wide[0], wide[1], wide[2], c: wide[3], weight: wide[4], into: wide[5], dh: wide[6],
        dc: wide[7])
      for (own, result) in zip([gradients, dh, dc], wide[5...]) { convert(result, into: own) }
    } else: {
      let sizes = RecurrentSizes(gates, c)
      sizes.forEachPart { rows in
        let first = rows.lowerBound
        let count = rows.count * sizes.size
        let product = GEMM(
          m: rows.count, n: sizes.size, k: 4 * sizes.size, leftDimension: 4 * sizes.size,
          rightDimension: sizes.size)
        let (hidden, cell) = (sizes.row(dh, 0, first), sizes.row(dc, 0, first))
        func add(_ source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer) {
          flambeau_binary_contiguous(.add, gates.dtype, count, target, target, source)
        }
        for time in (0..<sizes.length).reversed() {
          add(sizes.row(gradient, 2 * time, first), to: hidden)
          add(sizes.row(gradient, 2 * time + 1, first), to: cell)
          let now = sizes.row(gradients, time, first, width: 4)
          let before =
            time == 0 ? sizes.row(c, 0, first) : sizes.row(states, 2 * time - 1, first)
          flambeau_lstm_gradients(
            gates.dtype, rows.count, sizes.size, now, cell, hidden,
            sizes.row(gates, time, first, width: 4), before,
            sizes.row(states, 2 * time + 1, first))
          product.run(gates.dtype, now, weight.pointer, hidden)
        }
      }
    }
  }

  private func withoutHalves(_ dtype: DType, _ wide: () -> Void, else body: () -> Void) {
    if dtype.isHalf { wide() } else { body() }
  }
}

extension RecurrentSizes {
  /// Calls `body` with parts of the batch, on several threads if they are large.
  fileprivate func forEachPart(_ body: (Range<Int>) -> Void) {
    let work = max(length * size * size * 4, 1)
    shared(count: batch, grain: max(GEMM.grain / 4 / work, 4), body)
  }
}
