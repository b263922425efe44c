extension Operator {
  fileprivate static let attention = Operator(
    joint: "attention", precision: .lowered, "∂L/∂q = ds • k, s = q • kᵀ/√d", "∂L/∂k = dsᵀ • q",
    "∂L/∂v = softmax(s)ᵀ • g",
    "∂L/∂mask = ds")
}

extension Tensor {
  /// softmax(q·kᵀ / √d + mask) · v: `torch.nn.functional.scaled_dot_product_attention`; Vaswani and
  /// others, 2017.
  ///
  /// Where the device has a kernel for it, as the CPU does, memory grows linearly with the sequence
  /// length (FlashAttention; Dao and others, 2022), unless the mask needs a gradient.
  ///
  /// - Parameters:
  ///   - key: […, keys, d], for queries of […, length, d].
  ///   - value: […, keys, width], where the result is […, length, width].
  ///   - mask: bools, true where a query may attend to a key, or numbers to add to the scores. A
  ///     query that may attend to no key gives 0.
  ///   - isCausal: whether queries attend only to keys up to their own position.
  ///   - scale: the factor of the scores; by default 1 / √d.
  public func scaledDotProductAttention(
    _ key: Tensor, _ value: Tensor, mask: Tensor? = nil, isCausal: Bool = false,
    scale: Double? = nil
  ) -> Tensor {
    guard ndim >= 2, key.ndim >= 2, value.ndim >= 2, shape[ndim - 1] == key.shape[key.ndim - 1],
      key.shape[key.ndim - 2] == value.shape[value.ndim - 2], !(isCausal && mask != nil),
      let batch = Tensor.batch(of: [self, key, value])
    else {
      fatalError(
        "scaledDotProductAttention: query \(shape), key \(key.shape), value \(value.shape); expected […, "
          + "length, d], […, keys, d] and […, keys, d], and a mask or isCausal, not both")
    }
    let scores = batch + [shape[ndim - 2], key.shape[key.ndim - 2]]
    if let mask, Layout.broadcastShape(mask.shape, scores) != scores {
      fatalError(
        "scaledDotProductAttention: a mask of shape \(mask.shape) does not broadcast to the scores' "
          + "\(scores)")
    }
    let attention = Attention(
      scale: scale ?? 1 / Double(shape[ndim - 1]).squareRoot(), isCausal: isCausal)
    let inputs = [self, key, value].map { $0.input(of: .attention) } + (mask.map { [$0] } ?? [])
    return attention.inOnePass(inputs, scores) ?? attention.inSteps(inputs)
  }

  /// The softmax of attention scores along their last dim, with a mask: bools, true where a query
  /// may attend to a key, or numbers to add to the scores. If a query may attend to no key, its
  /// weights and gradients are 0. For Flambeau's packages only.
  @_spi(Flambeau) public func attentionWeights(mask: Tensor?) -> Tensor {
    guard let mask else { return softmax(dim: -1) }
    let isHidden = mask.dtype == .bool ? mask.logicalNot() : mask.detach() .== -Double.infinity
    let scores =
      mask.dtype == .bool ? maskedFill(isHidden, -Double.infinity) : self + mask
    let isBlind = isHidden.all(dims: [-1], keepDim: true)
    // On a GPU, this check would wait for the device.
    if device == .cpu, !isBlind.anyTrue { return scores.softmax(dim: -1) }
    return scores.maskedFill(isBlind, 0).softmax(dim: -1).maskedFill(isBlind, 0)
  }

  /// The batch shape: what the dims before the last two broadcast to.
  private static func batch(of tensors: [Tensor]) -> [Int]? {
    tensors.reduce([]) { batch, tensor in
      batch.flatMap { Layout.broadcastShape($0, tensor.shape.dropLast(2) + []) }
    }
  }
}

private struct Attention: Sendable {
  let scale: Double
  let isCausal: Bool

