import Foundation
import Testing

/// Follows CONTRIBUTING.md's recipes in a copy: it builds, and the tables of tests pass.
@Suite struct RecipeTests {
  /// The code that a recipe adds.
  private struct Recipe {
    private let section: Substring
    /// The row and the method, or the class.
    let code: String
    /// The line in the table of tests.
    let line: String

    /// - Parameter title: title of the page's section.
    init(_ title: String) throws {
      let page = try String(
        contentsOf: Repository.root.appending(path: "CONTRIBUTING.md"), encoding: .utf8)
      let start = try #require(page.range(of: "\n## \(title)\n"))
      section = page[start.upperBound...].prefix(
        upTo: try #require(page[start.upperBound...].range(of: "\n## ")).lowerBound)
      let indented = try #require(
        section.firstMatch(of: #/```swift\n(.*?) *```/#.dotMatchesNewlines())
      ).1
      code = indented.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.hasPrefix("   ") ? $0.dropFirst(3) : $0 }.joined(separator: "\n")
      line = String(
        try #require(section.firstMatch(of: #/`("\w+": [^`]*\{ [^`]*? \})`/#)).1)
    }

    /// The first match of a pattern in the section.
    func text(_ pattern: Regex<(Substring, Substring)>) throws -> String {
      String(try #require(section.firstMatch(of: pattern)).1)
    }
  }

  @Test func whatThePageAddsBuildsAndIsTested() async throws {
    let copy = try CopiedPackages()
    let missingCases = try addOperations(to: copy) + addLayerAndOptimizer(to: copy)

    // Without golden cases, the suites fail.
    for (package, names) in [("Tensors", ["sinc", "asum"]), ("NN", ["celu", "adadelta"])] {
      try await copy.build(package)
      let result = try await copy.test(package, "IsInTheTable|theTableIsComplete")
      #expect(result.status != 0 && names.allSatisfy { result.output.contains("\"\($0)\"") })
    }
    for add in missingCases { try add() }
    for (package, tests, names) in [
      ("Tensors", "OperationTests", ["golden → sinc", "golden → asum"]),
      (
        "NN", "LayerTests|optimizersFollowPyTorch|theTableIsComplete",
        ["golden → celu", "name → \"adadelta\""]
      ),
    ] {
      try await copy.build(package)
      let result = try await copy.test(package, tests)
      #expect(result.status == 0, "\(result.output.suffix(4000))")
      #expect(names.allSatisfy(result.output.contains))
    }
  }

  /// - Returns: functions that add the golden cases.
  private func addOperations(to copy: CopiedPackages) throws -> [() throws -> Void] {
    let function = try Recipe("Add an element-wise operation")
    let reduction = try Recipe("Add a reduction")
    for (recipe, file, next) in [
      (function, "elementwise.h", "X(sin, sin(x)) "), (reduction, "reductions.h", "X(sum, x, "),
    ] {
      let line = try recipe.text(#/`(X\(\w+, .*?\))`\.\sThe/#)
      try copy.edit("Devices/Sources/COperations/include/\(file)") {
        $0.replacing("  \(next)", with: "  \(line) \\\n  \(next)")
      }
    }
    let operations = "Tensors/Sources/Tensors/Operations"
    try copy.edit("\(operations)/Functions.swift") { $0 + "\n" + function.code }
    try copy.edit("\(operations)/Reductions.swift") { $0 + "\n" + reduction.code }
    let tests = "Tensors/Tests/TensorsTests"
    try copy.edit("\(tests)/OperationTable.swift") {
      $0.replacing(
        "  \"exp\":", with: "  \(function.line),\n  \(reduction.line),\n  \"exp\":")
    }
    // The cases that the script would get from PyTorch.
    let cases = "\(try sincCase()),\n\(try asumCase())"
    return [
      {
        try copy.edit("\(tests)/Golden/operations.json") {
          $0.replacing("[\n{", with: "[\n\(cases),\n{", maxReplacements: 1)
        }
      }
    ]
  }

  /// - Returns: functions that add the golden cases.
  private func addLayerAndOptimizer(to copy: CopiedPackages) throws -> [() throws -> Void] {
    let (layer, optimizer) = (try Recipe("Add a layer"), try Recipe("Add an optimizer"))
    try copy.edit("NN/Sources/NN/Layers/Activations.swift") { $0 + "\n" + layer.code }
    let maker = try layer.text(#/`(\.init\(\w+\.init\(arguments:\)\))`/#)
    try copy.edit("NN/Sources/NN/Structure/LibraryModules.swift") {
      $0.replacing("= [\n", with: "= [\n  \(maker),\n")
    }
    try copy.edit("NN/Sources/NN/Optimizers/Optimizers.swift") { $0 + "\n" + optimizer.code }
    for (recipe, table) in [(layer, "LayerTable"), (optimizer, "OptimizerTable")] {
      try copy.edit("NN/Tests/NNTests/\(table).swift") {
        $0.replacing("Case] = [\n", with: "Case] = [\n  \(recipe.line),\n")
      }
    }
    func golden(_ kind: String) throws -> String {
      try String(
        contentsOf: Repository.root.appending(
          path: "Tests/RepositoryTests/Golden/recipe.\(kind).json"), encoding: .utf8)
    }
    let (celu, adadelta) = (try golden("layer"), try golden("optimizer"))
    return [
      {
        try copy.edit("NN/Tests/NNTests/Golden/layers.json") {
          $0.replacing("[\n{", with: "[\n\(celu),\n{", maxReplacements: 1)
        }
      },
      {
        try copy.edit("NN/Tests/NNTests/Golden/training.json") {
          $0.replacing("{\n\"", with: "{\n\"adadelta\": \(adadelta),\n\"", maxReplacements: 1)
        }
      },
    ]
  }

  private let inputs = [0.25, 0.5, -1.25, 2.0, -0.1, 1.7]
  private let cotangent = [1.0, -0.5, 2.0, 0.25, -1.5, 0.75]

  /// A golden case of sin(πx) / (πx), computed here.
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
}

/// A copy of all packages, in which .ci/run then tests each alone.
private struct CopiedPackages {
  private let folder = Repository.root.appending(path: ".build/recipe")

  init() throws {
    let files = FileManager.default
    let packages = folder.appending(path: "Packages")
    try? files.removeItem(at: packages)
    for name in try files.contentsOfDirectory(
      atPath: Repository.root.appending(path: "Packages").path)
    {
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

  func edit(_ path: String, _ change: (String) throws -> String) throws {
    let file = folder.appending(path: "Packages/\(path)")
    let text = try String(contentsOf: file, encoding: .utf8)
    let changed = try change(text)
    try #require(changed != text, "\(path) has a place for it")
    try Data(changed.utf8).write(to: file)
  }

  /// Builds a package with its tests, without warnings.
  func build(_ package: String) async throws {
    let result = try await swift(package, "build", "--build-tests")
    try #require(result.status == 0, "\(result.output) \(result.errors)")
    #expect(!result.output.contains("warning: "))
  }

  func test(_ package: String, _ filter: String) async throws -> ProcessResult {
    try await swift(package, "test", "--skip-build", "--filter", filter)
  }

  private func swift(_ package: String, _ command: String...) async throws -> ProcessResult {
    try await run(
      command: ["swift"] + command + [
        "--package-path", folder.appending(path: "Packages/\(package)").path,
        "--scratch-path", folder.appending(path: "build").path,
        "--explicit-target-dependency-import-check", "error",
      ], in: folder)
  }
}
