import CThreadState
import Synchronization

/// The implicit state that operations depend on: whether they are recorded, autocast, the default
/// device and generator, and the running module.
///
/// Functions such as `noGrad` set it while they run: for the thread if their body is synchronous,
/// for the task and its child tasks if it is asynchronous. A thread that the program starts itself
/// begins with the default state; it can take over the state of another:
///
///     let state = AmbientState.current
///     DispatchQueue.concurrentPerform(iterations: 4) { row in
///       state.run { print(x[row].sum()) }
///     }
///
/// It follows `at::ThreadLocalState`.
// Its pointers refer to objects that the owner keeps alive and that never change.
public struct AmbientState: @unchecked Sendable {
  @_spi(Flambeau) public private(set) var ambient: Ambient
  private var owner: Owner

  /// The current state of this thread or task.
  public static var current: AmbientState {
    AmbientState(flambeau_current_ambient())
  }

  private init(_ ambient: Ambient) {
    owner = Owner(ambient)
    self.ambient = ambient
    self.ambient.scope = owner.scope
  }

  /// Runs `body` with this state instead of the thread's own.
  public func run<Result>(_ body: () throws -> Result) rethrows -> Result {
    let previous = flambeau_set_ambient(ambient)
    defer { flambeau_restore_ambient(previous) }
    return try withExtendedLifetime(owner) { try body() }
  }

  /// Runs the asynchronous `body` with this state instead of the task's own.
  @_disfavoredOverload
  public func run<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
  ) async rethrows -> Result {
    try await Self.$ofTask.withValue(OfTask(state: self), operation: body)
  }

  @TaskLocal private static var ofTask: OfTask?

  /// A state set for a task. Task-local state is looked up only while one of these exists.
  private final class OfTask: Sendable {
    let state: AmbientState
    init(state: AmbientState) {
      self.state = state
      flambeau_count_task_with_ambient(1, find)
    }
    deinit { flambeau_count_task_with_ambient(-1, find) }
    private let find: @convention(c) @Sendable () -> Ambient = {
      AmbientState.ofTask?.state.ambient ?? Ambient()
    }
  }

  /// Keeps alive the objects that a state refers to.
  // Immutable after initialization.
  private final class Owner: @unchecked Sendable {
    private let objects: [AnyObject]
    private let scopes: UnsafeMutableBufferPointer<Scope>

    init(_ ambient: Ambient) {
      var objects: [AnyObject] = []
      func keep(_ pointer: UnsafeRawPointer?) {
        if let pointer { objects.append(Unmanaged.fromOpaque(pointer).takeUnretainedValue()) }
      }
      for pointer in [ambient.generator, ambient.draws, ambient.autocast] {
        keep(UnsafeRawPointer(pointer))
      }
      // Scopes are on the stack of the thread that entered them.
      let chain = Array(sequence(first: ambient.scope) { $0?.pointee.outer }.prefix { $0 != nil })
      scopes = .allocate(capacity: chain.count)
      for (place, scope) in chain.enumerated() {
        keep(scope!.pointee.owner)
        let isLast = place == chain.count - 1
        let outer = isLast ? nil : UnsafePointer(scopes.baseAddress! + place + 1)
        (scopes.baseAddress! + place).initialize(
          to: Scope(owner: scope!.pointee.owner, outer: outer))
      }
      self.objects = objects
    }

    var scope: UnsafePointer<Scope>? { scopes.isEmpty ? nil : UnsafePointer(scopes.baseAddress) }

    deinit { scopes.deallocate() }
  }
}

// Read by every operation.
@_spi(Flambeau)
extension AmbientState {
  /// Whether autograd recording is off.
  @inlinable public static var disablesGrad: Bool { flambeau_ambient_disables_grad() }
  /// Whether backward checks for the first NaN.
  @inlinable public static var detectsAnomalies: Bool { flambeau_ambient_detects_anomalies() }
  /// Whether layers skip the initialization of their parameters.
  @inlinable public static var skipsInit: Bool { flambeau_ambient_skips_init() }
  /// The autocast settings, or nil if autocast is off.
  @inlinable public static var autocast: UnsafeMutableRawPointer? { flambeau_ambient_autocast() }
  /// The module whose forward function is running, linked to the enclosing ones.
  @inlinable public static var scope: UnsafePointer<Scope>? { flambeau_ambient_scope() }
  /// A number larger than `other` and than all that this thread has received before.
  @inlinable public static func nextSequence(after other: UInt64) -> UInt64 {
    flambeau_next_sequence(other)
  }
}

/// Runs `body` with a changed state, for this thread. Objects that the change refers to must stay
/// alive until `body` returns. For Flambeau's packages only.
@_spi(Flambeau)
@inlinable
@inline(__always)
public func withAmbient<Result>(
  _ change: (inout Ambient) -> Void, _ body: () throws -> Result
) rethrows -> Result {
  var state = flambeau_current_ambient()
  change(&state)
  let previous = flambeau_set_ambient(state)
  defer { flambeau_restore_ambient(previous) }
  return try body()
}

/// Runs `body` in a scope of `owner`, for this thread. For Flambeau's packages only.
@_spi(Flambeau)
@inlinable
@inline(__always)
public func withScope<Result>(of owner: UnsafeRawPointer, _ body: () throws -> Result) rethrows
  -> Result
{
  var scope = Scope(owner: owner, outer: flambeau_ambient_scope())
  return try withUnsafePointer(to: &scope) { scope in
    try withAmbient({ $0.scope = scope }, body)
  }
}

/// Runs the asynchronous `body` with a changed state, for this task and its child tasks. For
/// Flambeau's packages only.
@_spi(Flambeau)
@_disfavoredOverload
public func withAmbient<Result>(
  isolation: isolated (any Actor)? = #isolation, _ change: (inout Ambient) -> Void,
  _ body: () async throws -> Result
) async rethrows -> Result {
  let state: AmbientState = withAmbient(change) { .current }
  return try await state.run(body)
}
