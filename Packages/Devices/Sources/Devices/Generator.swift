import CKernels
import Synchronization

/// A source of random numbers on the CPU: with the same seed, the same numbers as PyTorch's.
///
/// A 32-bit Mersenne Twister, as in `torch.Generator`. It may be used from several threads, which
/// then take turns.
public final class Generator: @unchecked Sendable {
  private let memory = UnsafeMutablePointer<RandomState>.allocate(capacity: 1)
  private let lock = Mutex(())

  /// The generator that is used where none is given.
  public static let `default` = Generator(seed: .random(in: .min ... .max))

  public init(seed: UInt64) {
    flambeau_random_seed(memory, seed)
  }

  deinit {
    memory.deallocate()
  }

  /// Starts anew from a seed.
  public func manualSeed(_ seed: UInt64) {
    withState { flambeau_random_seed($0, seed) }
  }

  /// All that the next numbers depend on, to go back to later: `torch.Generator.get_state`.
  public struct State: Sendable {
    fileprivate let value: RandomState
  }

  public var state: State {
    get { State(value: withState { $0.pointee }) }
    set { withState { $0.pointee = newValue.value } }
  }

  /// The next 32 random bits.
  public func next32() -> UInt32 {
    withState { flambeau_random_32($0) }
  }

  /// The next 64 random bits.
  public func next64() -> UInt64 {
    withState { flambeau_random_64($0) }
  }

  func withState<Result>(_ body: (UnsafeMutablePointer<RandomState>) -> Result) -> Result {
    lock.withLock { _ in body(memory) }
  }
}

/// Seeds the default generator: `torch.manual_seed`.
public func manualSeed(_ seed: UInt64) {
  Generator.default.manualSeed(seed)
}
