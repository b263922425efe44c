import Foundation
import NN

/// The same work in PyTorch on the same device, in turn, by Flambeau's benchmarks.
struct Comparison {
  let program: String
  let peers: String
  let python: String
  let device: Device
  let isQuick: Bool

  private struct Row: Decodable {
    let name: String
    let ours: Double
    let peer: Double
    let peerName: String
    let ratio: Double
  }

  func text() throws -> String {
    let title = "## Against PyTorch\n\n"
    let question = "import torch; print(torch.cuda.is_available())"
    guard let answer = try? output(of: [python, "-c", question]), answer == "True\n" else {
      return title + "Not compared: no Python here has a PyTorch that finds the GPU."
    }
    let json = try output(of: [
      program, "--json", "--device", "\(device)", "--python", python,
      "--peers", "\(peers)/peers.py", "--rounds", isQuick ? "1" : "9",
    ])
    let rows = try JSONDecoder().decode([Row].self, from: Data(json.utf8))
    var table = Table("Work", "Flambeau", rows.first?.peerName ?? "PyTorch", "ratio")
    for row in rows {
      table.add(
        row.name, duration(row.ours), duration(row.peer), String(format: "%.2f", row.ratio))
    }
    return title + """
      Both compute the same numbers from the same inputs; float32 is float32, without TF32. The ratio is \
      PyTorch's time over ours: above 1, Flambeau is the faster.

      \(table.text)
      """
  }

  private func output(of command: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw ComparisonError.failed(command[0]) }
    return String(decoding: data, as: UTF8.self)
  }
}

/// Why there is no comparison.
enum ComparisonError: Error, LocalizedError {
  case failed(String)

  var errorDescription: String? {
    switch self {
    case .failed(let program): "\(program) failed; its message is above"
    }
  }
}
