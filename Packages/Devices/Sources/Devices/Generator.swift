import CKernels
import CThreadState
import Synchronization

/// A random number generator on the CPU, with the same numbers as PyTorch's for the same seed:
/// `torch.Generator`.
///
/// It is a 32-bit Mersenne Twister, and thread-safe.
// The memory is accessed only while holding the lock.
public final class Generator: @unchecked Sendable {
  private let memory = UnsafeMutablePointer<RandomState>.allocate(capacity: 1)
  private let lock = Mutex(())

  /// The generator that functions use if none is given: one for the whole process, except inside
  /// ``withDefault(_:)``.
  public static var `default`: Generator {
    guard let own = flambeau_ambient_generator() else { return shared }
    return Unmanaged<Generator>.fromOpaque(own).takeUnretainedValue()
  }

  private static let shared = Generator(seed: .random(in: .min ... .max))

  /// Runs `body` with this generator as the default, on this thread.
  ///
  /// The numbers drawn inside depend on this generator only, whatever other threads draw.
  public func withDefault<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) { try withAmbient(makeDefault, body) }
  }

  /// Runs the asynchronous `body` with this generator as the default, in this task and its child
  /// tasks.
  @_disfavoredOverload
  public func withDefault<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
  ) async rethrows -> Result {
    try await withAmbient(makeDefault, body)
  }

  private func makeDefault(_ state: inout Ambient) {
    state.generator = Unmanaged.passUnretained(self).toOpaque()
  }

  /// Creates a generator from a seed.
  ///
  /// - Parameter seed: the seed; its lower 32 bits are used.
  public init(seed: UInt64) {
    flambeau_random_seed(memory, seed)
  }

  /// Creates a generator from a saved state.
  ///
  /// - Parameter state: the value of a generator's `state`.
  public init(state: State) {
    memory.initialize(to: state.value)
  }

  deinit {
    memory.deallocate()
  }

  /// Reseeds the generator: `torch.Generator.manual_seed`.
  public func manualSeed(_ seed: UInt64) {
    withState { flambeau_random_seed($0, seed) }
  }

  /// The state of a generator, which determines all numbers to come: `torch.Generator.get_state`.
  public struct State: Sendable {
    fileprivate(set) var value: RandomState

    init(value: RandomState) { self.value = value }
  }

  /// The current state, to save and restore: `torch.Generator.get_state`, `set_state`.
  public var state: State {
    get {
      State(
        value: lock.withLock { _ in
          flambeau_random_spread(memory)
          return memory.pointee
        })
    }
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
    lock.withLock { _ in
      DrawnGenerators.current?.note(self, memory)
      return body(memory)
    }
  }
}

/// Seeds the default generator: `torch.manual_seed`.
public func manualSeed(_ seed: UInt64) {
  Generator.default.manualSeed(seed)
}

extension Generator.State: Codable {
  private enum CodingKeys: CodingKey {
    case words, position, normal
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let words = try container.decode([UInt32].self, forKey: .words)
    let position = try container.decode(Int32.self, forKey: .position)
    let normal = try container.decodeIfPresent(Double.self, forKey: .normal)
    value = RandomState()
    let wordCount = MemoryLayout.size(ofValue: value.words) / MemoryLayout<UInt32>.size
    guard words.count == wordCount, (0...Int32(wordCount)).contains(position) else {
      throw DecodingError.dataCorruptedError(
        forKey: .words, in: container,
        debugDescription: "\(words.count) words at position \(position) are not a generator state")
    }
    withUnsafeMutableBytes(of: &value.words) { bytes in
      words.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
    value.position = position
    value.has_normal = normal != nil
    value.normal = normal ?? 0
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    let words = withUnsafeBytes(of: value.words) { Array($0.bindMemory(to: UInt32.self)) }
    try container.encode(words, forKey: .words)
    try container.encode(value.position, forKey: .position)
    if value.has_normal { try container.encode(value.normal, forKey: .normal) }
  }
}

extension Generator.State: Equatable {
  public static func == (one: Self, other: Self) -> Bool {
    func bytes(_ state: Self) -> [UInt8] { withUnsafeBytes(of: state.value.words) { Array($0) } }
    return one.value.position == other.value.position && bytes(one) == bytes(other)
      && one.value.has_normal == other.value.has_normal
      && (!one.value.has_normal || one.value.normal == other.value.normal)
  }
}
