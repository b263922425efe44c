import ArgumentParser
import Foundation
import NN

@_spi(Flambeau) import Devices

/// Tests and measures Flambeau on a GPU: whether results are correct, and how close it comes to
/// peak performance.
@main
struct DeviceReport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device-report",
    abstract: "Tests and measures Flambeau on a GPU, and writes a report in Markdown.")

  @Option(help: "The GPU, as in cuda:0.", transform: { try Device($0) })
  var device = Device.cuda()

  @Option(help: "The file of the report.")
  var output = "report.md"

  @Option(help: "The program of Flambeau's tests; without it they are left out.")
  var tests: String?

  @Option(help: "The program of Flambeau's benchmarks; without it the comparison is left out.")
  var benchmarks: String?

  @Option(help: "The folder of peers.py, for the comparison.")
  var peers = "."

  @Option(help: "A Python with PyTorch, for the comparison.")
  var python = "python3"

  @Flag(help: "Small sizes and few rounds, to try the report itself.")
  var quick = false

  func run() throws {
    try device.requireAvailable()
    guard device.kind == .cuda else { throw ValidationError("--device \(device): choose a GPU") }
    let report = try Report(path: output)
    defer { report.close() }
    try report.add(title)
    let testRun = try tests.map { try TestRun(program: $0) }
    if let testRun { try report.add(testRun.text) }
    try report.add(Accuracy(device: device, isQuick: quick).text)
    let speed = Speed(device: device, isQuick: quick)
    try report.add(speed.bandwidth())
    try report.add(speed.arithmetic())
    try report.add(speed.steps())
    if let benchmarks {
      let comparison = Comparison(
        program: benchmarks, peers: peers, python: python, device: device, isQuick: quick)
      try report.add(comparison.text())
    }
    print("\nThe report is in \(output).")
    if let testRun, !testRun.isPassed { throw ExitCode.failure }
  }

  private var title: String {
    let versions = CUDA.versions(of: device).sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value)" }
    let simulated =
      CUDA.isSimulator
      ? "\n\n**The CPU simulates this GPU: results count, times and shares of a peak mean nothing.**"
      : ""
    return """
      # Flambeau on \(CUDA.deviceName(device))

      \(Date.now.formatted(.iso8601.year().month().day())): \(CUDA.summary(of: device)); \
      \(versions.joined(separator: ", ")).\(simulated)
      """
  }
}

/// The report's file, written section by section, so that an aborted run leaves all complete ones.
struct Report {
  private let file: FileHandle

  init(path: String) throws {
    let url = URL(fileURLWithPath: path)
    try Data().write(to: url)
    file = try FileHandle(forWritingTo: url)
  }

  /// Adds a section to the file, and prints it.
  func add(_ section: String) throws {
    try file.write(contentsOf: Data("\(section)\n\n".utf8))
    print("\(section)\n")
  }

  func close() { try? file.close() }
}
