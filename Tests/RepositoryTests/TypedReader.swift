import Foundation
import Testing

@testable import TutorialCommand

/// A reader's folder with all code of all pages: chapters, solutions, `swift stops` blocks,
/// articles, examples, and snippets in comments; built in release. It is kept between runs of the
/// tests.
enum TypedReader {
  private static let url = Repository.root.appending(path: ".build/reader")

  static let folder = Task {
    let reader = try ReaderFolder(url)
    // Those of an earlier run would stop this build.
    try? FileManager.default.removeItem(at: url.appending(path: "Programs/\(mistakes)"))
    var programs: [String: [String: String]] = [:]
    for stage in try BuiltStage.all() {
      programs[stage.name] = stage.files
      if !stage.cFiles.isEmpty { programs[stage.cName] = stage.cFiles }
    }
    try reader.add(Library(upTo: .max))
    for chapter in try Chapter.ofAllTracks() {
      try reader.add(chapter)
      try reader.write(chapter.page.program + chapter.claims, to: reader.program(chapter))
      if !chapter.claims.isEmpty {
        try reader.write(
          try String(
            contentsOf: Chapter.tutorials.appending(path: "Checks/Checks.swift"), encoding: .utf8),
          to: reader.program(chapter).deletingLastPathComponent().appending(path: "Checks.swift"))
      }
      for exercise in chapter.exercises where exercise.kind == .exercise {
        try reader.write(exercise.solution, to: reader.file(exercise, of: chapter))
      }
      programs.merge(stops(of: chapter.page, chapter.name)) { $1 }
    }
    for article in try Article.all() where !article.page.program.isEmpty {
      programs[article.name] = ["main.swift": article.program]
      programs.merge(stops(of: article.page, article.name)) { $1 }
    }
    for example in ExamplesTests.names {
      let program = ExamplesTests.folder.appending(path: "\(example)/main.swift")
      programs["Example\(example)"] = [
        "main.swift": try String(contentsOf: program, encoding: .utf8)
      ]
    }
    programs["Snippets"] = ["main.swift": Snippet.program(of: try Snippet.all())]
    try reader.addPrograms(programs)

    let result = try await run(command: build, in: reader.url)
    try #require(result.status == 0, "\(result.output) \(result.errors)")
    return reader
  }

  private static let build = ["swift", "build", "-c", "release", "--disable-dependency-cache"]

  private static let mistakes = "Mistakes"

