@_spi(Flambeau) import Tensors

// How far numbers are from what they should be, as functions of `torch.nn.functional`. The same as
// modules are in LossModules.swift.

/// What becomes of the losses of all elements.
public enum LossReduction: String, ModuleArgument, Sendable {
  /// The mean, the sum, or all of them as they are.
  case mean, sum, none

  func callAsFunction(_ losses: Tensor) -> Tensor {
    switch self {
    case .mean: losses.mean()
    case .sum: losses.sum()
    case .none: losses
    }
  }
}

/// The absolute differences: `torch.nn.functional.l1_loss`. Both of one shape.
public func l1Loss(
  _ input: Tensor, _ target: Tensor, reduction: LossReduction = .mean
) -> Tensor {
  checkShapes(input, target, "l1Loss")
  return precisely(input, target) { reduction(($0 - $1).abs()) }
}

/// The squared differences: `torch.nn.functional.mse_loss`. Both of one shape.
public func mseLoss(
  _ input: Tensor, _ target: Tensor, reduction: LossReduction = .mean
) -> Tensor {
  checkShapes(input, target, "mseLoss")
  return precisely(input, target) { reduction(($0 - $1).square()) }
}

/// d² / 2β where |d| < β, else |d| - β / 2: `torch.nn.functional.smooth_l1_loss`; Girshick, 2015. Both of
/// one shape.
public func smoothL1Loss(
  _ input: Tensor, _ target: Tensor, beta: Double = 1, reduction: LossReduction = .mean
) -> Tensor {
  checkShapes(input, target, "smoothL1Loss")
  guard beta >= 0 else { fatalError("smoothL1Loss: beta \(beta); it must be 0 or more") }
  return precisely(input, target) { input, target in
    let distance = (input - target).abs()
    if beta == 0 { return reduction(distance) }
    return reduction(
      .where(distance .< beta, distance.square() * (0.5 / beta), distance - 0.5 * beta))
  }
}

/// d² / 2 where |d| ≤ δ, else δ·(|d| - δ / 2): `torch.nn.functional.huber_loss`; Huber, 1964. Both of one
/// shape.
public func huberLoss(
  _ input: Tensor, _ target: Tensor, delta: Double = 1, reduction: LossReduction = .mean
) -> Tensor {
  checkShapes(input, target, "huberLoss")
  guard delta > 0 else { fatalError("huberLoss: delta \(delta); it must be above 0") }
  return precisely(input, target) { input, target in
    let distance = (input - target).abs()
    return reduction(
      .where(
        distance .<= delta, distance.square() * 0.5, (distance - 0.5 * delta) * delta))
  }
}

/// -(t·log x + (1 - t)·log(1 - x)) for probabilities x: `torch.nn.functional.binary_cross_entropy`.
/// Logarithms below -100 count as -100. Of scores before the sigmoid, use `bceWithLogits`.
///
/// - Parameters:
///   - input: what the model gives.
///   - target: what is right.
///   - weight: a factor for each loss, which broadcasts.
///   - reduction: what becomes of the elements' losses: their mean, their sum, or they themselves.
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
      // Where a logarithm is cut off, the gradient still leads away from there.
      let (x, t) = (inputs[0], inputs[1])
      return [
        g * (x - t) / ((1 - x) * x).clamp(min: 1e-12), g * (logarithm(1 - x) - logarithm(x)),
      ]
    }
    return reduction(weight.map { losses * $0 } ?? losses)
  }
}

/// ``binaryCrossEntropy(_:_:weight:reduction:)`` of the sigmoid of scores, without overflow:
/// `torch.nn.functional.binary_cross_entropy_with_logits`.
///
/// - Parameters:
///   - input: what the model gives.
///   - target: what is right.
///   - weight: a factor for each loss, which broadcasts.
///   - posWeight: a factor for the part of the loss that goes with t, which broadcasts.
///   - reduction: what becomes of the elements' losses: their mean, their sum, or they themselves.
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

/// t·(log t - x) for logarithms x of probabilities: `torch.nn.functional.kl_div`; Kullback and Leibler,
/// 1951. The mean over all elements, rather than over the batch, is PyTorch's too.
///
/// - Parameters:
///   - input: what the model gives.
///   - target: what is right.
///   - logTarget: whether the targets are logarithms too.
///   - reduction: what becomes of the elements' losses: their mean, their sum, or they themselves.
public func klDiv(
  _ input: Tensor, _ target: Tensor, logTarget: Bool = false, reduction: LossReduction = .mean
) -> Tensor {
  checkShapes(input, target, "klDiv")
  return precisely(input, target) { input, target in
    if logTarget { return reduction(target.exp() * (target - input)) }
    // 0·log 0 counts as 0.
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

/// max(0, margin + distance to the positive - distance to the negative), over the last dim:
/// `torch.nn.functional.triplet_margin_loss`; Balntas and others, 2016.
///
/// - Parameters:
///   - anchor: the examples.
///   - positive: one of the same class for each.
///   - negative: one of another class for each.
///   - margin: from how much on it is content.
///   - p: the norm that distances are measured in.
///   - eps: what is added so that nothing is divided by zero.
///   - swap: whether the distance between positive and negative counts where it is smaller.
///   - reduction: what becomes of the elements' losses: their mean, their sum, or they themselves.
public func tripletMarginLoss(
  _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, margin: Double = 1, p: Double = 2,
  eps: Double = 1e-6, swap: Bool = false, reduction: LossReduction = .mean
) -> Tensor {
  guard margin > 0 else {
    fatalError("tripletMarginLoss: margin \(margin); it must be above 0")
  }
  checkShapes(anchor, positive, "tripletMarginLoss")
  checkShapes(anchor, negative, "tripletMarginLoss")
  func distance(_ a: Tensor, _ b: Tensor) -> Tensor { (a - b + eps).norm(p, dims: [-1]) }
  return precisely(anchor, positive, negative) { anchor, positive, negative in
    var far = distance(anchor, negative)
    if swap { far = far.minimum(distance(positive, negative)) }
    return reduction((distance(anchor, positive) - far + margin).clamp(min: 0))
  }
}

/// 1 - cos where t is 1, max(0, cos - margin) where t is -1, of the angle between rows:
/// `torch.nn.functional.cosine_embedding_loss`.
///
/// - Parameters:
///   - first: the one of each pair.
///   - second: the other of each pair.
///   - target: [batch], for inputs of [batch, size]; or one number for [size].
///   - margin: from how much on it is content.
///   - reduction: what becomes of the elements' losses: their mean, their sum, or they themselves.
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

/// A loss, computed in float32 where its inputs are halves, and rounded once at its end; under autocast it stays
/// float32.
private func precisely<each Input: TensorOrNone>(
  _ inputs: repeat each Input, loss: (repeat each Input) -> Tensor
) -> Tensor {
  roundedOnce(repeat each inputs, precision: .everywhere, loss)
}

func checkShapes(_ input: Tensor, _ target: Tensor, _ name: String) {
  if input.shape != target.shape {
    fatalError("\(name): input \(input.shape), target \(target.shape); they must be the same")
  }
}
