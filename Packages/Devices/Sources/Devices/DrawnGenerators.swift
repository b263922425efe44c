import CKernels
import CThreadState
import Synchronization

/// The generators that a function draws from, each with its state before the first draw, so that
/// the same numbers can be drawn again. For Flambeau's packages only.
@_spi(Flambeau)
public final class DrawnGenerators: Sendable {
  private let states = Mutex<[(generator: Generator, state: Generator.State)]>([])
  /// The enclosing recording.
  private let outer = DrawnGenerators.current

  public init() {}

  static var current: DrawnGenerators? {
    guard let own = flambeau_ambient_draws() else { return nil }
    return Unmanaged<DrawnGenerators>.fromOpaque(own).takeUnretainedValue()
  }

  /// Runs `body` and records the generators that it draws from.
  public func record<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) {
      try withAmbient({ $0.draws = Unmanaged.passUnretained(self).toOpaque() }, body)
    }
  }

  /// Runs `body` with the recorded generators in their recorded states, and restores their current
  /// ones.
  public func replay<Result>(_ body: () throws -> Result) rethrows -> Result {
    let begun = states.withLock { $0 }
    let now = begun.map(\.generator.state)
    for (generator, state) in begun { generator.state = state }
    defer { for (index, state) in now.enumerated() { begun[index].generator.state = state } }
    return try body()
  }

  /// Records a generator before it draws.
  func note(_ generator: Generator, _ memory: UnsafeMutablePointer<RandomState>) {
    states.withLock { states in
      if states.contains(where: { $0.generator === generator }) { return }
      flambeau_random_spread(memory)
      states.append((generator, Generator.State(value: memory.pointee)))
    }
    outer?.note(generator, memory)
  }
}
