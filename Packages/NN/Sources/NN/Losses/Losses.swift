@_spi(Flambeau) import Tensors

// Losses as functions, as in `torch.nn.functional`. LossModules.swift has them as modules.

/// The reduction of element-wise losses.
public enum LossReduction: String, ModuleArgument, Sendable {
  /// The mean, the sum, or no reduction.
  case mean, sum, none

  func callAsFunction(_ losses: Tensor) -> Tensor {
    switch self {
    case .mean: losses.mean()
    case .sum: losses.sum()
    case .none: losses
    }
  }
}

/// The mean absolute error, |input - target|, of tensors of the same shape:
/// `torch.nn.functional.l1_loss`.
public func l1Loss(
  _ input: Tensor, _ target: Tensor, reduction: LossReduction = .mean
) -> Tensor {
  checkShapes(input, target, "l1Loss")
  return precisely(input, target) { reduction(($0 - $1).abs()) }
}

/// The mean squared error, (input - target)², of tensors of the same shape:
/// `torch.nn.functional.mse_loss`.
public func mseLoss(
  _ input: Tensor, _ target: Tensor, reduction: LossReduction = .mean
) -> Tensor {
  checkShapes(input, target, "mseLoss")
  return precisely(input, target) { reduction(($0 - $1).square()) }
}

/// d² / 2β where |d| < β, else |d| - β / 2: `torch.nn.functional.smooth_l1_loss`. Both have the
/// same shape. Girshick, 2015.
public func smoothL1Loss(
  _ input: Tensor, _ target: Tensor, beta: Double = 1, reduction: LossReduction = .mean
) -> Tensor {
  checkShapes(input, target, "smoothL1Loss")
  guard beta >= 0 else { fatalError("smoothL1Loss: beta \(beta); it must be 0 or more") }
  return precisely(input, target) { reduction(($0 - $1).huber(beta: beta, scale: 1)) }
}

/// d² / 2 where |d| ≤ δ, else δ·(|d| - δ / 2): `torch.nn.functional.huber_loss`. Both have the same
/// shape. Huber, 1964.
public func huberLoss(
  _ input: Tensor, _ target: Tensor, delta: Double = 1, reduction: LossReduction = .mean
) -> Tensor {
  checkShapes(input, target, "huberLoss")
  guard delta > 0 else { fatalError("huberLoss: delta \(delta); it must be above 0") }
  return precisely(input, target) { reduction(($0 - $1).huber(beta: delta, scale: delta)) }
}

/// -(t·log x + (1 - t)·log(1 - x)) for probabilities x: `torch.nn.functional.binary_cross_entropy`.
/// Logarithms are clamped to at least -100. For logits, use `bceWithLogits`.
///
/// - Parameters:
///   - input: the model's output.
///   - target: the target, in the shape of `input`.
///   - weight: weight of each loss, which broadcasts.
///   - reduction: reduction of the element-wise losses: mean, sum, or none.
public func binaryCrossEntropy(
  _ input: Tensor, _ target: Tensor, weight: Tensor? = nil, reduction: LossReduction = .mean
) -> Tensor {
  checkShapes(input, target, "binaryCrossEntropy")
  let values = input.detach()
  if ((values .< 0) | (values .> 1) | values.isnan()).any().item(as: Bool.self) {
    fatalError("binaryCrossEntropy: a probability is not from 0 to 1; see bceWithLogits")
  }
  func logarithm(_ x: Tensor) -> Tensor { x.log().clamp(min: -100) }
  return precisely(input, target, weight) { input, target, weight in
    let losses = customFunction("binaryCrossEntropy", [input, target]) { inputs in
      -(inputs[1] * logarithm(inputs[0]) + (1 - inputs[1]) * logarithm(1 - inputs[0]))
    } backward: { g, inputs, _ in
      // Where a logarithm is clamped, the gradient is still nonzero.
      let (x, t) = (inputs[0], inputs[1])
      return [
        g * (x - t) / ((1 - x) * x).clamp(min: 1e-12), g * (logarithm(1 - x) - logarithm(x)),
      ]
    }
    return reduction(weight.map { losses * $0 } ?? losses)
  }
}

/// ``binaryCrossEntropy(_:_:weight:reduction:)`` of the sigmoid of logits, numerically stable:
/// `torch.nn.functional.binary_cross_entropy_with_logits`.
///
/// - Parameters:
///   - input: the model's output.
///   - target: the target, in the shape of `input`.
///   - weight: weight of each loss, which broadcasts.
///   - posWeight: weight of the term of positive targets, which broadcasts.
///   - reduction: reduction of the element-wise losses: mean, sum, or none.
public func bceWithLogits(
  _ input: Tensor, _ target: Tensor, weight: Tensor? = nil, posWeight: Tensor? = nil,
  reduction: LossReduction = .mean
) -> Tensor {
  checkShapes(input, target, "bceWithLogits")
  return precisely(input, target, weight, posWeight) { input, target, weight, posWeight in
    let factor = posWeight.map { ($0 - 1) * target + 1 }
    let logarithm = input.logSigmoid()
    let losses = (1 - target) * input - (factor.map { logarithm * $0 } ?? logarithm)
    return reduction(weight.map { losses * $0 } ?? losses)
  }
}

