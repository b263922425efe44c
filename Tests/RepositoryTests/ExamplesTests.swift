import Foundation
import Testing

/// Runs each example for a few steps, and compares its output with that of PyTorch's program beside
/// it.
@Suite struct ExamplesTests {
  static let folder = Repository.root.appending(path: "Examples")
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter {
      FileManager.default.fileExists(atPath: folder.appending(path: "\($0)/main.swift").path)
    }
    .sorted()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }

  @Test func allAreThere() throws {
    #expect(Self.names.count == 10)
    let page = try Self.text("README.md")
    for name in Self.names { #expect(page.contains("[\(name)](\(name)/main.swift)")) }
  }

  /// The programs themselves are built beside the code of pages, with the same settings.
  @Test func theManifestListsThem() async throws {
    struct Manifest: Decodable {
      struct Target: Decodable { let name, path, type: String }
      let targets: [Target]
    }
    let json = try await Repository.dumpedPackage(in: Self.folder)
    let targets = try JSONDecoder().decode(Manifest.self, from: json).targets
    #expect(targets.map(\.name).sorted() == Self.names)
    #expect(targets.allSatisfy { $0.path == $0.name && $0.type == "executable" })
  }

  @Test(arguments: names)
  func itPrintsPyTorchsNumbers(name: String) async throws {
    let result = try await TypedReader.runProgram(
      "Example\(name)", ["--steps", "8"], in: Self.folder)
    #expect(result.status == 0, "\(result.errors)")
    let expected = try Self.text("\(name)/expected.txt")
    let lines = { (text: String) in text.split(separator: "\n", omittingEmptySubsequences: false) }
    #expect(lines(result.output).count == lines(expected).count)
    for (printed, shown) in zip(lines(result.output), lines(expected)) {
      #expect(Self.agree(printed, shown), "it prints \(printed), where PyTorch printed \(shown)")
    }
  }

  /// Whether words and integers are equal, and fractions nearly so, since sums are rounded in
  /// another order.
  private static func agree(_ printed: Substring, _ shown: Substring) -> Bool {
    let number = #/-?\d+(\.\d+)?/#
    func words(_ text: Substring) -> [Substring] {
      text.replacing(number, with: "#").split(separator: "#", omittingEmptySubsequences: false)
    }
    return words(printed) == words(shown)
      && zip(printed.matches(of: number), shown.matches(of: number)).allSatisfy { a, b in
        a.0 == b.0
          || b.1 != nil && abs(Double(a.0)! - Double(b.0)!) <= 1e-4 + 2e-4 * abs(Double(b.0)!)
      }
  }
}
