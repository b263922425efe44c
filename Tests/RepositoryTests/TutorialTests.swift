import Foundation
import Testing

@testable import TutorialCommand

/// Follows each chapter as a reader would: types its blocks, and nothing else, into a reader's
/// folder, and compares the output with the page; then does the exercises.
@Suite(.serialized) struct TutorialTests {
  static let chapters = (try? Chapter.all()) ?? []

  @Test func chaptersAreComplete() throws {
    #expect(Self.chapters.map(\.id.number) == Array(1...Self.chapters.count))
    for chapter in Self.chapters {
      let program = try String(
        contentsOf: chapter.folder.appending(path: "main.swift"), encoding: .utf8)
      #expect(chapter.page.program == program, "the page's blocks are the program")
      #expect(chapter.page.title.hasPrefix("\(chapter.id). "))
      #expect(!chapter.page.output.isEmpty, "the page says what one sees")
      #expect(!chapter.page.pictures.isEmpty, "\(chapter.name) shows a picture")
      #expect(chapter.exercises.count == 3, "\(chapter.name)")
      #expect(chapter.exercises.allSatisfy { !$0.names.isEmpty && !$0.title.isEmpty })
      let checks = chapter.files(in: "Checks").count { $0.lastPathComponent != "Claims.swift" }
      #expect(checks == chapter.exercises.count, "\(chapter.name)")
      let shown = Set(chapter.page.pictures.map(\.path))
      let kept = chapter.files(in: "Pictures").map { "Pictures/\($0.lastPathComponent)" }
      #expect(shown == Set(kept), "\(chapter.name)")
    }
  }

  @Test func chaptersAreListed() async throws {
    let result = try await run(Repository.program("TutorialCommand"), in: Repository.root)
    #expect(result.status == 0)
    for chapter in Self.chapters { #expect(result.output.contains(chapter.title)) }
    let page = try String(
      contentsOf: Repository.root.appending(path: "README.md"), encoding: .utf8)
    for chapter in Self.chapters {
      let link = "[\(chapter.title)](Tutorials/\(chapter.folder.lastPathComponent)/README.md)"
      #expect(page.contains("\(chapter.id). \(link)"))
    }
  }

  /// Words lead to their entries in the glossary, which lead to chapters.
  @Test func theGlossaryHasTheWords() throws {
    let text = try String(
      contentsOf: Chapter.tutorials.appending(path: "Glossary.md"), encoding: .utf8)
    let entries = text.matches(of: #/(?m)^### (.+)$/#).map {
      $0.1.lowercased().replacing(" ", with: "-")
    }
    #expect(entries == entries.sorted() && entries.count > 30)
    for match in text.matches(of: #/\((\d\d-[^)]*)\)/#) {
      let page = Chapter.tutorials.appending(path: String(match.1))
      #expect(FileManager.default.fileExists(atPath: page.path), "\(match.1)")
    }
    let links = Self.chapters.flatMap { chapter in
      chapter.page.markdown.matches(of: #/Glossary\.md#([\w-]+)\)/#).map { String($0.1) }
    }
    #expect(links.count > 15)
    for link in links { #expect(entries.contains(link), "\(link)") }
  }

  @Test(arguments: chapters.map(\.id.number))
  func thePageIsWhatTheReaderSees(number: Int) async throws {
    try await TypedReader.expectPage(of: Chapter.numbered(.init(.use, number)))
  }

  @Test(arguments: chapters.filter { !$0.page.simulated.isEmpty }.map(\.id.number))
  func theSimulatorDoesTheSame(number: Int) async throws {
    let chapter = try Chapter.numbered(.init(.use, number))
    let folder = try TemporaryFolder()
    let result = try await TypedReader.runProgram(
      chapter.name, in: folder.url, environment: ["FLAMBEAU_CUDA": "simulator"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(PageComparison.simulatedDifference(of: chapter.page, from: result.output) == nil)
  }

  @Test(arguments: chapters.filter { !$0.page.stops.isEmpty }.map(\.id.number))
  func whatStopsSaysWhy(number: Int) async throws {
    let chapter = try Chapter.numbered(.init(.use, number))
    try await TypedReader.expectStops(of: chapter.page, chapter.name)
  }

  @Test(arguments: chapters.map(\.id.number))
  func theSolutionsPass(number: Int) async throws {
    let chapter = try Chapter.numbered(.init(.use, number))
    for exercise in chapter.exercises {
      #expect(exercise.missing(in: exercise.solution).isEmpty)
      try await TypedReader.expectCheckPasses("\(chapter.name)\(exercise.name)")
    }
  }

  @Test func theCommandChecksSolutions() async throws {
    let reader = try await TypedReader.folder.value
    let result = try await run(
      Repository.program("TutorialCommand"), ["check", "2", reader.url.path], in: Repository.root)
    #expect(result.status == 0, "\(result.output) \(result.errors)")
    #expect(result.output.contains("All 3 exercises are done."))
  }
}
