import Foundation

/// Functions that run programs for a measurement.
enum Processes {
  /// Runs a command, and returns its output and its duration in seconds.
  static func run(_ command: [String]) throws -> (output: Data, seconds: Double) {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = output
    let start = ContinuousClock.now
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    // Measured before waiting, since Foundation notices the end of the process with a delay.
    let seconds = start.duration(to: .now) / .seconds(1)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw BenchmarkError.peerEnded }
    return (data, seconds)
  }
}

/// The times from the start of a process to its first result.
struct StartMeasurement: Encodable {
  let name = "start to first result"
  let ours: Double
  let peer: Double
  let peerName = "import torch"
  let ratio: Double

  init(python: String, rounds: Int) throws {
    let program = "import torch; print((torch.ones(3) + 1).sum().item())"
    let (own, other) = ([CommandLine.arguments[0], "--first-result"], [python, "-c", program])
    // A run without measuring first, so that both programs are in the file system's cache.
    let results = try [own, other].map { try Processes.run($0).output }
    guard results[0] == results[1] else {
      throw BenchmarkError.differ(name: "start", ours: [], peer: [], peerName: "import torch")
    }
    var (ourTimes, peerTimes): ([Double], [Double]) = ([], [])
    for _ in 0..<rounds {
      ourTimes.append(try Processes.run(own).seconds)
      peerTimes.append(try Processes.run(other).seconds)
    }
    ours = Timing.median(ourTimes)
    peer = Timing.median(peerTimes)
    ratio = peer / ours
  }
}
