import Foundation
import Testing

@testable import TutorialCommand

/// Follows each chapter as a reader would: types its blocks, and nothing else, into a reader's
/// folder, and compares the output with the page; then does the exercises.
@Suite(.serialized) struct TutorialTests {
  static let chapters = (try? Chapter.all()) ?? []

  @Test func chaptersAreComplete() throws {
    #expect(Self.chapters.map(\.number) == Array(1...Self.chapters.count))
    for chapter in Self.chapters {
      let program = try String(
        contentsOf: chapter.folder.appending(path: "main.swift"), encoding: .utf8)
      #expect(chapter.page.program == program, "the page's blocks are the program")
      #expect(chapter.page.title.hasPrefix("\(chapter.number). "))
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
      #expect(page.contains("\(chapter.number). \(link)"))
    }
  }

  @Test(arguments: chapters.map(\.number))
  func thePageIsWhatTheReaderSees(number: Int) async throws {
    let chapter = try Chapter.numbered(number)
    let folder = try TemporaryFolder()
    try chapter.copyData(to: folder.url)
    let start = ContinuousClock.now
    let result = try await TypedReader.runProgram(chapter.name, in: folder.url)
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

  @Test(arguments: chapters.filter { !$0.page.simulated.isEmpty }.map(\.number))
  func theSimulatorDoesTheSame(number: Int) async throws {
    let chapter = try Chapter.numbered(number)
    let folder = try TemporaryFolder()
    let result = try await TypedReader.runProgram(
      chapter.name, in: folder.url, environment: ["FLAMBEAU_CUDA": "simulator"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(PageComparison.simulatedDifference(of: chapter.page, from: result.output) == nil)
  }

  @Test(arguments: chapters.filter { !$0.page.stops.isEmpty }.map(\.number))
  func whatStopsSaysWhy(number: Int) async throws {
    let chapter = try Chapter.numbered(number)
    try await TypedReader.expectStops(of: chapter.page, chapter.name)
  }

  @Test(arguments: chapters.map(\.number))
  func theSolutionsPass(number: Int) async throws {
    let reader = try await TypedReader.folder.value
    let chapter = try Chapter.numbered(number)
    for exercise in chapter.exercises {
      #expect(exercise.missing(in: exercise.solution).isEmpty)
      let result = try await TypedReader.runProgram(
        "\(chapter.name)Exercise\(exercise.number)", in: reader.url)
      #expect(
        result.status == 0 && !result.output.contains("✗"), "\(result.output) \(result.errors)")
      #expect(result.output.count { $0 == "✓" } >= 2, "it is checked")
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
