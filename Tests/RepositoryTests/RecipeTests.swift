import Foundation
import Testing

/// What CONTRIBUTING.md says of adding things, done to a copy: it builds, and the tables of tests take it in.
@Suite struct RecipeTests {
  /// The places that are changed by hand, and what each takes.
  private struct Recipe {
    let arithmetic: String
    let row: String
    let line: String

    init() throws {
      let page = try String(
        contentsOf: Repository.root.appending(path: "CONTRIBUTING.md"), encoding: .utf8)
      let section = try #require(
        page.firstMatch(
          of: #/\n## Add an element-wise operation\n(.*?)\n##\ /#.dotMatchesNewlines())
      ).1
      arithmetic = String(try #require(section.firstMatch(of: #/`(X\(\w+, .*?\))`\. The/#)).1)
      let indented = try #require(
        section.firstMatch(of: #/```swift\n(.*?) *```/#.dotMatchesNewlines())
      ).1
      row = indented.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.hasPrefix("   ") ? $0.dropFirst(3) : $0 }.joined(separator: "\n")
      line = String(try #require(section.firstMatch(of: #/`("\w+": \{ .*? \})`/#)).1)
    }
  }

  @Test func anElementwiseOperation() async throws {
    let recipe = try Recipe()
    // Beside what the tests build, so that it is compiled once.
    let folder = Repository.root.appending(path: ".build/recipe")
    try copyPackages(to: folder)

    let operations = "Packages/Tensors/Sources/Tensors/Operations/Functions.swift"
    let tests = "Packages/Tensors/Tests/TensorsTests"
    try edit("Packages/Devices/Sources/COperations/include/elementwise.h", in: folder) {
      $0.replacing("  X(exp, exp(x)) ", with: "  \(recipe.arithmetic) \\\n  X(exp, exp(x)) ")
    }
    try edit(operations, in: folder) { $0 + "\n" + recipe.row }
    try edit("\(tests)/OperationTable.swift", in: folder) {
      $0.replacing("  \"exp\":", with: "  \(recipe.line),\n  \"exp\":")
    }
    // What the script would ask PyTorch for.
    try edit("\(tests)/Golden/operations.json", in: folder) {
      $0.replacing("[\n{", with: "[\n\(try golden()),\n{", maxReplacements: 1)
    }

    let package = [
      "--package-path", folder.appending(path: "Packages/Tensors").path,
      "--scratch-path", folder.appending(path: "build").path,
    ]
    let build = try await run(
      command: ["swift", "build", "--build-tests"] + package, in: folder)
    try #require(build.status == 0, "\(build.output) \(build.errors)")
    #expect(!build.output.contains("warning: "))
    let result = try await run(
      command: ["swift", "test", "--skip-build", "--filter", "OperationTests"] + package,
      in: folder)
    #expect(result.status == 0, "\(result.output.suffix(4000))")
    #expect(result.output.contains("golden → sinc"), "the table has it")

    // Without its line of the tests, it is missed.
    try edit("\(tests)/Golden/operations.json", in: folder) {
      $0.replacing("\(try golden()),\n", with: "")
    }
    let rebuilt = try await run(
      command: ["swift", "build", "--build-tests"] + package, in: folder)
    try #require(rebuilt.status == 0, "\(rebuilt.errors)")
    let missed = try await run(
      command: ["swift", "test", "--skip-build", "--filter", "everyKernelIsInTheTable"] + package,
      in: folder)
    #expect(missed.status != 0 && missed.output.contains("sinc"))
  }

  /// A golden case of sin(πx) / (πx): what PyTorch says, worked out here.
  private func golden() throws -> String {
    let inputs = [0.25, 0.5, -1.25, 2.0, -0.1, 1.7]
    let cotangent = [1.0, -0.5, 2.0, 0.25, -1.5, 0.75]
    func value(_ x: Double) -> Double { sin(.pi * x) / (.pi * x) }
    func slope(_ x: Double) -> Double { (cos(.pi * x) - value(x)) / x }
    func tensor(_ values: [Double]) -> [String: Any] { ["shape": [2, 3], "values": values] }
    let json = try JSONSerialization.data(
      withJSONObject: [
        "name": "sinc", "inputs": [tensor(inputs)], "cotangent": tensor(cotangent),
        "output": tensor(inputs.map(value)),
        "gradients": [tensor(zip(inputs, cotangent).map { slope($0) * $1 })],
      ], options: .sortedKeys)
    return String(decoding: json, as: UTF8.self)
  }

  /// The packages that an operation touches, as they are here.
  private func copyPackages(to folder: URL) throws {
    let files = FileManager.default
    let packages = folder.appending(path: "Packages")
    try? files.removeItem(at: packages)
    try files.createDirectory(at: packages, withIntermediateDirectories: true)
    for name in ["Devices", "Graphs", "ReferenceDevice", "Support", "Tensors"] {
      let target = packages.appending(path: name)
      try files.createDirectory(at: target, withIntermediateDirectories: true)
      for part in ["Package.swift", "Sources", "Tests"] {
        let source = Repository.root.appending(path: "Packages/\(name)/\(part)")
        if files.fileExists(atPath: source.path) {
          try files.copyItem(at: source, to: target.appending(path: part))
        }
      }
    }
  }

  private func edit(
    _ path: String, in folder: URL, _ change: (String) throws -> String
  ) throws {
    let file = folder.appending(path: path)
    let text = try String(contentsOf: file, encoding: .utf8)
    let changed = try change(text)
    try #require(changed != text, "\(path) has a place for it")
    try Data(changed.utf8).write(to: file)
  }
}