/// The Kullback–Leibler divergence, t·(log t - x) for log-probabilities x:
/// `torch.nn.functional.kl_div`. As in PyTorch, `.mean` is over all elements, not over the batch.
/// Kullback and Leibler, 1951.
///
/// - Parameters:
///   - input: the model's output.
///   - target: the target, in the shape of `input`.
///   - logTarget: whether targets are log-probabilities too.
///   - reduction: reduction of the element-wise losses: mean, sum, or none.
public func klDiv(
  _ input: Tensor, _ target: Tensor, logTarget: Bool = false, reduction: LossReduction = .mean
) -> Tensor {
  checkShapes(input, target, "klDiv")
  return precisely(input, target) { input, target in
    if logTarget { return reduction(target.exp() * (target - input)) }
    // 0·log 0 is 0.
    let isZero = target .== 0
    let entropy = Tensor.where(isZero, 0, target * Tensor.where(isZero, 1, target).log())
    return reduction(entropy - target * input)
  }
}

/// x where t is 1, max(0, margin - x) where t is -1: `torch.nn.functional.hinge_embedding_loss`.
public func hingeEmbeddingLoss(
  _ input: Tensor, _ target: Tensor, margin: Double = 1, reduction: LossReduction = .mean
) -> Tensor {
  return precisely(input, target) { input, target in
    let far = Tensor.where(target .!= 1, (margin - input).clamp(min: 0), 0)
    return reduction(far + Tensor.where(target .!= -1, input, 0))
  }
}

/// ‖a - b + ε‖ along the last dim: `torch.nn.functional.pairwise_distance`.
///
/// - Parameters:
///   - first: rows, [batch, size] or [size].
///   - second: rows of the same shape, or one that broadcasts with it.
///   - p: order of the norm.
///   - eps: ε added to differences, for numerical stability.
///   - keepDim: whether to keep the last dim, with size 1.
public func pairwiseDistance(
  _ first: Tensor, _ second: Tensor, p: Double = 2, eps: Double = 1e-6, keepDim: Bool = false
) -> Tensor {
  (first - second + eps).norm(p, dims: [-1], keepDim: keepDim)
}

/// max(0, margin + distance to the positive - distance to the negative), over the last dim:
/// `torch.nn.functional.triplet_margin_loss`; Balntas et al., 2016.
///
/// - Parameters:
///   - anchor: the anchors, of shape [batch, size] or [size].
///   - positive: an example of the same class for each anchor.
///   - negative: an example of another class for each anchor.
///   - margin: margin of the loss.
///   - p: order of the norm that measures distances.
///   - eps: ε added to differences, for numerical stability.
///   - swap: whether to use the distance from positive to negative where it is smaller than that
///     from anchor to negative.
///   - reduction: reduction of the element-wise losses: mean, sum, or none.
public func tripletMarginLoss(
  _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, margin: Double = 1, p: Double = 2,
  eps: Double = 1e-6, swap: Bool = false, reduction: LossReduction = .mean
) -> Tensor {
  guard margin > 0 else {
    fatalError("tripletMarginLoss: margin \(margin); it must be above 0")
  }
  checkShapes(anchor, positive, "tripletMarginLoss")
  checkShapes(anchor, negative, "tripletMarginLoss")
  func distance(_ a: Tensor, _ b: Tensor) -> Tensor { pairwiseDistance(a, b, p: p, eps: eps) }
  return precisely(anchor, positive, negative) { anchor, positive, negative in
    var far = distance(anchor, negative)
    if swap { far = far.minimum(distance(positive, negative)) }
    return reduction((distance(anchor, positive) - far + margin).clamp(min: 0))
  }
}

/// 1 - cos where t is 1, max(0, cos - margin) where t is -1, with the cosine similarity of rows:
/// `torch.nn.functional.cosine_embedding_loss`.
///
/// - Parameters:
///   - first: first inputs of the pairs, of shape [batch, size] or [size].
///   - second: second inputs of the pairs.
///   - target: [batch], for inputs of [batch, size]; or one number for [size].
///   - margin: margin of the loss.
///   - reduction: reduction of the element-wise losses: mean, sum, or none.
public func cosineEmbeddingLoss(
  _ first: Tensor, _ second: Tensor, _ target: Tensor, margin: Double = 0,
  reduction: LossReduction = .mean
) -> Tensor {
  checkShapes(first, second, "cosineEmbeddingLoss")
  guard first.ndim == 1 || first.ndim == 2, target.shape == first.shape.dropLast() else {
    fatalError(
      "cosineEmbeddingLoss: inputs \(first.shape), target \(target.shape); expected [batch, size] and "
        + "[batch], or [size] and []")
  }
  return precisely(first, second) { first, second in
    let eps = 1e-12
    let sizes = (first.square().sum(dim: -1) + eps) * (second.square().sum(dim: -1) + eps)
    let cosine = (first * second).sum(dim: -1) / sizes.sqrt()
    let same = Tensor.where(target .== 1, 1 - cosine, 0)
    return reduction(same + Tensor.where(target .== -1, (cosine - margin).clamp(min: 0), 0))
  }
}

/// A loss, computed in one pass, and in float32 for float16 and bfloat16 inputs, which is rounded
/// once at the end; under autocast it stays float32.
private func precisely<each Input: TensorOrNone>(
  _ inputs: repeat each Input, loss: (repeat each Input) -> Tensor
) -> Tensor {
  fused { roundedOnce(repeat each inputs, precision: .everywhere, loss) }
}

func checkShapes(_ input: Tensor, _ target: Tensor, _ name: String) {
  if input.shape != target.shape {
    fatalError("\(name): input \(input.shape), target \(target.shape); the shapes must be the same")
  }
}
