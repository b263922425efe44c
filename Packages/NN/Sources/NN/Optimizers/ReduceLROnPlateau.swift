import Foundation

/// Reduces the learning rate when a metric stops improving:
/// `torch.optim.lr_scheduler.ReduceLROnPlateau`.
public final class ReduceLROnPlateau {
  /// The optimizer whose learning rate is set.
  public let optimizer: Optimizer
  private let isBetter: (Double, Double) -> Bool
  private let factor: Double
  private let patience: Int
  private let cooldown: Int
  private let minLR: Double
  private let eps: Double
  /// The state that is kept between steps.
  public var state: State

  /// The state of the scheduler, to be saved.
  public struct State: Codable, Sendable {
    /// The best value of the metric so far.
    public var best: Double
    /// The number of consecutive steps without improvement.
    public var numBadEpochs = 0
    /// The number of remaining steps in the cooldown.
    public var cooldownCounter = 0
  }

  /// Whether the metric is minimized or maximized.
  public enum Mode: Sendable {
    /// Lower is better, or higher is.
    case min, max
  }

  /// Creates the scheduler; the learning rate is unchanged.
  ///
  /// - Parameters:
  ///   - optimizer: optimizer whose learning rate is set.
  ///   - mode: whether a lower or a higher metric is better.
  ///   - factor: factor by which the learning rate is reduced, below 1.
  ///   - patience: number of steps without improvement that are tolerated.
  ///   - threshold: minimum improvement, relative to the best value.
  ///   - cooldown: number of steps after a reduction that are not counted.
  ///   - minLR: minimum learning rate.
  ///   - eps: minimum change of the learning rate; smaller changes are skipped.
  public init(
    _ optimizer: Optimizer, mode: Mode = .min, factor: Double = 0.1, patience: Int = 10,
    threshold: Double = 1e-4, cooldown: Int = 0, minLR: Double = 0, eps: Double = 1e-8
  ) {
    guard factor < 1 else {
      fatalError("ReduceLROnPlateau: factor \(factor); it must be below 1")
    }
    self.optimizer = optimizer
    isBetter = { mode == .min ? $0 < $1 * (1 - threshold) : $0 > $1 * (1 + threshold) }
    self.factor = factor
    self.patience = patience
    self.cooldown = cooldown
    self.minLR = minLR
    self.eps = eps
    state = State(best: mode == .min ? .infinity : -.infinity)
  }

  /// Takes a step with a metric, such as the validation loss.
  public func step(_ number: Double) {
    if isBetter(number, state.best) {
      state.best = number
      state.numBadEpochs = 0
    } else {
      state.numBadEpochs += 1
    }
    if state.cooldownCounter > 0 {
      state.cooldownCounter -= 1
      state.numBadEpochs = 0
    }
    guard state.numBadEpochs > patience else { return }
    for group in optimizer.groups {
      let smaller = max(group.lr * factor, minLR)
      if group.lr - smaller > eps { group.lr = smaller }
    }
    state.cooldownCounter = cooldown
    state.numBadEpochs = 0
  }
}
