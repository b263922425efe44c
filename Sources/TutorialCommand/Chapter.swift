import Foundation

/// A chapter of Tutorials/: a folder with a page, README.md, and its files.
struct Chapter {
  let number: Int
  let folder: URL
  var page: MarkdownPage

  static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folder of all chapters.
  static let tutorials = repository.appending(path: "Tutorials")

  /// All chapters, in order.
  static func all() throws -> [Chapter] {
    try FileManager.default.contentsOfDirectory(atPath: tutorials.path).sorted().compactMap {
      name in
      guard let number = Int(name.prefix(2)) else { return nil }
      let folder = tutorials.appending(path: name)
      return Chapter(
        number: number, folder: folder,
        page: try MarkdownPage(contentsOf: folder.appending(path: "README.md")))
    }
  }

  /// - Throws: ``TutorialError/noChapter(_:last:)``.
  static func numbered(_ number: Int) throws -> Chapter {
    let chapters = try all()
    guard let chapter = chapters.first(where: { $0.number == number }) else {
      throw TutorialError.noChapter(number, last: chapters.count)
    }
    return chapter
  }

  /// The name of the chapter's program: `Chapter03`.
  var name: String { String(format: "Chapter%02d", number) }

  /// The title of the page, without its number.
  var title: String { page.title.replacing(#/^\d+\. /#, with: "") }

  /// The files that the chapter's program reads.
  var data: [URL] { files(in: "Data").filter { $0.lastPathComponent != "README.md" } }

  /// Copies the files that the chapter's program reads to a folder.
  func copyData(to target: URL) throws {
    for file in data {
      try Data(contentsOf: file)
        .write(to: target.appending(path: file.lastPathComponent), options: .atomic)
    }
  }

  /// The products of Flambeau that pieces of code import.
  static func products(of code: [String]) -> [String] {
    let system: Set = ["Foundation", "Checks", "Synchronization"]
    let imports = code.flatMap { text in
      text.matches(of: #/(?m)^import (\w+)$/#).map { String($0.1) }
    }
    return Set(imports).subtracting(system).sorted()
  }

  func files(in name: String) -> [URL] {
    let folder = folder.appending(path: name)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().map { folder.appending(path: $0) }
  }
}

/// The errors of `tutorial`.
enum TutorialError: LocalizedError {
  case noChapter(Int, last: Int)
  case notBegun(Chapter, folder: URL)
  case insideRepository(URL)
  case failed(command: String, status: Int32)

  var errorDescription: String? {
    switch self {
    case .noChapter(let number, let last):
      "There is no chapter \(number); they are numbered from 1 to \(last)."
    case .notBegun(let chapter, let folder):
      "\(folder.path) has no \(chapter.name); make it with: "
        + "./Scripts/tutorial new \(chapter.number) \(folder.path)"
    case .insideRepository(let folder):
      "\(folder.path) is inside the repository; choose a folder outside of it, which stays yours."
    case .failed(let command, let status):
      "\(command) ended with status \(status)."
    }
  }
}
