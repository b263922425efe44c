import Foundation
import Testing

/// What CONTRIBUTING.md says of adding things, done to a copy: it builds, and the tables of tests take it in.
@Suite struct RecipeTests {
  /// The places that are changed by hand, and what each takes.
  private struct Recipe {
    let arithmetic: String
    let row: String
    let line: String

    /// - Parameter title: the section of the page.
    init(_ title: String) throws {
      let page = try String(
        contentsOf: Repository.root.appending(path: "CONTRIBUTING.md"), encoding: .utf8)
      let start = try #require(page.range(of: "\n## \(title)\n"))
      let section = page[start.upperBound...].prefix(
        upTo: try #require(page[start.upperBound...].range(of: "\n## ")).lowerBound)
      arithmetic = String(try #require(section.firstMatch(of: #/`(X\(\w+, .*?\))`\.\sThe/#)).1)
      let indented = try #require(
        section.firstMatch(of: #/```swift\n(.*?) *```/#.dotMatchesNewlines())
      ).1
      row = indented.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.hasPrefix("   ") ? $0.dropFirst(3) : $0 }.joined(separator: "\n")
      line = String(try #require(section.firstMatch(of: #/`("\w+": \{ .*? \})`/#)).1)
    }
  }

  @Test func operationsAreAddedAsThePageSays() async throws {
    let (function, reduction) = (
      try Recipe("Add an element-wise operation"), try Recipe("Add a reduction")
    )
    let folder = Repository.root.appending(path: ".build/recipe")
    try copyPackages(to: folder)

    let arithmetic = "Packages/Devices/Sources/COperations/include"
    let operations = "Packages/Tensors/Sources/Tensors/Operations"
    let tests = "Packages/Tensors/Tests/TensorsTests"
    try edit("\(arithmetic)/elementwise.h", in: folder) {
      $0.replacing("  X(exp, exp(x)) ", with: "  \(function.arithmetic) \\\n  X(exp, exp(x)) ")
    }
    try edit("\(arithmetic)/reductions.h", in: folder) {
      $0.replacing("  X(sum, x, ", with: "  \(reduction.arithmetic) \\\n  X(sum, x, ")
    }
    try edit("\(operations)/Functions.swift", in: folder) { $0 + "\n" + function.row }
    try edit("\(operations)/Reductions.swift", in: folder) { $0 + "\n" + reduction.row }
    try edit("\(tests)/OperationTable.swift", in: folder) {
      $0.replacing(
        "  \"exp\":", with: "  \(function.line),\n  \(reduction.line),\n  \"exp\":")
    }
    // What the script would ask PyTorch for.
    let (sinc, asum) = (try sincCase(), try asumCase())
    try edit("\(tests)/Golden/operations.json", in: folder) {
      $0.replacing("[\n{", with: "[\n\(sinc),\n\(asum),\n{", maxReplacements: 1)
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
    #expect(result.output.contains("golden → sinc") && result.output.contains("golden → asum"))

    // Without their golden values, they are missed.
    try edit("\(tests)/Golden/operations.json", in: folder) {
      $0.replacing("\(sinc),\n\(asum),\n", with: "")
    }
    let rebuilt = try await run(
      command: ["swift", "build", "--build-tests"] + package, in: folder)
    try #require(rebuilt.status == 0, "\(rebuilt.errors)")
    let missed = try await run(
      command: ["swift", "test", "--skip-build", "--filter", "IsInTheTable"] + package, in: folder)
    #expect(missed.status != 0)
    #expect(missed.output.contains("\"sinc\"") && missed.output.contains("\"asum\""))
  }

  private let inputs = [0.25, 0.5, -1.25, 2.0, -0.1, 1.7]
  private let cotangent = [1.0, -0.5, 2.0, 0.25, -1.5, 0.75]

  /// A golden case of sin(πx) / (πx), worked out here.
  private func sincCase() throws -> String {
    func value(_ x: Double) -> Double { sin(.pi * x) / (.pi * x) }
    func slope(_ x: Double) -> Double { (cos(.pi * x) - value(x)) / x }
    return try json(
      "sinc", [2, 3], inputs.map(value), cotangent,
      gradient: zip(inputs, cotangent).map { slope($0) * $1 })
  }

  /// A golden case of Σ|x| over the rows of two.
  private func asumCase() throws -> String {
    let sums = [inputs[..<3], inputs[3...]].map { $0.reduce(0) { $0 + abs($1) } }
    return try json(
      "asum", [2], sums, [2, -3],
      gradient: inputs.enumerated().map { ($1 < 0 ? -1 : 1) * ($0 < 3 ? 2 : -3) })
  }

  private func json(
    _ name: String, _ shape: [Int], _ output: [Double], _ cotangent: [Double],
    gradient: [Double]
  ) throws -> String {
    func tensor(_ values: [Double], _ shape: [Int] = [2, 3]) -> [String: Any] {
      ["shape": shape, "values": values]
    }
    let json = try JSONSerialization.data(
      withJSONObject: [
        "name": name, "inputs": [tensor(inputs)], "cotangent": tensor(cotangent, shape),
        "output": tensor(output, shape), "gradients": [tensor(gradient)],
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
