/// How far the scores of classes are from the right classes:
/// `torch.nn.functional.cross_entropy`.
///
/// The mean over the batch of -log softmax(logits)[target].
///
/// - Parameters:
///   - logits: scores before softmax, of shape [batch, classes].
///   - target: the right classes, int64, of shape [batch].
public func crossEntropy(_ logits: Tensor, _ target: Tensor) -> Tensor {
  guard logits.ndim == 2, target.shape == [logits.shape[0]], target.dtype == .int64 else {
    fatalError(
      "crossEntropy: logits \(logits.shape), target \(target.dtype) \(target.shape); expected "
        + "[batch, classes] and int64 [batch]")
  }
  return logits.crossEntropy(target).mean()
}

/// ``crossEntropy(_:_:)`` as a module: `torch.nn.CrossEntropyLoss`.
public final class CrossEntropyLoss: Module {
  public func callAsFunction(_ logits: Tensor, _ target: Tensor) -> Tensor {
    crossEntropy(logits, target)
  }
}

/// The mean of the squared differences: `torch.nn.functional.mse_loss`.
///
/// Both of one shape.
public func mseLoss(_ input: Tensor, _ target: Tensor) -> Tensor {
  guard input.shape == target.shape else {
    fatalError("mseLoss: input \(input.shape), target \(target.shape); they must be the same")
  }
  return (input - target).square().mean()
}

/// ``mseLoss(_:_:)`` as a module: `torch.nn.MSELoss`.
public final class MSELoss: Module {
  public func callAsFunction(_ input: Tensor, _ target: Tensor) -> Tensor {
    mseLoss(input, target)
  }
}

/// The share of rows whose largest score is that of the right class, from 0 to 1.
///
/// - Parameters:
///   - logits: of shape [batch, classes].
///   - target: int64, of shape [batch].
public func accuracy(_ logits: Tensor, _ target: Tensor) -> Double {
  noGrad { (logits.argmax(dim: 1) .== target).to(.float64).mean().item() }
}
