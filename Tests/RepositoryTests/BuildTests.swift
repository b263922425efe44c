import Foundation
import Testing

@testable import TutorialCommand

/// Follows the chapters in which the reader builds a library: after each step its check passes, and
/// it fails for each mistake that it is meant to find.
@Suite(.serialized) struct BuildTests {
  static let chapters = (try? Chapter.all(.build)) ?? []
  static let stages = (try? BuiltStage.all()) ?? []

  @Test func mistakesCanBeMade() throws { #expect(try BuiltStage.all().count > 60) }

  @Test func chaptersAreComplete() throws {
    #expect(Self.chapters.map(\.id.number) == Array(1...Self.chapters.count))
    let readme = try String(
      contentsOf: Repository.root.appending(path: "README.md"), encoding: .utf8)
    for chapter in Self.chapters {
      let link = "Tutorials/Build/\(chapter.folder.lastPathComponent)/README.md"
      #expect(readme.contains("\(chapter.id). [\(chapter.title)](\(link))"))
      #expect(chapter.page.title.hasPrefix("\(chapter.id). "))
      #expect(chapter.page.title == "\(chapter.id). \(chapter.title)")
      let steps = chapter.exercises
      #expect(steps.map(\.number) == Array(1...steps.count))
      #expect(chapter.files(in: "Checks").count == steps.count, "\(chapter.name)")
      for step in steps {
        #expect(step.kind == .step)
        #expect(step.hints.count >= 2, "\(chapter.id).\(step.number)")
        #expect(!step.signature.isEmpty && !step.solutions.isEmpty)
        #expect(step.solutions.allSatisfy { $0.file != nil }, "\(chapter.id).\(step.number)")
        #expect(step.missing(in: step.solution).isEmpty, "\(chapter.id).\(step.number)")
      }
      let shown = Set(chapter.page.pictures.map(\.path))
      let kept = chapter.files(in: "Pictures").map { "Pictures/\($0.lastPathComponent)" }
      #expect(shown == Set(kept), "\(chapter.name)")
    }
  }

  @Test(arguments: chapters.map(\.id.number))
  func thePageIsWhatTheReaderSees(number: Int) async throws {
    try await TypedReader.expectPage(of: Chapter.numbered(.init(.build, number)))
  }

  /// All checks still pass once the library is complete.
  @Test(arguments: chapters.map(\.id.number))
  func theLibraryPasses(number: Int) async throws {
    let chapter = try Chapter.numbered(.init(.build, number))
    for step in chapter.exercises {
      try await TypedReader.expectCheckPasses("\(chapter.name)\(step.name)")
    }
  }

  @Test(arguments: stages.filter { $0.mistake == nil }.map(\.name))
  func afterEachStepItsCheckPasses(stage: String) async throws {
    try await TypedReader.expectCheckPasses(stage)
  }

  @Test(arguments: stages.filter { $0.mistake != nil })
  func checksFindMistakes(stage: BuiltStage) async throws {
    let reader = try await TypedReader.folder.value
    let result = try await TypedReader.runProgram(stage.name, in: reader.url)
    #expect(
      result.status != 0 || result.output.contains("✗"), "\(stage.name): \(stage.mistake ?? "")")
  }

  /// What the pages quote from Flambeau's sources is there.
  @Test func quotationsAreTrue() throws {
    var count = 0
    for chapter in Self.chapters {
      for block in chapter.page.blocks {
        guard let match = block.language.wholeMatch(of: #/(?:swift|c) from (\S+)/#) else {
          continue
        }
        let source = try String(
          contentsOf: Repository.root.appending(path: String(match.1)), encoding: .utf8)
        for piece in block.text.components(separatedBy: "…\n") {
          #expect(source.contains(piece), "\(chapter.id): \(match.1) has no \(piece)")
          count += 1
        }
      }
    }
    #expect(count >= Self.chapters.count)
  }
}

/// The reader's library after a step, perhaps with a mistake, and the step's check, as one program.
struct BuiltStage: CustomTestStringConvertible {
  let name: String
  /// What was replaced by what.
  let mistake: String?
  let files: [String: String]
  /// Those of the library's module in C, if there is one yet.
  let cFiles: [String: String]

  /// The name of the module in C.
  var cName: String { "C\(name)" }

  var testDescription: String { mistake.map { "\(name): \($0)" } ?? name }

  /// What a line of a check begins with that names a mistake which it must find.
  static let mistakeMark = "// Must fail with: "

  /// A mistake that cannot be made, since the code that it would change is nowhere.
  struct NoSuchCode: Error, CustomStringConvertible { let description: String }

  /// Those of all steps. The first lines of a check name mistakes that it must find:
  /// `// Must fail with: a + b → a - b`.
  static func all() throws -> [BuiltStage] {
    var library = Library()
    var stages: [BuiltStage] = []
    for chapter in try Chapter.all(.build) {
      for step in chapter.exercises {
        library.apply(step)
        let check = try String(contentsOf: step.check, encoding: .utf8)
        let name = "\(chapter.id)\(step.name)"
        stages.append(BuiltStage(name, library, check))
        for line in check.split(separator: "\n") where line.hasPrefix(mistakeMark) {
          let parts = line.dropFirst(mistakeMark.count).split(separator: " →", maxSplits: 1)
          let (old, new) = (text(parts[0]), text(parts.dropFirst().first?.dropFirst() ?? ""))
          guard library.files.values.contains(where: { $0.contains(old) }) else {
            throw NoSuchCode(description: "\(name): \(old)")
          }
          let number = stages.count { $0.name.hasPrefix("\(name)Mistake") } + 1
          stages.append(
            BuiltStage(
              "\(name)Mistake\(number)", library, check,
              mistake: String(line.dropFirst(mistakeMark.count)), replacing: old, with: new))
        }
      }
    }
    return stages
  }

  private static func text(_ line: Substring) -> String {
    String(line).replacing("\\n", with: "\n")
  }

  private init(
    _ name: String, _ library: Library, _ check: String, mistake: String? = nil,
    replacing old: String = "", with new: String = ""
  ) {
    self.name = name
    self.mistake = mistake
    func files(of module: String) -> [String: String] {
      var files: [String: String] = [:]
      for (path, text) in library.files where path.hasPrefix("\(module)/") {
        files[String(path.dropFirst(module.count + 1))] =
          (old.isEmpty ? text : text.replacing(old, with: new))
          .replacing("import \(Library.cName)\n", with: "import C\(name)\n")
      }
      return files
    }
    cFiles = files(of: Library.cName)
    var files = files(of: Library.name)
    files["main.swift"] = check.replacing("import \(Library.name)\n", with: "")
      .replacing("import \(Library.cName)\n", with: "import C\(name)\n")
      .replacing("\(Library.name).", with: "\(name).")
    self.files = files
  }
}
