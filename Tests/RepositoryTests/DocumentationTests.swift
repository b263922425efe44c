import Foundation
import Testing

@testable import TutorialCommand

/// Runs the code in the documentation's articles.
@Suite struct DocumentationTests {
  static let articles = (try? Article.all()) ?? []

  @Test func everyLibraryHasAnArticle() throws {
    let names = Set(Self.articles.map(\.name))
    let packages = Repository.root.appending(path: "Packages")
    for package in try FileManager.default.contentsOfDirectory(atPath: packages.path) {
      #expect(names.contains("Page\(package)"))
    }
    for name in [
      "Flambeau", "FromPyTorch", "FromNumPy", "Autograd", "Troubleshooting",
      "WhatTheCompilerSays",
    ] {
      #expect(names.contains("Page\(name)"))
    }
  }

  @Test(arguments: articles.filter { !$0.page.program.isEmpty }.map(\.name))
  func theArticleIsWhatOneSees(name: String) async throws {
    let article = try #require(Self.articles.first { $0.name == name })
    let folder = try TemporaryFolder()
    let result = try await TypedReader.runProgram(name, in: folder.url)
    #expect(result.status == 0, "\(result.errors)")
    // Rows of tables may print something; the last line shows that all were run.
    var output = result.output
    if !article.rows.isEmpty {
      #expect(article.rows.count > 30)
      #expect(output.hasSuffix("\(article.rows.count) rows\n"))
      output = String(output.prefix(article.page.output.count))
    }
    #expect(PageComparison.difference(of: article.page, from: output) == nil)
    try await TypedReader.expectStops(of: article.page, name)
  }

  /// The left column of a table is compiled, and the compiler's message for each line is in the
  /// middle one.
  @Test func theCompilerSaysWhatThePageSays() async throws {
    let article = try #require(Self.articles.first { $0.name == "PageWhatTheCompilerSays" })
    let start = article.page.program
    let mistakes = article.cells.map { (code: $0[0], message: $0[1]) }
    let program = start + mistakes.map { "do { \($0.code) }\n" }.joined()
    let errors = try await TypedReader.errors(of: program)
    let first = start.split(separator: "\n", omittingEmptySubsequences: false).count
    for (index, mistake) in mistakes.enumerated() {
      let said = errors[first + index] ?? []
      #expect(said.contains { $0.hasSuffix(mistake.message) }, "\(mistake.code): \(said)")
    }
  }

  @Test func piecesOfCodeInCommentsCompile() async throws {
    let folder = try TemporaryFolder()
    let result = try await TypedReader.runProgram("Snippets", in: folder.url)
    let count = try Snippet.all().count
    #expect(count > 40)
    #expect(result.output == "\(count) pieces of code\n")
  }
}
