import Dispatch
import Foundation
import Synchronization

/// A reorder buffer: results arrive in any order, and are taken in the order of their numbers, by
/// one thread or task.
///
/// Its capacity is limited: a maker waits for room before it makes a result.
final class ReorderBuffer<Output>: Sendable {
  private let state: Mutex<State>
  private let capacity: Int
  /// The number of freed slots that are released to the makers together, since waking a maker takes
  /// longer than taking a result. It leaves at least one slot for each maker.
  private let lot: Int
  private let cancellation: Cancellation
  private let room = DispatchSemaphore(value: 0)
  private let arrival = DispatchSemaphore(value: 0)

  // A result is transferred from its maker to its taker, and neither keeps it here.
  private struct State: @unchecked Sendable {
    /// A ring buffer: the slot of a result is its number modulo the capacity.
    var results: [Result<Output, any Error>?]
    /// The number of the next result.
    var next: Int
    /// The number of freed slots that have not been released to the makers.
    var freed = 0
    /// One more than the last number, once it is known.
    var end: Int?
    /// The thread or task that waits for the next result.
    var waiting: Waiting?

    /// Whether the next result, or the end, is available.
    var isReady: Bool { next == end || results[next % results.count] != nil }

    /// The next result, or nil for the end; nil if neither is available.
    mutating func takeIfReady() -> Result<Output?, any Error>? {
      guard let result = results[next % results.count].take() else {
        return next == end ? .success(nil) : nil
      }
      next += 1
      freed += 1
      return result.map { $0 }
    }
  }

  private enum Waiting {
    case thread
    /// Resumed with false if the time limit was exceeded.
    case task(CheckedContinuation<Bool, Never>, number: Int)
  }

  /// - Parameters:
  ///   - capacity: maximum number of results; at least the number of makers.
  init(firstNumber: Int, capacity: Int, makers: Int, cancellation: Cancellation) {
    (self.capacity, self.cancellation) = (capacity, cancellation)
    lot = (capacity - makers) / 2 + 1
    state = Mutex(State(results: Array(repeating: nil, count: capacity), next: firstNumber))
    for _ in 0..<capacity { room.signal() }
  }

  // MARK: The makers' side

  func waitForRoom() {
    for _ in 0..<patience.ofMakers {
      if room.wait(timeout: DispatchTime(uptimeNanoseconds: 0)) == .success { return }
      sched_yield()
    }
    room.wait()
  }

  func freeRoom() { room.signal() }

  func deliver(_ result: Result<Output, any Error>, number: Int) {
    let result = Unchecked(result)
    // If the work has failed, the failure stays.
    update { state in
      if state.results[number % capacity] == nil { state.results[number % capacity] = result.value }
    }
  }

  /// Marks the end: there are no results from this number on.
  func finish(at end: Int) {
    update { $0.end = end }
  }

  /// Makes an error the next and last result.
  func fail(_ error: any Error) {
    update { state in
      state.results[state.next % capacity] = .failure(error)
      state.end = state.next + 1
    }
  }

  /// Changes the state, and wakes the waiting taker if there is now something to take.
  private func update(_ change: (inout State) -> Void) {
    let woken = state.withLock { state -> Waiting? in
      change(&state)
      guard state.waiting != nil, state.isReady || cancellation.isCancelled else { return nil }
      return state.waiting.take()
    }
    switch woken {
    case .thread: arrival.signal()
    case .task(let continuation, _): continuation.resume(returning: true)
    case nil: break
    }
  }

  // MARK: The taker's side

  func take(timeout: Duration?) throws -> Output? {
    for _ in 0..<patience.ofTaker {
      if let found = takeIfReady(otherwise: nil) { return try found.get() }
      sched_yield()
    }
    while true {
      if let found = takeIfReady(otherwise: .thread) { return try found.get() }
      let deadline = timeout.map { DispatchTime.now() + $0 / .seconds(1) } ?? .distantFuture
      if arrival.wait(timeout: deadline) == .timedOut {
        let wasWaiting = state.withLock { $0.waiting.take() } != nil
        if wasWaiting { throw WaitedTooLong() }
        // It arrived at the last moment, so the signal is pending or imminent.
        arrival.wait()
      }
    }
  }

  func takeAsync(timeout: Duration?) async throws -> Output? {
    while true {
      try Task.checkCancellation()
      if let found = takeIfReady(otherwise: nil) { return try found.get() }
      let hasCome = await withTaskCancellationHandler {
        await withCheckedContinuation { wait(continuation: $0, timeout: timeout) }
      } onCancel: {
        stop()
      }
      if !hasCome { throw WaitedTooLong() }
    }
  }

  private func wait(continuation: CheckedContinuation<Bool, Never>, timeout: Duration?) {
    let number = state.withLock { state -> Int? in
      if state.isReady || cancellation.isCancelled { return nil }
      state.waiting = .task(continuation, number: state.next)
      return state.next
    }
    guard let number else { return continuation.resume(returning: true) }
    guard let timeout else { return }
    timers.asyncAfter(deadline: .now() + timeout / .seconds(1)) { [weak self] in
      let late = self?.state.withLock { state -> Waiting? in
        guard case .task(_, number)? = state.waiting else { return nil }
        return state.waiting.take()
      }
      if case .task(let continuation, _)? = late { continuation.resume(returning: false) }
    }
  }

  /// The next result, or nil for the end; nil if neither is available, and the waiting taker is
  /// recorded.
  private func takeIfReady(otherwise waiting: Waiting?) -> Result<Output?, any Error>? {
    let (found, freed) = state.withLock { state in
      let found = state.takeIfReady()
      if found == nil { state.waiting = waiting }
      guard state.freed >= lot else { return (Unchecked(found), 0) }
      defer { state.freed = 0 }
      return (Unchecked(found), state.freed)
    }
    for _ in 0..<freed { room.signal() }
    return found.value
  }

  /// Wakes all waiting threads and tasks, and discards all results.
  func stop() {
    cancellation.cancel()
    room.signal()
    update { state in
      for place in state.results.indices { state.results[place] = nil }
    }
  }
}

/// How often to poll before going to sleep, since sleeping and waking takes longer than making a
/// small batch.
private let patience = (ofTaker: 50, ofMakers: 200)

/// A separate queue, since the global queues may be busy.
private let timers = DispatchQueue(label: "flambeau.timeouts")

/// The error of a result that did not arrive within the time limit.
struct WaitedTooLong: Error {}