  /// Attention as a chain of tensor operations, which keeps all scores. The inputs are the queries,
  /// keys and values, and the mask if there is one.
  func inSteps(_ inputs: [Tensor]) -> Tensor {
    let mask = inputs.dropFirst(3).first
    return roundedOnce(inputs[0], inputs[1], inputs[2]) { query, key, value in
      // Half-precision inputs are float32 here, and autocast must not lower the products again.
      withAutocast(nil) {
        // Scaling by a power of two is exact, and the queries have fewer elements than the scores.
        let scores =
          scale.significand == 1
          ? (query * scale).matmul(key.mT) : query.matmul(key.mT) * scale
        guard isCausal else {
          return scores.attentionWeights(mask: mask?.withoutHalves).matmul(value)
        }
        let size = Array(scores.shape.suffix(2))
        let ahead = Tensor.ones(size, dtype: .bool, device: query.device).triu(diagonal: 1)
        return scores.maskedFill(ahead, -Double.infinity).softmax(dim: -1).matmul(value)
      }
    }
  }

  /// Attention by the device's fused kernel; nil if it has none for these inputs, or if the mask
  /// needs a gradient.
  func inOnePass(_ inputs: [Tensor], _ scores: [Int]) -> Tensor? {
    let (query, mask) = (inputs[0], inputs.dropFirst(3).first)
    let (dtype, width) = (query.dtype, inputs[2].shape[inputs[2].ndim - 1])
    Tensor.requireOneDevice("scaledDotProductAttention", inputs)
    guard !scores.contains(0), mask?.requiresGrad != true,
      inputs[..<3].allSatisfy({ $0.dtype == dtype }),
      query.backend.supports(
        .attention(dtype, width: query.shape[query.ndim - 1], valueWidth: width))
    else { return nil }
    let batch = Array(scores.dropLast(2))
    let operands = inputs[..<3].map { input in
      let view = input.detach().view
      return view.with(view.layout.broadcast(to: batch + input.shape.suffix(2))!)
    }
    let views = AttentionViews(
      q: operands[0], k: operands[1], v: operands[2],
      mask: mask.map { mask in
        let mask = mask.dtype == .bool ? mask : mask.to(dtype)
        return mask.view.with(mask.view.layout.broadcast(to: scores)!)
      }, isCausal: isCausal, scale: scale)
    let exact = dtype == .float64 ? DType.float64 : .float32
    let totals = Tensor(empty: scores.dropLast() + [], dtype: exact, device: query.device)
    let unrounded = StridedView(
      empty: operands[0].layout.withDenseRows(scores.dropLast() + [width]), dtype: exact,
      device: query.device)
    return customFunction(.attention, inputs, formula: inSteps) { _ in
      query.backend.attention(views, into: unrounded, totals: totals.view)
      guard dtype.isHalf else { return Tensor(unrounded) }
      let result = StridedView(empty: unrounded.layout, dtype: dtype, device: query.device)
      query.backend.convert(unrounded, into: result)
      return Tensor(result)
    } backward: { g, inputs, result in
      let none = [Tensor?](repeating: nil, count: inputs.count - 3)
      if isGradEnabled {
        return derivatives(of: Array(inputs[..<3]), g) { inSteps($0 + inputs[3...]) } + none
      }
      let gradients = operands.map {
        StridedView(
          empty: $0.layout.withDenseRows($0.layout.shape), dtype: dtype, device: g.device)
      }
      g.backend.attentionGradients(
        views, g.to(dtype).view, dtype.isHalf ? unrounded : result.view, totals: totals.view,
        intoQueries: gradients[0],
        keys: gradients[1], values: gradients[2])
      return zip(inputs, gradients).map { Tensor($1).reduced(to: $0.shape) } + none
    }
  }
}

extension Layout {
  /// A dense layout of a shape with contiguous rows, and otherwise with this one's memory order.
  fileprivate func withDenseRows(_ shape: [Int]) -> Layout {
    guard let order = Layout.memoryOrder([self]), order.last == rank - 1 else {
      return Layout(contiguous: shape)
    }
    return Layout(contiguous: order.map { shape[$0] }).restored(from: order)
  }
}
