import Dispatch
import Foundation
import Synchronization

/// Threads that wait for tasks, each of which all threads run. They end when the pool is released
/// and their tasks are done.
final class WorkerPool: Sendable {
  private let inboxes: [Inbox]

  /// The number of threads.
  var count: Int { inboxes.count }

  /// - Parameter prepare: function that each thread calls first, with its index.
  init(_ count: Int, prepare: @escaping @Sendable (Int) throws -> Void) {
    inboxes = (0..<count).map { _ in Inbox() }
    for (number, inbox) in inboxes.enumerated() {
      let thread = Thread {
        let prepared = Result { try prepare(number) }
        while let task = inbox.next() { task(number, prepared) }
      }
      thread.name = "flambeau.worker.\(number)"
      thread.start()
    }
  }

  deinit {
    for inbox in inboxes { inbox.post(nil) }
  }

  /// Posts a task to every thread.
  ///
  /// - Parameter task: function of the thread's index and the result of its preparation.
  func perform(_ task: @escaping @Sendable (Int, Result<Void, any Error>) -> Void) {
    for inbox in inboxes { inbox.post(task) }
  }

  /// A thread's queue of tasks; nil tells it to end.
  private final class Inbox: Sendable {
    typealias Task = @Sendable (Int, Result<Void, any Error>) -> Void
    private let tasks = Mutex<[Task?]>([])
    private let arrival = DispatchSemaphore(value: 0)

    func post(_ task: Task?) {
      tasks.withLock { $0.append(task) }
      arrival.signal()
    }

    func next() -> Task? {
      arrival.wait()
      return tasks.withLock { $0.removeFirst() }
    }
  }
}
