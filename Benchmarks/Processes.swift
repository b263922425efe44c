import Foundation

/// Programs that are run for a measurement.
enum Processes {
  /// What a program prints, and the seconds that it takes.
  static func run(_ command: [String]) throws -> (output: Data, seconds: Double) {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = output
    let start = ContinuousClock.now
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    // Foundation notices only a while later that the process has ended.
    let seconds = start.duration(to: .now) / .seconds(1)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw BenchmarkError.peerEnded }
    return (data, seconds)
  }
}

/// How long it takes from the start of a process to its first result.
struct StartMeasurement: Encodable {
  let name = "start to first result"
  let ours: Double
  let peer: Double
  let peerName = "import torch"
  let ratio: Double

  init(python: String, rounds: Int) throws {
    let program = "import torch; print((torch.ones(3) + 1).sum().item())"
    let (own, other) = ([CommandLine.arguments[0], "--first-result"], [python, "-c", program])
    // Once without measuring, so that both are in the file system's cache.
    let results = try [own, other].map { try Processes.run($0).output }
    guard results[0] == results[1] else {
      throw BenchmarkError.differ(name: "start", ours: [], peer: [], peerName: "import torch")
    }
    var (ourTimes, peerTimes): ([Double], [Double]) = ([], [])
    for _ in 0..<rounds {
      ourTimes.append(try Processes.run(own).seconds)
      peerTimes.append(try Processes.run(other).seconds)
    }
    ours = Measurement.median(ourTimes)
    peer = Measurement.median(peerTimes)
    ratio = peer / ours
  }
}
