import ArgumentParser
import Foundation
import Support
import Tensors

@main
struct Benchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Times the same work in Flambeau and in its peers, in turn, on 2 threads each.",
    discussion: "With --memory, each side does the work in a process of its own.")

  @Option(help: "Only the workloads whose name holds this text; may be given several times.")
  var only: [String] = []

  @Flag(help: "Print an array of JSON objects: name, ours and peer in seconds, peerName, ratio.")
  var json = false

  @Option(help: "How often each side is timed.")
  var rounds = 9

  @Option(
    help: "Where both sides work, as in cuda:0; only what computes and trains is done there.",
    transform: { try Device($0) })
  var device = Device.cpu

  @Flag(help: "Measure the memory that each workload takes instead of its time.")
  var memory = false

  @Flag(help: "Measure how long a process takes from its start to its first result.")
  var start = false

  @Option(help: .hidden)
  var memoryOf: String?

  @Flag(help: .hidden)
  var firstResult = false

  @Option(help: .hidden)
  var python = "python3"

  @Option(help: .hidden)
  var peers = "Benchmarks/peers.py"

  func validate() throws {
    guard rounds > 0 else { throw ValidationError("--rounds must be at least 1") }
    try device.requireAvailable()
    guard device == .cpu || !(memory || start) else {
      throw ValidationError("--memory and --start measure on the CPU, without --device")
    }
    if let unknown = only.first(where: { text in !Workload.all.contains { $0.matches(text) } }) {
      let names = Workload.all.map { "  \($0.name)" }.joined(separator: "\n")
      throw ValidationError("no workload's name holds “\(unknown)”; there are\n\(names)")
    }
  }

  func run() throws {
    let chosen = Workload.all.filter {
      (only.isEmpty || only.contains(where: $0.matches)) && (device == .cpu || $0.isForAnyDevice)
    }
    if let memoryOf, let workload = Workload.all.first(where: { $0.name == memoryOf }) {
      return try MemoryMeasurement.printOwn(workload)
    }
    if firstResult { return print((Tensor.ones([3]) + 1).sum().item()) }
    if !json { print(row("workload", "ours", "peer", "", "ratio")) }
    if start {
      let found = try StartMeasurement(python: python, rounds: rounds)
      show(
        found.name, duration(found.ours), duration(found.peer), found.peerName, found.ratio)
      return
    }
    if memory {
      try report(chosen) {
        let found = try MemoryMeasurement($0, python: python, peers: peers)
        show(
          found.name, found.ours.byteDescription, found.peer.byteDescription, found.peerName,
          found.ratio)
        return found
      }
    } else {
      let peer = try Peer(python: python, script: peers, device: device)
      defer { peer.stop() }
      try report(chosen) {
        let found = try Measurement($0, on: device, against: peer, rounds: rounds)
        show(
          found.name, duration(found.ours), duration(found.peer), found.peerName, found.ratio)
        return found
      }
    }
  }

  private func report<Result: Encodable>(
    _ workloads: [Workload], _ measure: (Workload) throws -> Result
  ) throws {
    var (results, areAlike): ([Result], Bool) = ([], true)
    for workload in workloads {
      do {
        results.append(try measure(workload))
      } catch let error as BenchmarkError where error.isAboutResults {
        // The other workloads are still measured.
        FileHandle.standardError.write(Data("Error: \(error.localizedDescription)\n".utf8))
        areAlike = false
      }
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      print(String(decoding: try encoder.encode(results), as: UTF8.self))
    }
    if !areAlike { throw ExitCode.failure }
  }

  private func show(
    _ name: String, _ ours: String, _ peer: String, _ peerName: String, _ ratio: Double?
  ) {
    let text = ratio.map { String(format: "%.2f", $0) } ?? "-"
    if !json { print(row(name, ours, peer, peerName, text)) }
  }

  private func row(
    _ name: String, _ ours: String, _ peer: String, _ peerName: String, _ ratio: String
  ) -> String {
    name.padding(toLength: 36, withPad: " ", startingAt: 0) + ours.leftPadded(10)
      + peer.leftPadded(11) + "  " + peerName.padding(toLength: 16, withPad: " ", startingAt: 0)
      + ratio.leftPadded(9)
  }

  private func duration(_ seconds: Double) -> String {
    let (scale, unit) =
      seconds < 1e-6
      ? (1e9, "ns") : seconds < 1e-3 ? (1e6, "µs") : seconds < 1 ? (1e3, "ms") : (1, "s")
    return String(format: "%.3g ", seconds * scale) + unit
  }
}

extension Workload {
  func matches(_ text: String) -> Bool { name.localizedCaseInsensitiveContains(text) }
}

extension String {
  fileprivate func leftPadded(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
