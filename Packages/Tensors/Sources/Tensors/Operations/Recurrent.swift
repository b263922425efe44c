// Recurrent layers with fused kernels.

extension Operator {
  fileprivate static let lstm = Operator(
    joint: "lstm", precision: .lowered, "∂L/∂gates, step by step back in time", "∂L/∂h₀", "∂L/∂c₀",
    "∂L/∂w = Σ dgatesᵀ • h")
}

extension Tensor {
  /// Runs an LSTM over time, given what the inputs contribute to its gates: one layer and direction
  /// of `torch.lstm`; Hochreiter and Schmidhuber, 1997.
  ///
  /// With the gates i, f, g, o concatenated, c' = σ(f)·c + σ(i)·tanh(g) and h' = σ(o)·tanh(c').
  ///
  /// - Parameters:
  ///   - h: the initial hidden state, [batch, size], for contributions of [length, batch, 4 ·
  ///     size].
  ///   - c: the initial cell state, [batch, size].
  ///   - weight: [4 · size, size], by which the hidden state contributes to the gates.
  /// - Returns: the states after each step, [length, 2, batch, size]: the hidden state and the cell
  ///   state.
  public func lstm(_ h: Tensor, _ c: Tensor, weight: Tensor) -> Tensor {
    requireFloatingPoint("lstm")
    guard ndim == 3, weight.ndim == 2, weight.shape[0] == shape[2],
      weight.shape[0] == 4 * weight.shape[1], h.shape == [shape[1], weight.shape[1]],
      c.shape == h.shape
    else {
      fatalError(
        "lstm: contributions \(shape), states \(h.shape) and \(c.shape), weight \(weight.shape); expected "
          + "[length, batch, 4 · size], [batch, size] twice, and [4 · size, size]")
    }
    Tensor.requireOneDevice("lstm", [self, h, c, weight])
    let dtype = input(of: .lstm).dtype
    let inputs = [self, h, c, weight].map { $0.to(dtype) }
    let (states, gates) = noGrad { LSTMSteps.forward(inputs) }
    return customFunction(.lstm, inputs, formula: LSTMSteps.formula) { _ in
      states
    } backward: { g, inputs, states in
      isGradEnabled
        ? derivatives(of: inputs, g, LSTMSteps.formula)
        : LSTMSteps.gradients(g, inputs, states, gates)
    }
  }
}

private enum LSTMSteps {
  /// The states after each step, and the gates.
  static func forward(_ inputs: [Tensor]) -> (states: Tensor, gates: Tensor) {
    let (gates, h) = (Tensor(inputs[0].view.copied()), inputs[1])
    let states = Tensor(
      empty: [gates.shape[0], 2] + h.shape, dtype: gates.dtype, device: gates.device)
    gates.backend.lstm(
      gates.view, h.view.contiguous(), inputs[2].view.contiguous(),
      weight: inputs[3].view.contiguous(), into: states.view)
    return (states, gates)
  }

  static func gradients(
    _ g: Tensor, _ inputs: [Tensor], _ states: Tensor, _ gates: Tensor
  ) -> [Tensor] {
    let (h, length) = (inputs[1], gates.shape[0])
    let gradients = Tensor.emptyLike(gates)
    let (dh, dc) = (
      Tensor.zeros(h.shape, dtype: h.dtype, device: h.device),
      Tensor.zeros(h.shape, dtype: h.dtype, device: h.device)
    )
    gates.backend.lstmGradients(
      g.view.contiguous(), gates.view, states.view, c: inputs[2].view.contiguous(),
      weight: inputs[3].view.contiguous(), into: gradients.view, dh: dh.view, dc: dc.view)
    // The hidden states before each step, for one matrix product.
    let before =
      length > 0
      ? Tensor.cat([h.unsqueeze(0), states[..<(length - 1), 0]]) : h.unsqueeze(0)[..<0]
    let dWeight = gradients.flatten(endDim: 1).T.matmul(before.flatten(endDim: 1))
    return [gradients, dh, dc, dWeight]
  }

  /// The same in tensor operations.
  static func formula(_ inputs: [Tensor]) -> Tensor {
    var (h, c) = (inputs[1], inputs[2])
    let states = inputs[0].unbind().map { step -> Tensor in
      let parts = (step + h.matmul(inputs[3].T)).chunk(4, dim: -1)
      c = parts[1].sigmoid() * c + parts[0].sigmoid() * parts[2].tanh()
      h = parts[3].sigmoid() * c.tanh()
      return .stack([h, c])
    }
    return .stack(states)
  }
}
