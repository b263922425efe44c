import Foundation
import NN

/// A run of Flambeau's tests, whose tables compare every operation, layer, loss and optimizer with
/// PyTorch's results, on each device.
struct TestRun {
  let isPassed: Bool
  private var suites: [String: Count] = [:]
  private var faults: [String] = []
  private var ending: String

  private struct Count {
    var (tests, cases, issues) = (0, 0, 0)
  }

  /// A line of Swift Testing's --event-stream-output-path.
  private struct Record: Decodable {
    struct Message: Decodable {
      let text: String
    }
    struct Payload: Decodable {
      let kind: String
      let testID: String?
      let messages: [Message]?
    }
    let kind: String
    let payload: Payload
  }

  /// Tests that need Flambeau's sources or gnuplot, which are not shipped with the program.
  private static let skipped = [
    "everyFileIsInTheProgram", "everyRecordedOperationIsInTheTable", "noModuleIsForgotten",
    "filesComeBack", "plotsAsSVGAndText",
  ]

  init(program: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (events, log) = (folder.appending(path: "events"), folder.appending(path: "log"))
    try Data().write(to: log)

    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments =
      [
        "--testing-library", "swift-testing", "--event-stream-output-path", events.path,
        "--filter", "^(Devices|Tensors|NN)Tests",
      ] + Self.skipped.flatMap { ["--skip", $0] }
    let output = try FileHandle(forWritingTo: log)
    process.standardOutput = output
    process.standardError = output
    try process.run()
    process.waitUntilExit()
    isPassed = process.terminationStatus == 0

    // If a test stops the program, its message is the last line.
    ending =
      "They stopped with status \(process.terminationStatus): "
      + ((try? String(contentsOf: log, encoding: .utf8))?.split(separator: "\n").last ?? "")
    let text = (try? String(contentsOf: events, encoding: .utf8)) ?? ""
    for line in text.split(separator: "\n") {
      count(try JSONDecoder().decode(Record.self, from: Data(line.utf8)))
    }
  }

  private mutating func count(_ record: Record) {
    guard record.kind == "event" else { return }
    let payload = record.payload
    // As in TensorsTests.ViewTests/views()/ViewTests.swift:9:4, or
    // DevicesTests.kinds()/KindTests.swift:9:4.
    let parts = payload.testID?.split(separator: "/") ?? []
    let name = String(parts.first ?? "")
    let suite = name.hasSuffix(")") ? String(name.prefix { $0 != "." }) : name
    let isSuite = parts.count == 1
    let messages = (payload.messages ?? []).map(\.text)
    switch payload.kind {
    case "testEnded" where !isSuite: suites[suite, default: Count()].tests += 1
    case "testCaseEnded": suites[suite, default: Count()].cases += 1
    case "issueRecorded":
      suites[suite, default: Count()].issues += 1
      faults.append("\(payload.testID ?? ""): \(messages.joined(separator: " "))")
    case "runEnded": ending = messages.joined(separator: " ")
    default: break
    }
  }

  var text: String {
    var table = Table("Suite", "tests", "cases", "issues")
    for (suite, count) in suites.sorted(by: { $0.key < $1.key }) {
      table.add(suite, "\(count.tests)", "\(max(count.tests, count.cases))", "\(count.issues)")
    }
    return """
      ## Tests

      Every operation, layer, loss and optimizer against PyTorch's results, on the CPU and on this device.

      \(table.text)

      \(ending)
      """ + faults.map { "\n- \($0)" }.joined()
  }
}
