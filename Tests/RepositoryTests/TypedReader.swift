import Foundation
import Testing

@testable import TutorialCommand

/// A reader's folder in which everything has been typed that any page shows: chapters, solutions, what stops,
/// articles, and the pieces of code in comments; built in release. It stays from one run of the tests to the
/// next.
enum TypedReader {
  static let folder = Task {
    let reader = try ReaderFolder(Repository.root.appending(path: ".build/reader"))
    for chapter in try Chapter.all() {
      try reader.add(chapter)
      try reader.write(chapter.page.program, to: reader.program(chapter))
      for exercise in chapter.exercises {
        try reader.write(exercise.solution, to: reader.file(exercise, of: chapter))
      }
      try addStops(of: chapter.page, chapter.name, to: reader)
    }
    for article in try Article.all() where !article.page.program.isEmpty {
      try reader.addProgram(article.name, ["main.swift": article.program])
      try addStops(of: article.page, article.name, to: reader)
    }
    try reader.addProgram("Snippets", ["main.swift": Snippet.program(of: try Snippet.all())])

    let build = try await run(
      command: ["swift", "build", "-c", "release", "--disable-dependency-cache"], in: reader.url)
    try #require(build.status == 0, "\(build.output) \(build.errors)")
    return reader
  }

  private static func addStops(
    of page: MarkdownPage, _ name: String, to reader: ReaderFolder
  ) throws {
    for (index, stop) in page.stops.enumerated() {
      try reader.addProgram(
        "\(name)Stop\(index + 1)", ["main.swift": page.imports + stop.code])
    }
  }

  /// Runs a program of the folder, in a folder.
  static func runProgram(
    _ name: String, in folder: URL, environment: [String: String] = [:]
  ) async throws -> ProcessResult {
    let reader = try await Self.folder.value
    return try await run(
      reader.url.appending(path: ".build/release/\(name)"), in: folder, environment: environment)
  }

  /// Runs each piece of code that a page says will stop, and compares the messages.
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

  /// The pieces of Swift in the second column of its tables.
  var rows: [String] {
    page.parts.flatMap { part -> [String] in
      guard case .text(let text) = part else { return [] }
      return text.split(separator: "\n").compactMap { line in
        guard line.hasPrefix("| `"), let cell = line.split(separator: " | ").last else {
          return nil
        }
        return cell.trimmingCharacters(in: CharacterSet(charactersIn: "|` "))
      }
    }
  }

  /// Its blocks, and then the rows of its tables, each in a scope of its own.
  var program: String {
    page.program
      + rows.map { "do {\n  \($0.replacing("; ", with: "\n  "))\n}\n" }.joined()
      + (rows.isEmpty ? "" : "print(\"\(rows.count) rows\")\n")
  }
}
