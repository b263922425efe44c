import Foundation
import NN

/// The comparison with PyTorch on the same device, by Flambeau's benchmarks.
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
    guard let answer = try? result(of: [python, "-c", question]), answer.output == "True\n" else {
      return title + "Not compared: no Python here has a PyTorch that finds the GPU."
    }
    let measured = try result(of: [
      program, "--json", "--device", "\(device)", "--python", python,
      "--peers", "\(peers)/peers.py", "--rounds", isQuick ? "1" : "9",
    ])
    guard let rows = try? JSONDecoder().decode([Row].self, from: Data(measured.output.utf8)) else {
      return title + "The benchmarks ended without a result: \(measured.errors)"
    }
    var table = Table("Work", "Flambeau", rows.first?.peerName ?? "PyTorch", "ratio")
    for row in rows {
      table.add(
        row.name, duration(row.ours), duration(row.peer), String(format: "%.2f", row.ratio))
    }
    return title + """
      Both compute the same numbers from the same inputs; float32 is float32, without TF32. The ratio is \
      PyTorch's time over ours: above 1, Flambeau is the faster.

      \(table.text)

      \(measured.errors)
      """
  }

  /// What a command prints on standard output and on standard error; both must be short.
  private func result(of command: [String]) throws -> (output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    defer { process.waitUntilExit() }
    func text(_ pipe: Pipe) -> String {
      String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
    return (text(output), text(errors))
  }
}
