import CKernels
import CThreadState
import Synchronization

/// The generators that a function draws from, each with its state before, so that the same numbers can be drawn
/// again. For Flambeau's packages only.
@_spi(Flambeau)
public final class DrawnGenerators: Sendable {
  private let states = Mutex<[(generator: Generator, state: Generator.State)]>([])
  /// What takes down more than this.
  private let outer = DrawnGenerators.current

  public init() {}

  static var current: DrawnGenerators? {
    guard let own = flambeau_ambient_draws() else { return nil }
    return Unmanaged<DrawnGenerators>.fromOpaque(own).takeUnretainedValue()
  }

  /// Does something and takes down what it draws from.
  public func record<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) {
      try withAmbient({ $0.draws = Unmanaged.passUnretained(self).toOpaque() }, body)
    }
  }

  /// Does something with all generators as they were then, and puts them back.
  public func replay<Result>(_ body: () throws -> Result) rethrows -> Result {
    let begun = states.withLock { $0 }
    let now = begun.map(\.generator.state)
    for (generator, state) in begun { generator.state = state }
    defer { for (index, state) in now.enumerated() { begun[index].generator.state = state } }
    return try body()
  }

  /// Takes down a generator that is about to draw.
  func note(_ generator: Generator, _ memory: UnsafeMutablePointer<RandomState>) {
    states.withLock { states in
      if states.contains(where: { $0.generator === generator }) { return }
      flambeau_random_spread(memory)
      states.append((generator, Generator.State(value: memory.pointee)))
    }
    outer?.note(generator, memory)
  }
}
