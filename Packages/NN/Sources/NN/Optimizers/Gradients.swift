/// Clips gradients by their total norm, scaling them so that it is at most `maxNorm`:
/// `torch.nn.utils.clip_grad_norm_`.
///
/// - Parameters:
///   - parameters: parameters whose gradients are clipped; those without one are ignored.
///   - maxNorm: maximum norm.
///   - p: order of the norm; infinity for the largest absolute value.
/// - Returns: the total norm before clipping, as a scalar tensor, so that the program need not wait
///   for a GPU.
@discardableResult
public func clipGradNorm(_ parameters: [Tensor], maxNorm: Double, p: Double = 2) -> Tensor {
  let gradients = parameters.compactMap(\.grad)
  guard let first = gradients.first else { return Tensor(0.0) }
  return noGrad {
    let dtype: DType = gradients.allSatisfy { $0.dtype == .float64 } ? .float64 : .float32
    let norms = gradients.map { $0.to(dtype).norm(p).to(first.device) }
    let total = Tensor.stack(norms).norm(p)
    let factor = (maxNorm / (total + 1e-6)).clamp(max: 1)
    for gradient in gradients {
      // A factor rounded to float16 or bfloat16 would not be accurate enough.
      let factor = factor.to(gradient.device)
      if gradient.dtype == dtype {
        gradient.update(.multiply, factor)
      } else {
        gradient.copy(from: gradient.to(dtype) * factor)
      }
    }
    return total
  }
}

/// Clamps each element of the gradients to [-limit, limit]: `torch.nn.utils.clip_grad_value_`.
public func clipGradValue(_ parameters: [Tensor], _ limit: Double) {
  noGrad {
    for gradient in parameters.compactMap(\.grad) { gradient.update(.clamp, with: -limit, limit) }
  }
}

/// An exponential moving average (EMA) of a model's weights, average ← decay · average + (1 -
/// decay) · weight: `torch.optim.swa_utils.AveragedModel` with `get_ema_multi_avg_fn`; Polyak and
/// Juditsky, 1992.
///
///     let average = ExponentialMovingAverage(model, decay: 0.999)
///     …
///     optimizer.step()
///     average.update()
///     …
///     try average.apply { validate(model) }
public final class ExponentialMovingAverage {
  /// The model whose weights are averaged.
  public let model: Module
  /// The decay of the average at each update.
  public let decay: Double
  /// The averages of parameters and buffers, by name.
  public private(set) var average: StateDict

  /// Creates an average that starts from the current weights.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - decay: decay of the average at each update.
  public init(_ model: Module, decay: Double = 0.999) {
    guard (0...1).contains(decay) else {
      fatalError("ExponentialMovingAverage: decay \(decay); it must be from 0 to 1")
    }
    self.model = model
    self.decay = decay
    average = model.stateDict().mapValues { $0.clone() }
  }

  /// Updates the averages with the model's weights; integer and bool buffers are copied.
  public func update() {
    noGrad {
      for (name, tensor) in model.stateDict() {
        guard let own = average[name] else { continue }
        if own.dtype.isFloatingPoint {
          own.copy(from: own.lerp(tensor, weight: Tensor(1 - decay)))
        } else {
          own.copy(from: tensor)
        }
      }
    }
  }

  /// Runs `body` with the averages as the model's weights, and then restores them.
  public func apply<Result>(_ body: () throws -> Result) throws -> Result {
    let own = model.stateDict().mapValues { $0.clone() }
    try model.loadStateDict(average)
    defer { try! model.loadStateDict(own) }
    return try body()
  }
}
