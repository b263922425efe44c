import Foundation

/// The memory that a workload takes in Flambeau and in the peer, beyond that in use when it starts,
/// each measured in a new process.
struct MemoryMeasurement: Encodable {
  let name: String
  let group: String
  /// The growth of the process's peak memory during three repetitions of the workload, in bytes.
  let ours: Int
  let peer: Int
  let peerName: String
  /// The peer's bytes divided by ours: above 1, Flambeau takes less; nil if Flambeau takes none.
  let ratio: Double?

  private struct Answer: Codable {
    let peer: String
    let bytes: Int
    let result: [Double]
  }

  init(_ workload: Workload, of group: Group, python: String, peers: String) throws {
    let own = try Self.run([CommandLine.arguments[0], "--memory-of", workload.name])
    let other = try Self.run([python, peers, "--memory-of", group.name, workload.name])
    name = workload.name
    self.group = group.name
    ours = own.bytes
    peer = other.bytes
    peerName = other.peer
    ratio = own.bytes > 0 ? Double(other.bytes) / Double(own.bytes) : nil
  }

  private static func run(_ command: [String]) throws -> Answer {
    try JSONDecoder().decode(Answer.self, from: Processes.run(command).output)
  }

  /// Measures Flambeau, and prints the result in the peers' format.
  static func printOwn(_ workload: Workload) throws {
    let work = workload.prepare(.cpu)
    let before = peakMemory
    let result = work(3)
    let answer = Answer(peer: "Flambeau", bytes: peakMemory - before, result: result)
    print(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
  }

  /// The peak memory of this process, in bytes.
  private static var peakMemory: Int {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }
}
