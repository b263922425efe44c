import CKernels
import Synchronization

/// A source of random numbers on the CPU: with the same seed, the same numbers as PyTorch's.
///
/// A 32-bit Mersenne Twister, as in `torch.Generator`. It may be used from several threads, which
/// then take turns.
public final class Generator: @unchecked Sendable {
  private let state = UnsafeMutablePointer<RandomState>.allocate(capacity: 1)
  private let lock = Mutex(())

  /// The generator that is used where none is given.
  public static let `default` = Generator(seed: .random(in: .min ... .max))

  public init(seed: UInt64) {
    flambeau_random_seed(state, seed)
  }

  deinit {
    state.deallocate()
  }

  /// Starts anew from a seed.
  public func manualSeed(_ seed: UInt64) {
    withState { flambeau_random_seed($0, seed) }
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
    lock.withLock { _ in body(state) }
  }
}

/// Seeds the default generator: `torch.manual_seed`.
public func manualSeed(_ seed: UInt64) {
  Generator.default.manualSeed(seed)
}
