import Foundation

/// The small library that the reader of the track "build" writes, as the solutions of its steps
/// make it.
struct Library {
  /// The name of its module, and of its folder in the reader's.
  static let name = "Ember"
  /// The name of its module in C, and of its folder.
  static let cName = "CEmber"

  /// The texts of its files, by their paths in the reader's folder.
  private(set) var files: [String: String] = [:]

  /// The library after all steps of the chapters up to a number.
  init(upTo last: Int) throws {
    for chapter in try Chapter.all(.build) where chapter.id.number <= last {
      for step in chapter.exercises { apply(step) }
    }
  }

  /// The empty library.
  init() {}

  /// Writes the solution of a step.
  mutating func apply(_ step: Exercise) {
    for solution in step.solutions {
      guard let file = solution.file else { continue }
      if let text = files[file], !solution.isWhole {
        files[file] = "\(text)\n\(solution.text)"
      } else {
        files[file] = solution.text
      }
    }
  }
}
