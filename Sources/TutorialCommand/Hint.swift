import ArgumentParser
import Foundation

/// Gives the hints for a step one by one.
struct Hint: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Give the next hint for a step; each says more than the one before it.")

  @Argument(help: "The chapter, such as B1.")
  var chapter: ChapterNumber

  @Argument(help: "The step.")
  var step: Int

  @Argument(help: "Your folder; by default flambeau-tutorial, beside the repository.")
  var folder: String?

  func run() throws {
    let chapter = try Chapter.numbered(chapter)
    let reader = try ReaderFolder(path: folder)
    guard reader.has(chapter) else { throw TutorialError.notBegun(chapter, folder: reader.url) }
    let exercises = chapter.exercises
    guard let exercise = exercises.first(where: { $0.number == step }) else {
      throw TutorialError.noStep(step, chapter, last: exercises.count)
    }
    var given = GivenHints(reader)
    let count = given[chapter, exercise]
    let screen = Screen()
    guard count < exercise.hints.count else {
      print(
        screen.text(
          count == 0
            ? "There are no hints for it." : "There are no more hints; the page has the solution."))
      print(chapter.folder.appending(path: "README.md").path)
      return
    }
    print(screen.bold("Hint \(count + 1) of \(exercise.hints.count)"))
    for part in MarkdownPage(exercise.hints[count]).parts {
      switch part {
      case .text(let text): print(screen.text(text))
      case .block(let block): print("\n" + block.text.indented)
      }
    }
    given[chapter, exercise] = count + 1
    try given.save()
  }
}

/// How many hints a reader was given for each step, in a file of the reader's folder.
struct GivenHints {
  private var counts: [String: Int]
  private let file: URL

  /// Those that were given in a folder; none if its file can't be read.
  init(_ reader: ReaderFolder) {
    file = reader.url.appending(path: ".hints.json")
    counts =
      (try? JSONDecoder().decode([String: Int].self, from: Data(contentsOf: file))) ?? [:]
  }

  subscript(chapter: Chapter, exercise: Exercise) -> Int {
    get { counts["\(chapter.id).\(exercise.number)"] ?? 0 }
    set { counts["\(chapter.id).\(exercise.number)"] = newValue }
  }

  func save() throws { try JSONEncoder().encode(counts).write(to: file, options: .atomic) }
}
