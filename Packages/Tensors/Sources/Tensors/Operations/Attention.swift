// Attention in blocks whose scores fit into a cache, so that memory grows linearly with the
// sequence length, not with its square; Rabe and Staats, 2021.

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
  /// Many scores are computed block by block, and again in backward.
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
    let count: Int = scores.reduce(1, *)
    if let result = attention.inOnePass(self, key, value, mask, scores) { return result }
    let inputs = [self, key, value].map { $0.input(of: .attention) }
    return roundedOnce(inputs[0], inputs[1], inputs[2]) { query, key, value in
      // Half-precision inputs are float32 here, and autocast must not lower the products again.
      withAutocast(nil) {
        if count <= Attention.blockSize {
          return attention.whole(query, key, value, mask?.withoutHalves, firstRow: 0)
        }
        let inputs = [query, key, value] + (mask.map { [$0.withoutHalves] } ?? [])
        return customFunction(
          .attention, inputs, formula: { attention.apply($0, firstRow: 0) }
        ) { inputs in
          attention.inBlocks(inputs, scores)
        } backward: { g, inputs, _ in
          isGradEnabled
            ? derivatives(of: inputs, g) { attention.apply($0, firstRow: 0) }
            : attention.gradientsInBlocks(g, inputs, scores)
        }
      }
    }
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

  /// The number of scores that are computed at a time.
  static let blockSize = 1 << 20

  /// Attention in one block.
  ///
  /// - Parameter firstRow: the index of the first query.
  func whole(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?, firstRow: Int
  ) -> Tensor {
    // Scaling by a power of two is exact, and the queries have fewer elements than the scores.
    let scores =
      scale.significand == 1
      ? (query * scale).matmul(key.mT) : query.matmul(key.mT) * scale
    guard isCausal else { return scores.attentionWeights(mask: mask).matmul(value) }
    let size = Array(scores.shape.suffix(2))
    let ahead = Tensor.ones(size, dtype: .bool, device: query.device)
      .triu(diagonal: firstRow + 1)
    return scores.maskedFill(ahead, -Double.infinity).softmax(dim: -1).matmul(value)
  }

  /// The part of the scores that is computed at a time: a range of the batch and a range of
  /// queries.
  private struct Block {
    let batch: Range<Int>
    let rows: Range<Int>
    let keys: Int
  }

  private func blocks(_ scores: [Int]) -> [Block] {
    let (length, keys) = (scores[scores.count - 2], scores[scores.count - 1])
    let batch: Int = scores.dropLast(2).reduce(1, *)
    let tall = Swift.min(length, Swift.max(Attention.blockSize / keys, 1))
    let deep = Swift.max(Attention.blockSize / (tall * keys), 1)
    return stride(from: 0, to: batch, by: deep).flatMap { first in
      stride(from: 0, to: length, by: tall).map { row in
        let rows = row..<Swift.min(row + tall, length)
        return Block(
          batch: first..<Swift.min(first + deep, batch), rows: rows,
          keys: isCausal ? Swift.min(rows.upperBound, keys) : keys)
      }
    }
  }

  /// The query, key, value and mask, with their batch dims broadcast and flattened into one.
  private func lined(_ inputs: [Tensor], _ scores: [Int]) -> [Tensor] {
    let batch = Array(scores.dropLast(2))
    let count: Int = batch.reduce(1, *)
    return inputs.map { input in
      let last = Array(([1, 1] + input.shape).suffix(2))
      return input.expand(batch + last).reshape([count] + last)
    }
  }

  /// The part of an input that a block needs; inputs 0 to 3 are the query, key, value and mask.
  private func part(_ input: Tensor, _ place: Int, of block: Block) -> Tensor {
    let part = input[block.batch]
    switch place {
    case 0: return part[.all, block.rows]
    case 3: return input.shape[1] == 1 ? part : part[.all, block.rows]
    default: return part[.all, ..<block.keys]
    }
  }

  private func parts(_ inputs: [Tensor], of block: Block) -> [Tensor] {
    inputs.enumerated().map { part($1, $0, of: block) }
  }

  func apply(_ inputs: [Tensor], firstRow: Int) -> Tensor {
    whole(
      inputs[0], inputs[1], inputs[2], inputs.count > 3 ? inputs[3] : nil, firstRow: firstRow)
  }

  /// Attention by the device's fused kernel; nil if it has none for these inputs.
  func inOnePass(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?, _ scores: [Int]
  ) -> Tensor? {
    Tensor.requireOneDevice("scaledDotProductAttention", [query, key, value, mask])
    guard !scores.contains(0), mask?.requiresGrad != true,
      query.backend.supports(
        .attention(
          query.dtype, width: query.shape[query.ndim - 1], valueWidth: value.shape[value.ndim - 1]))
    else { return nil }
    let inputs = [query, key, value].map { $0.input(of: .attention) }
    let dtype = inputs[0].dtype
    guard inputs.allSatisfy({ $0.dtype == dtype }) else { return nil }
    let lined = lined(inputs, scores).map { $0.detach().view.contiguous() }
    let views = AttentionViews(
      q: lined[0], k: lined[1], v: lined[2],
      mask: mask.map { mask in
        let mask = mask.dtype == .bool ? mask : mask.to(dtype)
        return mask.view.with(mask.view.layout.broadcast(to: scores)!)
      }, isCausal: isCausal, scale: scale)
    let lines = Array(lined[0].layout.shape.prefix(2))
    let width = lined[2].layout.shape[2]
    let totals = Tensor(
      empty: lines, dtype: dtype == .float64 ? .float64 : .float32, device: query.device)
    func formula(_ inputs: [Tensor]) -> Tensor {
      whole(inputs[0], inputs[1], inputs[2], mask, firstRow: 0)
    }
    return customFunction(.attention, inputs, formula: formula) { _ in
      let result = Tensor(empty: lines + [width], dtype: dtype, device: query.device)
      query.backend.attention(views, into: result.view, totals: totals.view)
      return result.reshape(scores.dropLast() + [width])
    } backward: { g, inputs, result in
      if isGradEnabled {
        return derivatives(of: inputs, g, formula)
      }
      let gradients = [views.q, views.k, views.v].map {
        Tensor(empty: $0.layout.shape, dtype: dtype, device: g.device)
      }
      g.backend.attentionGradients(
        views, g.to(dtype).view.contiguous(), result.view.contiguous(), totals: totals.view,
        intoQueries: gradients[0].view, keys: gradients[1].view, values: gradients[2].view)
      return zip(inputs, gradients).map { unlined($1, $0, scores) }
    }
  }

  /// The gradient of an input that was flattened by `lined`, summed to the input's own shape.
  private func unlined(_ sum: Tensor, _ input: Tensor, _ scores: [Int]) -> Tensor {
    sum.reshape(Array(scores.dropLast(2)) + sum.shape.suffix(2)).reduced(to: input.shape)
  }

  func inBlocks(_ inputs: [Tensor], _ scores: [Int]) -> Tensor {
    let all = lined(inputs, scores)
    let width = inputs[2].shape[inputs[2].ndim - 1]
    let result = Tensor.empty(
      [all[0].shape[0], all[0].shape[1], width], dtype: inputs[2].dtype, device: inputs[0].device)
    for block in blocks(scores) {
      result[block.batch, block.rows] = apply(
        parts(all, of: block), firstRow: block.rows.lowerBound)
    }
    return result.reshape(scores.dropLast() + [width])
  }

  /// The gradients of the inputs, with the scores of each block recomputed.
  func gradientsInBlocks(_ g: Tensor, _ inputs: [Tensor], _ scores: [Int]) -> [Tensor?] {
    let all = lined(inputs, scores)
    let sums = zip(inputs, all).map { input, lined in
      input.requiresGrad ? Tensor.zerosLike(lined) : nil
    }
    let gradient = g.reshape([all[0].shape[0], all[0].shape[1], g.shape[g.ndim - 1]])
    for block in blocks(scores) {
      let leaves = zip(inputs, parts(all, of: block)).map { input, part in
        let leaf = part.detach()
        leaf.requiresGrad = input.requiresGrad
        return leaf
      }
      let output = enableGrad { apply(leaves, firstRow: block.rows.lowerBound) }
      output.backward(gradient: gradient[block.batch, block.rows])
      for (place, leaf) in leaves.enumerated() {
        if let own = leaf.grad { part(sums[place]!, place, of: block).update(.add, own) }
      }
    }
    return zip(inputs, sums).map { input, sum in sum.map { unlined($0, input, scores) } }
  }
}
