import Foundation
import Support
import Tensors

/// The times of a workload in Flambeau and in the peer.
struct Measurement: Encodable {
  let name: String
  let group: String
  /// Seconds per repetition, the least of all rounds, since other load can only add to it.
  let ours: Double
  let peer: Double
  let peerName: String
  /// The peer's time divided by ours: above 1, Flambeau is faster.
  let ratio: Double
  /// The least time of the machine divided by ours, if the workload states what it must do.
  let ofMachine: Double?
  /// The same ratio with one thread on both sides, and our time with one thread divided by that
  /// with two, if both were measured.
  let ratioOfOneThread: Double?
  let gain: Double?

  /// Checks that both compute the same, and measures them alternately, round after round, so that
  /// other load on the machine affects both.
  init(
    _ workload: Workload, of group: Group, on device: Device, against peer: Peer, machine: Machine,
    rounds: Int, threads: Threads
  ) throws {
    let theirs = try peer.run(workload, of: group, count: 3, fresh: true)
    try workload.check(workload.prepare(device)(3), against: theirs)

    let work = workload.prepare(device)
    let times = try threads.counts.map { count in
      numThreads = count
      peer.numThreads = count
      return try Timing.alternately(rounds: rounds) { count in
        Timing.seconds { use(work(count)) }
      } _: { count in
        try peer.run(workload, of: group, count: count, fresh: false).seconds
      }
    }
    name = workload.name
    self.group = group.name
    (ours, self.peer) = times.last!
    peerName = theirs.peer
    ratio = self.peer / ours
    ofMachine = try workload.cost.map { try machine.leastTime(for: $0) / times.last!.ours }
    let oneThread = threads == .both ? times[0] : nil
    ratioOfOneThread = oneThread.map { $0.theirs / $0.ours }
    gain = oneThread.map { $0.ours / times[1].ours }
  }
}

/// How often, and how long, something takes.
enum Timing {
  /// What a round of measuring takes.
  private static let duration = 0.05

  static func seconds(_ body: () -> Void) -> Double {
    ContinuousClock().measure(body) / .seconds(1)
  }

  /// The least times of a repetition of two works, which take turns.
  ///
  /// - Parameters: functions that return the seconds of a number of repetitions.
  static func alternately(
    rounds: Int, _ ours: (Int) throws -> Double, _ theirs: (Int) throws -> Double
  ) rethrows -> (ours: Double, theirs: Double) {
    let (ourCount, theirCount) = (try count(ours), try count(theirs))
    var (ourTime, theirTime) = (Double.infinity, Double.infinity)
    for _ in 0..<rounds {
      ourTime = min(ourTime, try turn(ours, ourCount))
      theirTime = min(theirTime, try turn(theirs, theirCount))
    }
    return (ourTime, theirTime)
  }

  /// The seconds of a repetition, after some that are not counted: meanwhile, the threads of the
  /// other side, which spin for some milliseconds after their last work, go to sleep.
  private static func turn(_ seconds: (Int) throws -> Double, _ count: Int) rethrows -> Double {
    if count >= 5 { _ = try seconds(count / 5) }
    return try seconds(count) / Double(count)
  }

  /// The least time of a repetition.
  static func least(rounds: Int, _ seconds: (Int) -> Double) -> Double {
    let count = count(seconds)
    return (0..<rounds).map { _ in seconds(count) / Double(count) }.min()!
  }

  /// The number of repetitions that a round takes. Determining it also warms up.
  private static func count(_ seconds: (Int) throws -> Double) rethrows -> Int {
    var count = 1
    // Compilers work once more at the next call after the first.
    _ = try seconds(count)
    while true {
      let time = try seconds(count)
      if time >= duration { return count }
      if time >= duration / 10 { return Int((duration / time * Double(count)).rounded(.up)) }
      count *= 2
    }
  }

  static func median(_ numbers: [Double]) -> Double {
    let sorted = numbers.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

extension Workload {
  fileprivate func check(_ ours: [Double], against answer: Peer.Answer) throws {
    let agree =
      ours.count == answer.result.count
      && zip(ours, answer.result).allSatisfy { abs($0 - $1) <= tolerance * max(abs($0), abs($1)) }
    guard agree else {
      throw BenchmarkError.differ(
        name: name, ours: ours, peer: answer.result, peerName: answer.peer)
    }
  }
}

/// The errors of a measurement.
enum BenchmarkError: Error, LocalizedError {
  case peerEnded
  case missing(name: String)
  case differ(name: String, ours: [Double], peer: [Double], peerName: String)

  /// Whether the other workloads can still be measured.
  var isOfOneWorkload: Bool { if case .peerEnded = self { false } else { true } }

  var isMissing: Bool { if case .missing = self { true } else { false } }

  var errorDescription: String? {
    switch self {
    case .peerEnded: "the peers' process has ended; its message is above"
    case .missing(let name): "the peer has no workload “\(name)”"
    case .differ(let name, let ours, let peer, let peerName):
      "“\(name)” gives \(ours) here and \(peer) in \(peerName)"
    }
  }
}
