@_spi(Flambeau) import Tensors

/// The cross entropy between class scores and targets: `torch.nn.functional.cross_entropy`.
///
/// -log softmax(logits)[target], or -Σ target·log softmax(logits) where targets are probabilities.
///
/// - Parameters:
///   - logits: unnormalized scores, before softmax, of shape [batch, classes], [batch, classes, …]
///     or [classes].
///   - target: class indices, int64, in the shape of the logits without the class dim; or class
///     probabilities, in the shape of the logits.
///   - weight: weight of each class, of shape [classes]. The mean is weighted by the weights of the
///     targets.
///   - ignoreIndex: target value that is ignored.
///   - labelSmoothing: share of the uniform distribution in the target; Szegedy et al., 2015.
///   - reduction: reduction of the element-wise losses: mean, sum, or none.
public func crossEntropy(
  _ logits: Tensor, _ target: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100,
  labelSmoothing: Double = 0, reduction: LossReduction = .mean
) -> Tensor {
  guard (0...1).contains(labelSmoothing) else {
    fatalError("crossEntropy: labelSmoothing \(labelSmoothing); it must be from 0 to 1")
  }
  return roundedOnce(logits, weight, precision: .everywhere) { logits, weight in
    let rows = ClassRows(logits, target, weight, "crossEntropy")
    if target.dtype.isFloatingPoint {
      let classes = Double(rows.scores.shape[1])
      let probabilities = rows.targets * (1 - labelSmoothing) + labelSmoothing / classes
      let losses = -(rows.weighted(probabilities * rows.scores.logSoftmax(dim: 1))).sum(dim: 1)
      return rows.finish(losses, over: Tensor(Double(losses.numel)), reduction)
    }
    if weight == nil, labelSmoothing == 0 {
      let losses = rows.scores.crossEntropy(rows.targets, ignoreIndex: ignoreIndex)
      return rows.finish(losses, over: rows.count(except: ignoreIndex), reduction)
    }
    let logs = rows.scores.logSoftmax(dim: 1)
    let isIgnored = rows.targets .== ignoreIndex
    let (losses, factors) = rows.losses(logs, isIgnored)
    if labelSmoothing == 0 { return rows.finish(losses, over: factors.sum(), reduction) }
    let smooth = -rows.weighted(logs).sum(dim: 1).maskedFill(isIgnored, 0)
    let share = labelSmoothing / Double(rows.scores.shape[1])
    return rows.finish(
      losses * (1 - labelSmoothing) + smooth * share, over: factors.sum(), reduction)
  }
}

/// ``crossEntropy(_:_:weight:ignoreIndex:labelSmoothing:reduction:)`` of log-probabilities:
/// `torch.nn.functional.nll_loss`.
public func nllLoss(
  _ input: Tensor, _ target: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100,
  reduction: LossReduction = .mean
) -> Tensor {
  return roundedOnce(input, weight, precision: .everywhere) { input, weight in
    let rows = ClassRows(input, target, weight, "nllLoss")
    guard !target.dtype.isFloatingPoint else {
      fatalError("nllLoss: targets of \(target.dtype); they must be int64")
    }
    let (losses, factors) = rows.losses(rows.scores, rows.targets .== ignoreIndex)
    return rows.finish(losses, over: factors.sum(), reduction)
  }
}

/// Scores as rows of classes, with a target for each.
private struct ClassRows {
  /// [rows, classes]
  let scores: Tensor
  /// [rows], or [rows, classes] of probabilities.
  let targets: Tensor
  let weight: Tensor?
  /// The shape of the losses without reduction.
  let shape: [Int]
  let name: String

  init(_ input: Tensor, _ target: Tensor, _ weight: Tensor?, _ name: String) {
    let dim = input.ndim == 1 ? 0 : 1
    var shape = input.shape
    let classes = input.ndim > 0 ? shape.remove(at: dim) : 0
    let areProbabilities = target.dtype.isFloatingPoint
    guard input.ndim > 0, target.shape == (areProbabilities ? input.shape : shape),
      areProbabilities || target.dtype == .int64, weight.map({ $0.shape == [classes] }) ?? true
    else {
      fatalError(
        "\(name): logits \(input.shape), target \(target.dtype) \(target.shape), weight "
          + "\(weight.map { "\($0.shape)" } ?? "none"); expected [batch, classes, …], and int64 [batch, …] "
          + "or probabilities [batch, classes, …], and [classes]")
    }
    func rows(_ x: Tensor) -> Tensor {
      x.ndim == 2 ? x : x.movedim(dim, -1).reshape(-1, classes)
    }
    scores = rows(input)
    targets = areProbabilities ? rows(target) : target.ndim == 1 ? target : target.flatten()
    self.weight = weight
    self.shape = shape
    self.name = name
  }

  func weighted(_ x: Tensor) -> Tensor { weight.map { x * $0 } ?? x }

  /// The number of targets that are not ignored.
  func count(except ignoreIndex: Int) -> Tensor { (targets .!= ignoreIndex).sum() }

  /// The losses at the targets, and their weights.
  func losses(_ logs: Tensor, _ isIgnored: Tensor) -> (Tensor, weights: Tensor) {
    let places = targets.maskedFill(isIgnored, 0)
    requireRange(places, logs.shape[1])
    let factors = (weight?[places] ?? .ones(places.shape, dtype: logs.dtype, device: logs.device))
      .maskedFill(isIgnored, 0)
    let chosen = logs.gather(dim: 1, index: places.unsqueeze(1)).squeeze(1)
    // A weight of 0 gives a loss of 0, even where it is infinite.
    return (Tensor.where(factors .== 0, 0, -chosen * factors), factors)
  }

  /// Stops the program if a target is out of range; a GPU's kernels report it later.
  private func requireRange(_ places: Tensor, _ classes: Int) {
    guard places.device == .cpu else { return }
    let isWrong = (places .< 0) | (places .>= classes)
    if isWrong.any().item(as: Bool.self) {
      let wrong = places.maskedSelect(isWrong)[0].item(as: Int.self)
      fatalError("\(name): target \(wrong) is out of range for \(classes) classes")
    }
  }

  func finish(
    _ losses: Tensor, over total: @autoclosure () -> Tensor, _ reduction: LossReduction
  ) -> Tensor {
    switch reduction {
    case .mean: mean(losses.sum(), over: noGrad(total))
    case .sum: losses.sum()
    case .none: losses.reshape(shape)
    }
  }

  private func mean(_ sum: Tensor, over total: Tensor) -> Tensor {
    // The number is already on the CPU; reading it from a GPU would wait.
    if total.device == .cpu { return sum / total.item() }
    let dtype: DType = sum.dtype == .float64 ? .float64 : .float32
    return (sum.to(dtype) / total.to(dtype)).to(sum.dtype)
  }
}

/// The fraction of rows whose largest score is that of the target class, from 0 to 1.
///
/// - Parameters:
///   - logits: of shape [batch, classes].
///   - target: int64, of shape [batch].
public func accuracy(_ logits: Tensor, _ target: Tensor) -> Double {
  noGrad { (logits.argmax(dim: 1) .== target).to(.float64).mean().item() }
}
