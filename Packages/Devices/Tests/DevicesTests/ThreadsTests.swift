import Synchronization
import Testing

@testable import Devices

/// Threads that share the pool, with jobs of any size and number of threads.
@Suite(.serialized) struct ThreadsTests {
  @Test func eachPartIsDoneOnce() async {
    let threads = numThreads
    defer { numThreads = threads }
    for count in [2, 3, 8] {
      numThreads = count
      await withTaskGroup(of: Bool.self) { group in
        for program in 0..<3 {
          group.addTask {
            (0..<3000).allSatisfy { round in
              let length = 1 + (round * 37 + program) % 200
              let visits = Visits(length)
              shared(count: length, grain: 1 + round % 5) { visits.add($0) }
              return visits.areOnce
            }
          }
        }
        for await isRight in group { #expect(isRight) }
      }
    }
  }

  /// The pool's threads sleep after a while without work, and wake up again.
  @Test func sleepingThreadsWakeUp() async throws {
    let threads = numThreads
    defer { numThreads = threads }
    numThreads = 4
    for _ in 0..<20 {
      try await Task.sleep(for: .milliseconds(5))
      let visits = Visits(1000)
      shared(count: 1000, grain: 1) { visits.add($0) }
      #expect(visits.areOnce)
    }
  }
}

/// How often each index was visited.
private final class Visits: Sendable {
  private let counts: Mutex<[Int]>

  init(_ count: Int) { counts = Mutex([Int](repeating: 0, count: count)) }

  func add(_ range: Range<Int>) {
    counts.withLock { counts in
      for index in range { counts[index] += 1 }
    }
  }

  var areOnce: Bool { counts.withLock { $0.allSatisfy { $0 == 1 } } }
}
