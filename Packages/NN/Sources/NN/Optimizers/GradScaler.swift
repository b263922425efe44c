/// Loss scaling, which keeps float16 gradients from underflowing: `torch.amp.GradScaler`;
/// Micikevicius et al., 2018.
///
/// The loss is multiplied by a large scale, so that small gradients stay above the smallest number
/// of float16, and the gradients are divided by it before the step. If one is infinite or NaN, the
/// step is skipped and the scale reduced; after many finite steps, it grows.
///
///     let scaler = GradScaler()
///     …
///     let loss = autocast(.cuda, dtype: .float16) { crossEntropy(model(x), y) }
///     optimizer.zeroGrad()
///     scaler.scale(loss).backward()
///     scaler.step(optimizer)
///     scaler.update()
public final class GradScaler {
  /// The factor that losses are multiplied by: `get_scale()`.
  public private(set) var scale: Double
  /// The factor by which the scale grows after ``growthInterval`` steps with finite gradients.
  public let growthFactor: Double
  /// The factor by which the scale is reduced after an infinite or NaN gradient.
  public let backoffFactor: Double
  /// The number of consecutive steps with finite gradients after which the scale grows.
  public let growthInterval: Int
  /// Whether scaling is enabled; if not, losses are unchanged and every step is taken.
  public let isEnabled: Bool
  private var goodSteps = 0
  /// For each optimizer unscaled since the last update, whether a gradient was infinite or NaN.
  private var found: [ObjectIdentifier: Bool] = [:]

  /// Creates a scaler.
  ///
  /// - Parameters:
  ///   - initScale: initial scale.
  ///   - growthFactor: factor by which the scale grows, above 1.
  ///   - backoffFactor: factor by which the scale is reduced, between 0 and 1.
  ///   - growthInterval: number of finite steps after which the scale grows, at least 1.
  ///   - enabled: whether scaling is enabled.
  public init(
    initScale: Double = 65536, growthFactor: Double = 2, backoffFactor: Double = 0.5,
    growthInterval: Int = 2000, enabled: Bool = true
  ) {
    guard initScale > 0, growthFactor > 1, backoffFactor > 0, backoffFactor < 1, growthInterval > 0
    else {
      fatalError(
        "GradScaler: initScale \(initScale), growthFactor \(growthFactor), backoffFactor "
          + "\(backoffFactor), growthInterval \(growthInterval); expected above 0, above 1, between 0 and 1, "
          + "1 or more")
    }
    (scale, self.growthFactor, self.backoffFactor) = (initScale, growthFactor, backoffFactor)
    (self.growthInterval, isEnabled) = (growthInterval, enabled)
  }

  /// The loss times the scale, in float32, or float64 for a loss of float64.
  public func scale(_ loss: Tensor) -> Tensor {
    isEnabled ? loss.to(loss.dtype.promoted(with: .float32)) * scale : loss
  }

  /// Divides an optimizer's gradients by the scale, for example to clip them; if it is not called,
  /// ``step(_:)`` does it. Call it at most once before each step.
  public func unscale(_ optimizer: Optimizer) {
    guard isEnabled else { return }
    guard found[ObjectIdentifier(optimizer)] == nil else {
      fatalError(
        "GradScaler: unscale(_:) was called twice for an optimizer since the last update()")
    }
    noGrad {
      var bad: Tensor?
      for gradient in optimizer.parameters.compactMap(\.grad) {
        gradient.update(.multiply, Tensor(1 / scale))
        let count = gradient.isfinite().logicalNot().any().to(.int64)
        bad = bad.map { $0 + count.to($0.device) } ?? count
      }
      found[ObjectIdentifier(optimizer)] = (bad?.item(as: Int.self) ?? 0) > 0
    }
  }

  /// Takes the optimizer's step, unless a gradient is infinite or NaN.
  ///
  /// - Returns: whether the step was taken.
  @discardableResult
  public func step(_ optimizer: Optimizer) -> Bool {
    if isEnabled, found[ObjectIdentifier(optimizer)] == nil { unscale(optimizer) }
    let isGood = found[ObjectIdentifier(optimizer)] != true
    if isGood { optimizer.step() }
    return isGood
  }

  /// Updates the scale: reduces it after an infinite or NaN gradient, increases it after
  /// ``growthInterval`` finite steps. Call it once, after the steps of all optimizers.
  public func update() {
    guard isEnabled else { return }
    guard !found.isEmpty else {
      fatalError("GradScaler: update() without a step(_:) or unscale(_:) before it")
    }
    if found.values.contains(true) {
      scale *= backoffFactor
      goodSteps = 0
    } else {
      goodSteps += 1
      if goodSteps == growthInterval {
        scale *= growthFactor
        goodSteps = 0
      }
    }
    found = [:]
  }

  /// The state of the scaler.
  public func stateDict() -> StateDict {
    [
      "scale": Tensor(scale, dtype: .float64, device: .cpu),
      "growth_tracker": Tensor(goodSteps, dtype: .int64, device: .cpu),
    ]
  }

  /// Restores the state from ``stateDict()``.
  ///
  /// - Throws: ``StateDictError`` if an entry is missing.
  public func loadStateDict(_ state: StateDict) throws {
    guard let scale = state["scale"], let steps = state["growth_tracker"] else {
      throw StateDictError(missing: ["scale", "growth_tracker"].filter { state[$0] == nil })
    }
    (self.scale, goodSteps) = (scale.item(), steps.item(as: Int.self))
  }
}
