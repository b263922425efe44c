import Foundation
import Tensors

/// peers.py in a process of its own, which runs the same workloads on request.
///
/// A request is a line of JSON on its standard input, and the answer a line on its standard output.
final class Peer {
  private struct Question: Encodable {
    let group: String
    let name: String
    let threads: Int
    let count: Int
    /// Whether to prepare the workload again.
    let fresh: Bool
  }

  struct Answer: Decodable {
    /// The name of the peer's library.
    let peer: String
    let seconds: Double
    let result: [Double]
  }

  private let process = Process()
  private let questions = Pipe()
  private let answers = Pipe()
  private var unread = Data()
  /// The number of threads that the peers use.
  var numThreads = 2

  init(python: String, script: String, device: Device, compiler: Compiler?) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [python, script, "--device", device.description]
      + (compiler.map { ["--compile", $0.rawValue] } ?? [])
    process.standardInput = questions
    process.standardOutput = answers
    try process.run()
  }

  /// Runs a workload `count` times. The answer to what the peer does not have is null.
  func run(_ workload: Workload, of group: Group, count: Int, fresh: Bool) throws -> Answer {
    let question = try JSONEncoder().encode(
      Question(
        group: group.name, name: workload.name, threads: numThreads, count: count, fresh: fresh))
    try questions.fileHandleForWriting.write(contentsOf: question + [UInt8(ascii: "\n")])
    guard let answer = try JSONDecoder().decode(Answer?.self, from: readLine()) else {
      throw BenchmarkError.missing(name: workload.name)
    }
    return answer
  }

  private func readLine() throws -> Data {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread = Data(unread[(end + 1)...]) }
        return unread[..<end]
      }
      let more = answers.fileHandleForReading.availableData
      guard !more.isEmpty else { throw BenchmarkError.peerEnded }
      unread += more
    }
  }

  /// Ends the process, which stops when its input does.
  func stop() {
    try? questions.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
