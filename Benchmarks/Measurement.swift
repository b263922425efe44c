import Foundation
import Tensors

/// The times of a workload in Flambeau and in the peer.
struct Measurement: Encodable {
  let name: String
  /// Seconds per repetition, the median over all rounds.
  let ours: Double
  let peer: Double
  let peerName: String
  /// The peer's time divided by ours: above 1, Flambeau is faster.
  let ratio: Double

  /// Checks that both compute the same, and measures them alternately, round after round, so that
  /// other load on the machine affects both.
  init(_ workload: Workload, on device: Device, against peer: Peer, rounds: Int) throws {
    let theirs = try peer.run(workload.name, count: 3, fresh: true)
    try workload.check(workload.prepare(device)(3), against: theirs)

    let work = workload.prepare(device)
    let ourCount = Self.count { count in Self.seconds { use(work(count)) } }
    let peerCount = try Self.count { count in
      try peer.run(workload.name, count: count, fresh: false).seconds
    }
    var (ourTimes, peerTimes): ([Double], [Double]) = ([], [])
    for _ in 0..<rounds {
      ourTimes.append(Self.seconds { use(work(ourCount)) } / Double(ourCount))
      let answer = try peer.run(workload.name, count: peerCount, fresh: false)
      peerTimes.append(answer.seconds / Double(peerCount))
    }
    name = workload.name
    ours = Self.median(ourTimes)
    self.peer = Self.median(peerTimes)
    peerName = theirs.peer
    ratio = self.peer / ours
  }

  private static func seconds(_ body: () -> Void) -> Double {
    ContinuousClock().measure(body) / .seconds(1)
  }

  /// The number of repetitions that take a tenth of a second. Determining it also warms up.
  private static func count(_ seconds: (Int) throws -> Double) rethrows -> Int {
    var count = 1
    while try seconds(count) < 0.1 { count *= 2 }
    return count
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
  case differ(name: String, ours: [Double], peer: [Double], peerName: String)

  var isAboutResults: Bool { if case .differ = self { true } else { false } }

  var errorDescription: String? {
    switch self {
    case .peerEnded: "the peers' process has ended; its message is above"
    case .differ(let name, let ours, let peer, let peerName):
      "“\(name)” gives \(ours) here and \(peer) in \(peerName)"
    }
  }
}
