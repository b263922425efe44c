import Foundation
import Testing

/// The report on a GPU, here on one that the CPU simulates.
@Suite struct DeviceReportTests {
  @Test func theReportHasAllItsParts() async throws {
    let folder = try TemporaryFolder()
    let program = Repository.root.appending(path: ".build/debug/DeviceReport")
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

    // Of each operation, the errors of float32, bfloat16, float16 and of gradients in float32.
    let rows = report.matches(
      of: #/\| [\w ]+ \| ([\d.e+-]+) \| +([\d.e+-]+) \| +([\d.e+-]+) \| +([\d.e+-]+) \|/#)
    #expect(rows.count == 11)
    for row in rows {
      let errors = [row.1, row.2, row.3, row.4].map { Double($0)! }
      #expect(errors[0] < 1e-6 && errors[1] < 1e-2 && errors[2] < 1e-3 && errors[3] < 1e-5)
    }
    #expect(!report.replacing("“differs”", with: "").contains("differs"))
  }

  @Test func withoutAGPUItSaysSo() async throws {
    let folder = try TemporaryFolder()
    let program = Repository.root.appending(path: ".build/debug/DeviceReport")
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
