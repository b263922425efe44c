import Foundation
import Testing

/// The report on a GPU, here on the simulated one.
@Suite struct DeviceReportTests {
  private let program = Repository.program("DeviceReport")

  @Test func theReportHasAllItsParts() async throws {
    let folder = try TemporaryFolder()
    let result = try await run(
      program, ["--quick", "--benchmarks", "none", "--python", "no-python"], in: folder.url,
      environment: ["FLAMBEAU_CUDA": "simulator"])
    #expect(result.status == 0, "\(result.errors)")
    let report = try String(contentsOf: folder.url.appending(path: "report.md"), encoding: .utf8)
    let titles = report.split(separator: "\n").filter { $0.hasPrefix("#") }
    #expect(
      titles == [
        "# Flambeau on Flambeau's simulator", "## Accuracy", "## Memory", "## Arithmetic",
        "## Starting work", "## Against PyTorch",
      ])
    #expect(report.contains("The CPU simulates this GPU"))
    #expect(report.contains("no Python here has a PyTorch that finds the GPU"))

    // For each operation, the errors in float32, bfloat16 and float16, and of gradients in float32.
    let rows = report.matches(
      of: #/\| [\w ]+ \| ([\d.e+-]+) \| +([\d.e+-]+) \| +([\d.e+-]+) \| +([\d.e+-]+) \|/#)
    #expect(rows.count == 11)
    for row in rows {
      let errors = [row.1, row.2, row.3, row.4].map { Double($0)! }
      #expect(errors[0] < 1e-6 && errors[1] < 1e-2 && errors[2] < 1e-3 && errors[3] < 1e-5)
    }
    #expect(!report.replacing("“differs”", with: "").contains("differs"))
  }

  /// With stand-ins for the programs of the tests and the benchmarks.
  @Test func testsAndTimesAreCounted() async throws {
    let folder = try TemporaryFolder()
    func event(_ kind: String, _ test: String, _ text: String = "") -> String {
      let messages = text.isEmpty ? "" : "{\"symbol\":\"fail\",\"text\":\"\(text)\"}"
      let payload = "\"kind\":\"\(kind)\",\"testID\":\"\(test)\",\"messages\":[\(messages)]"
      return "{\"kind\":\"event\",\"version\":\"6.3.0\",\"payload\":{\(payload)}}\n"
    }
    let (values, kinds) = ("TensorsTests.Values/exp(x:)/A.swift:1:1", "NNTests.kinds()/B.swift:1:1")
    try folder.write(
      event("testCaseEnded", values) + event("issueRecorded", values, "1 is not 2")
        + event("testCaseEnded", values) + event("testEnded", values)
        + event("testEnded", "TensorsTests.Values") + event("testEnded", kinds),
      to: "events")
    let scripts = [
      "tests": """
      while [ "$1" != --event-stream-output-path ]; do shift; done
      cp events "$2"
      echo "Fatal error: out of sorts" >&2
      exit 3
      """,
      "python": "echo True",
      "benchmarks": """
      echo "$@" >arguments
      echo '[{"name": "a + b", "ours": 2e-6, "peer": 5e-6, "peerName": "torch 2", "ratio": 2.5}]'
      """,
    ]
    for (name, text) in scripts {
      try folder.write("#!/bin/sh\n\(text)\n", to: name)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: folder.url.appending(path: name).path)
    }
    let result = try await run(
      program,
      ["--quick", "--tests", "tests", "--benchmarks", "./benchmarks", "--python", "./python"],
      in: folder.url, environment: ["FLAMBEAU_CUDA": "simulator"])
    #expect(result.status == 1, "tests have failed: \(result.errors)")
    let report = try String(contentsOf: folder.url.appending(path: "report.md"), encoding: .utf8)
    for text in [
      "| TensorsTests.Values |     1 |     2 |      1 |\n",
      "| NNTests             |     1 |     1 |      0 |\n",
      "They stopped with status 3: Fatal error: out of sorts\n- \(values): 1 is not 2\n",
      "| Work  | Flambeau | torch 2 | ratio |\n",
      "| a + b |     2 µs |    5 µs |  2.50 |\n",
    ] {
      #expect(report.contains(text), "\(text)")
    }
    let arguments = try String(
      contentsOf: folder.url.appending(path: "arguments"), encoding: .utf8)
    #expect(
      arguments == "--json --device cuda:0 --python ./python --peers ./peers.py --rounds 1\n")
  }

  @Test func withoutAGPUItSaysSo() async throws {
    let folder = try TemporaryFolder()
    for (arguments, message) in [
      (["--device", "cpu"], "--device cpu: choose a GPU"),
      (["--device", "cuda:x"], "cuda:x"),
      (["--device", "cuda:7"], "cuda:7"),
    ] {
      let result = try await run(
        program, arguments, in: folder.url, environment: ["FLAMBEAU_CUDA": "simulator"])
      #expect(result.status != 0 && result.errors.contains(message), "\(result.errors)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }
}