  /// The compiler's errors for an invalid program, by line.
  static func errors(of program: String) async throws -> [Int: [String]] {
    let reader = try await folder.value
    try reader.addProgram(mistakes, ["main.swift": program])
    let result = try await run(command: build + ["--product", mistakes], in: reader.url)
    return Dictionary(
      grouping: result.output.matches(of: #/main\.swift:(\d+):\d+: error: (.*)/#)
    ) { Int($0.1)! }.mapValues { $0.map { String($0.2) } }
  }

  private static func stops(
    of page: MarkdownPage, _ name: String
  ) -> [String: [String: String]] {
    var programs: [String: [String: String]] = [:]
    for (index, stop) in page.stops.enumerated() {
      programs["\(name)Stop\(index + 1)"] = ["main.swift": page.imports + stop.code]
    }
    return programs
  }

  /// Runs a program of the reader's folder in another folder.
  static func runProgram(
    _ name: String, _ arguments: [String] = [], in folder: URL,
    environment: [String: String] = [:]
  ) async throws -> ProcessResult {
    _ = try await Self.folder.value
    return try await run(
      url.appending(path: ".build/release/\(name)"), arguments, in: folder, environment: environment
    )
  }

  /// Runs the program of a chapter, and compares its output and pictures with the page, and the
  /// claims with what they say.
  static func expectPage(of chapter: Chapter) async throws {
    let folder = try TemporaryFolder()
    try chapter.copyData(to: folder.url)
    let start = ContinuousClock.now
    let result = try await runProgram(chapter.name, in: folder.url)
    print("\(chapter.name) took \(ContinuousClock.now - start)")
    #expect(result.status == 0, "\(result.errors)")
    let parts = result.output.split(
      separator: "\(Chapter.claimsLine)\n", maxSplits: 1, omittingEmptySubsequences: false)
    let difference = PageComparison.difference(of: chapter.page, from: String(parts[0]))
    #expect(difference == nil)
    if !chapter.claims.isEmpty {
      try #require(parts.count == 2)
      let claims = parts[1].split(separator: "\n")
      #expect(!claims.isEmpty)
      for claim in claims { #expect(claim.hasPrefix("✓"), "\(chapter.name): \(claim)") }
    }

    for picture in chapter.page.pictures {
      let difference = try PageComparison.difference(
        of: picture, shown: chapter.folder.appending(path: picture.path),
        from: folder.url.appending(path: picture.name))
      #expect(difference == nil, "\(picture.name) has changed")
    }
    let drawn = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
      .filter { $0.hasSuffix(".svg") || $0.hasSuffix(".png") }
    #expect(Set(drawn).isSubset(of: chapter.page.pictures.map(\.name)))
  }

  /// Runs a program that checks a solution, and expects that all that it checks holds.
  static func expectCheckPasses(_ name: String) async throws {
    let result = try await runProgram(name, in: url)
    #expect(
      result.status == 0 && !result.output.contains("✗"),
      "\(name): \(result.output) \(result.errors)")
    #expect(result.output.count { $0 == "✓" } >= 2, "it is checked")
  }

  /// Runs each `swift stops` block of a page, and compares the messages.
  static func expectStops(of page: MarkdownPage, _ name: String) async throws {
    let folder = try TemporaryFolder()
    for (index, stop) in page.stops.enumerated() {
      let result = try await runProgram("\(name)Stop\(index + 1)", in: folder.url)
      #expect(result.status != 0, "\(stop.code)")
      #expect(!stop.message.isEmpty)
      #expect(result.errors.contains("Fatal error: \(stop.message)"), "\(result.errors)")
    }
  }
}

extension Chapter {
  /// The line of the output after which claims are checked.
  static let claimsLine = "What the page says:"

  /// Statements that check what the page says in words, with the names of its program, from
  /// Checks/Claims.swift.
  var claims: String {
    let file = folder.appending(path: "Checks/Claims.swift")
    let text = try? String(contentsOf: file, encoding: .utf8)
    return text.map { "\nprint(\"\(Self.claimsLine)\")\ndo {\n\($0)}\n" } ?? ""
  }
}

/// An article of the documentation.
struct Article {
  let name: String
  let page: MarkdownPage

  /// All articles, in all catalogs.
  static func all() throws -> [Article] {
    let root = Repository.root
    return try ["Sources", "Packages"].flatMap { top -> [Article] in
      let enumerator = FileManager.default.enumerator(
        at: root.appending(path: top), includingPropertiesForKeys: nil,
        options: .skipsHiddenFiles)
      let files = (enumerator?.allObjects as? [URL] ?? []).filter {
        $0.pathExtension == "md" && $0.path.contains(".docc/") && !$0.path.contains("/checkouts/")
      }
      return try files.map {
        Article(
          name: "Page" + $0.deletingPathExtension().lastPathComponent,
          page: try MarkdownPage(contentsOf: $0))
      }
    }.sorted { $0.name < $1.name }
  }

  /// The cells of the tables' rows that begin with code.
  var cells: [[String]] {
    page.parts.flatMap { part -> [[String]] in
      guard case .text(let text) = part else { return [] }
      return text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
        line.split(separator: " | ").map {
          $0.trimmingCharacters(in: CharacterSet(charactersIn: "|` "))
        }
      }
    }
  }

  /// The Swift code in the last column of the tables.
  var rows: [String] { cells.compactMap(\.last) }

  /// The blocks, and then the rows of the tables, each in a scope of its own.
  var program: String {
    page.program
      + rows.map { "do {\n  \($0.replacing("; ", with: "\n  "))\n}\n" }.joined()
      + (rows.isEmpty ? "" : "print(\"\(rows.count) rows\")\n")
  }
}
