import Flambeau
import Foundation
import Testing

/// The Python environment that `./Scripts/benchmark` has made.
private let environment = Repository.root.appending(path: ".venv/bin/python").path

/// The benchmarks, with a stand-in for the peers.
@Suite struct BenchmarkTests {
  private let program = Repository.program("benchmarks")

  /// The names of the workloads by group.
  private func names() async throws -> (text: String, groups: [String: [String]]) {
    let list = try await run(program, ["--list"], in: Repository.root)
    let groups = try JSONDecoder().decode([String: [String]].self, from: Data(list.output.utf8))
    return (list.output, groups)
  }

  /// A folder with a peer that answers requests for `a + b on 4 floats` with the given numbers,
  /// says that each takes a microsecond, and has nothing else.
  private func standIn(_ result: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      import json, sys
      for line in sys.stdin:
          question = json.loads(line)
          answer = {"peer": "stand-in", "seconds": question["count"] * 1e-6, "result": \(result)}
          if question["group"] != "dispatch" or question["name"] != "a + b on 4 floats":
              answer = None
          print(json.dumps(answer), flush=True)
      """, to: "peers.py")
    return folder
  }

  private func measure(_ arguments: [String], in folder: TemporaryFolder) async throws
    -> ProcessResult
  {
    try await run(
      program, ["--peers", "peers.py", "--rounds", "1"] + arguments, in: folder.url)
  }

  @Test func everyElementwiseOperationIsTimed() async throws {
    let functions = Set(try #require(try await names().groups["functions"]))
    // What only derivatives, losses or powers use, and what has no public method.
    let untimed = [
      "cube", "gate", "geluGradient", "hardsigmoidGradient", "hardswishGradient", "huber",
      "isposinf", "isneginf",
    ]
    let operations =
      UnaryOperation.allCases.map(\.description) + BinaryOperation.allCases.map(\.description)
      + Comparison.allCases.map(\.description) + ElementTest.allCases.map(\.description)
    for operation in operations where !untimed.contains(operation) {
      let isTimed =
        functions.contains("\(operation), 1 million")
        || functions.contains("\(operation) of int64, 1 million")
      #expect(isTimed, "\(operation)")
    }
  }

  @Test func everyNameIsUnique() async throws {
    let all = try await names().groups.values.flatMap { $0 }
    #expect(all.count > 300)
    #expect(Set(all).count == all.count)
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: environment)))
  func everyWorkloadHasAPeer() async throws {
    let folder = try TemporaryFolder()
    try folder.write(try await names().text, to: "names.json")
    let peers = Repository.root.appending(path: "Benchmarks/peers.py").path
    let result = try await run(
      command: ["sh", "-c", "\"$0\" \"$1\" --check <names.json", environment, peers],
      in: folder.url)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "")
  }

  @Test func timesArePrintedAndDrawn() async throws {
    let folder = try standIn("[6, 8, 10, 12]")
    let arguments = ["--only", "a + b on 4 floats", "--threads", "both", "--plot", "ratios.svg"]
    let table = try await measure(arguments + ["--group", "dispatch"], in: folder)
    // Its peer lacks the workload with gradients.
    #expect(table.status == 1)
    #expect(table.errors.contains("no workload “a + b on 4 floats, with gradients”"))
    let lines = table.output.split(separator: "\n")
    #expect(lines.count == 3 && lines[1] == "dispatch")
    #expect(lines[0].hasSuffix("ratio  of machine    at 1    gain"))
    #expect(lines[2].contains(#/^a \+ b on 4 floats .* stand-in +[\d.]+ +- +[\d.]+ +[\d.]+$/#))

    let svg = try String(contentsOf: folder.url.appending(path: "ratios.svg"), encoding: .utf8)
    #expect(svg.matches(of: #/<title>a \+ b on 4 floats: [\d.]+<\/title>/#).count == 1)
    let parse = "import xml.dom.minidom as x; print(x.parse('ratios.svg').documentElement.tagName)"
    let parsed = try await run(command: ["python3", "-c", parse], in: folder.url)
    #expect(parsed.output == "svg\n", "\(parsed.errors)")
  }

  @Test func wrongNumbersAreReported() async throws {
    let folder = try standIn("[6, 8, 10, 13]")
    let result = try await measure(["--group", "dispatch", "--only", "floats"], in: folder)
    #expect(result.status == 1)
    #expect(
      result.errors.contains(
        "“a + b on 4 floats” gives [6.0, 8.0, 10.0, 12.0] here and [6.0, 8.0, 10.0, 13.0] in stand-in"
      ))
  }

  @Test func unknownGroupsAreNamed() async throws {
    let result = try await measure(["--group", "drinks"], in: TemporaryFolder())
    #expect(result.status != 0)
    #expect(result.errors.contains("no group is named “drinks”; there are scalars, dispatch"))
  }
}
