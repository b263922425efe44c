// Recurrences step by step, for devices without their own kernels.

extension Backend {
  public func lstm(
    _ gates: StridedView, _ h: StridedView, _ c: StridedView, weight: StridedView,
    into states: StridedView
  ) {
    let sums = gates.widened
    let weight = weight.widened.transposed
    var (h, c) = (h.widened, c.widened)
    for time in 0..<gates.layout.shape[0] {
      matmul(h, weight, into: sums[time], accumulating: true)
      let parts = sums[time].gates
      let (i, f, o) = (parts[0].unary(.sigmoid), parts[1].unary(.sigmoid), parts[3].unary(.sigmoid))
      let g = parts[2].unary(.tanh)
      c = f * c + i * g
      h = o * c.unary(.tanh)
      for (gate, place) in zip([i, f, g, o], gates[time].gates) { convert(gate, into: place) }
      convert(h, into: states[time][0])
      convert(c, into: states[time][1])
    }
  }

  public func lstmGradients(
    _ gradient: StridedView, _ gates: StridedView, _ states: StridedView, c: StridedView,
    weight: StridedView, into gradients: StridedView, dh: StridedView, dc: StridedView
  ) {
    let (gradient, gates, states) = (gradient.widened, gates.widened, states.widened)
    let weight = weight.widened
    let one = StridedView(number: 1, gates.dtype)
    var (hidden, cell) = (dh.widened, dc.widened)
    for time in (0..<gates.layout.shape[0]).reversed() {
      hidden = hidden + gradient[time][0]
      cell = cell + gradient[time][1]
      let parts = gates[time].gates
      let (i, f, g, o) = (parts[0], parts[1], parts[2], parts[3])
      let before = time == 0 ? c.widened : states[time - 1][1]
      let tanhCell = states[time][1].unary(.tanh)
      cell = cell + hidden * o * (one - tanhCell * tanhCell)
      let all = [
        cell * g * i * (one - i), cell * before * f * (one - f), cell * i * (one - g * g),
        hidden * tanhCell * o * (one - o),
      ]
      let own = StridedView(
        empty: gates[time].layout.contiguous, dtype: gates.dtype, device: gates.storage.device)
      for (gradient, gate) in zip(all, own.gates) { convert(gradient, into: gate) }
      convert(own, into: gradients[time])
      cell = cell * f
      matmul(own, weight, into: hidden, accumulating: false)
    }
    convert(hidden, into: dh)
    convert(cell, into: dc)
  }
}

extension StridedView {
  /// The four gates of a step, stored side by side: i, f, g and o.
  fileprivate var gates: [StridedView] {
    let size = layout.shape[1] / 4
    return (0..<4).map { part(1, $0 * size, size) }
  }
}
