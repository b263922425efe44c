import Dispatch
import Foundation
import Synchronization

/// Threads that wait for tasks and do each of them together. They end when the team is released and
/// their tasks are done.
final class WorkerTeam: Sendable {
  private let inboxes: [Inbox]

  /// How many threads there are.
  var count: Int { inboxes.count }

  /// - Parameter prepare: what each thread does first, with its number.
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

  /// Gives a task to every thread.
  ///
  /// - Parameter task: gets the thread's number, and how its preparation went.
  func perform(_ task: @escaping @Sendable (Int, Result<Void, any Error>) -> Void) {
    for inbox in inboxes { inbox.post(task) }
  }

  /// The tasks of a thread. None is the sign to end.
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
