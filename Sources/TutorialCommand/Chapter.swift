import ArgumentParser
import Foundation

/// One of the two ways through the course.
enum Track: String, CaseIterable {
  /// Chapters 1, 2, … use the library.
  case use = ""
  /// In chapters B1, B2, … the reader builds a small library.
  case build = "B"

  /// The folder of the track's chapters.
  var folder: URL {
    switch self {
    case .use: Chapter.tutorials
    case .build: Chapter.tutorials.appending(path: "Build")
    }
  }
}

/// The number of a chapter as a reader writes it: 3, or B3.
struct ChapterNumber: Hashable, CustomStringConvertible, ExpressibleByArgument {
  let track: Track
  let number: Int

  init(_ track: Track, _ number: Int) {
    self.track = track
    self.number = number
  }

  init?(argument: String) {
    let track = argument.uppercased().hasPrefix(Track.build.rawValue) ? Track.build : .use
    guard let number = Int(argument.dropFirst(track.rawValue.count)) else { return nil }
    self.init(track, number)
  }

  var description: String { "\(track.rawValue)\(number)" }
}

/// A chapter of Tutorials/: a folder with a page, README.md, and its files.
struct Chapter {
  let id: ChapterNumber
  let folder: URL
  var page: MarkdownPage

  static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folder of all chapters.
  static let tutorials = repository.appending(path: "Tutorials")

  /// All chapters of a track, in order.
  static func all(_ track: Track = .use) throws -> [Chapter] {
    try FileManager.default.contentsOfDirectory(atPath: track.folder.path).compactMap { name in
      let number = name.prefix { $0 != "-" }
      guard let id = ChapterNumber(argument: String(number)), id.track == track else { return nil }
      let folder = track.folder.appending(path: name)
      return Chapter(
        id: id, folder: folder,
        page: try MarkdownPage(contentsOf: folder.appending(path: "README.md")))
    }.sorted { $0.id.number < $1.id.number }
  }

  /// The chapters of all tracks.
  static func ofAllTracks() throws -> [Chapter] { try Track.allCases.flatMap { try all($0) } }

  /// - Throws: ``TutorialError/noChapter(_:last:)``.
  static func numbered(_ id: ChapterNumber) throws -> Chapter {
    let chapters = try all(id.track)
    guard let chapter = chapters.first(where: { $0.id == id }) else {
      throw TutorialError.noChapter(id, last: chapters.count)
    }
    return chapter
  }

  /// The name of the chapter's program: `Chapter03`, `ChapterB3`.
  var name: String {
    id.track == .use ? String(format: "Chapter%02d", id.number) : "Chapter\(id)"
  }

  /// The title of the page, without its number.
  var title: String { page.title.replacing(#/^B?\d+\. /#, with: "") }

  /// The files that the chapter's program reads.
  var data: [URL] { files(in: "Data").filter { $0.lastPathComponent != "README.md" } }

  /// Copies the files that the chapter's program reads to a folder.
  func copyData(to target: URL) throws {
    for file in data {
      try Data(contentsOf: file)
        .write(to: target.appending(path: file.lastPathComponent), options: .atomic)
    }
  }

  /// The modules that pieces of code import, other than Swift's own.
  static func imports(of code: [String]) -> Set<String> {
    let system: Set = ["Foundation", "Synchronization"]
    let lines = code.lazy.flatMap { $0.utf8.split(separator: UInt8(ascii: "\n")) }
    let imports = lines.compactMap { line -> String? in
      guard line.starts(with: "import ".utf8) else { return nil }
      return String(Substring(line).dropFirst(7))
    }
    return Set(imports).subtracting(system)
  }

  func files(in name: String) -> [URL] {
    let folder = folder.appending(path: name)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().map { folder.appending(path: $0) }
  }
}

/// The errors of `tutorial`.
enum TutorialError: LocalizedError {
  case noChapter(ChapterNumber, last: Int)
  case noStep(Int, Chapter, last: Int)
  case notBegun(Chapter, folder: URL)
  case insideRepository(URL)
  case hasCode([String], in: URL)
  case cannotWrite(URL, reason: String)
  case failed(command: String, status: Int32)

  var errorDescription: String? {
    switch self {
    case .noChapter(let number, let last):
      "There is no chapter \(number); they are numbered from \(ChapterNumber(number.track, 1)) to "
        + "\(ChapterNumber(number.track, last))."
    case .noStep(let number, let chapter, let last):
      "Chapter \(chapter.id) has no step \(number); they are numbered from 1 to \(last)."
    case .notBegun(let chapter, let folder):
      "\(folder.path) has no \(chapter.name); make it with: "
        + "./Scripts/tutorial new \(chapter.id) \(folder.path)"
    case .insideRepository(let folder):
      "\(folder.path) is inside the repository; choose a folder outside of it, which stays yours."
    case .hasCode(let files, let folder):
      "\(folder.path) has a library of yours already: \(files.joined(separator: ", ")); the solutions "
        + "of the steps before would not fit beside it. Choose another folder for --solved."
    case .cannotWrite(let file, let reason):
      "\(file.path) cannot be written: \(reason)."
    case .failed(let command, let status):
      "\(command) ended with status \(status)."
    }
  }
}
