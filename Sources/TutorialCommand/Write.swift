import ArgumentParser
import Foundation

/// For authors: brings what a chapter's page shows up to date with what its program does.
struct Write: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a chapter's main.swift, outputs and pictures anew, from its page's blocks.",
    discussion: "For those who change a chapter: look at what has changed before you commit it.")

  @Argument(help: "The chapter.")
  var chapter: Int

  func run() throws {
    var chapter = try Chapter.numbered(chapter)
    chapter.page = try formatted(chapter.page)
    var outputs = [Data](repeating: Data(), count: chapter.page.code.count)
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for file in chapter.data {
      try Data(contentsOf: file).write(to: folder.appending(path: file.lastPathComponent))
    }

    let start = Date()
    try BlockRunner(chapter: chapter).run(
      in: folder, before: { _ in true }, printed: { outputs[min($0, outputs.count - 1)] += $1 })
    print("\(chapter.name) took \(Int(Date().timeIntervalSince(start))) s, with building it.")

    for name in ["Pictures", "Checks"] {
      try FileManager.default.createDirectory(
        at: chapter.folder.appending(path: name), withIntermediateDirectories: true)
    }
    let page = chapter.page.showing(
      outputs.map { String(decoding: $0, as: UTF8.self) }, messages: try messages(of: chapter))
    try Data(page.markdown.utf8).write(to: chapter.folder.appending(path: "README.md"))
    try Data(page.program.utf8).write(to: chapter.folder.appending(path: "main.swift"))
    for picture in page.pictures {
      try Data(contentsOf: folder.appending(path: picture.name))
        .write(to: chapter.folder.appending(path: picture.path))
    }
  }
}

/// The page with its Swift blocks as `swift format` writes them.
private func formatted(_ page: MarkdownPage) throws -> MarkdownPage {
  let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).swift")
  defer { try? FileManager.default.removeItem(at: file) }
  var page = page
  page.parts = try page.parts.map { part in
    guard case .block(var block) = part,
      ["swift", "swift solution", "swift stops"].contains(block.language)
    else { return part }
    try Data(block.text.utf8).write(to: file)
    let result = try Command.output(
      of: ["swift", "format", "format", file.path], in: Chapter.repository)
    guard result.status == 0 else {
      throw TutorialError.failed(command: "swift format: \(result.text)", status: result.status)
    }
    block.text = result.text
    return .block(block)
  }
  return page
}

/// What the pieces of code say that the page says will stop.
private func messages(of chapter: Chapter) throws -> [String] {
  let folder = try ReaderFolder(Chapter.repository.appending(path: ".build/steps"))
  try folder.addStops(of: chapter)
  return try chapter.page.stops.indices.map { index in
    let program = try Command.build("\(chapter.name)Stop\(index + 1)", in: folder.url)
    let result = try Command.output(of: [program.path], in: folder.url)
    let message = result.text.firstMatch(of: #/Fatal error: (.*)/#)
    return message.map { "\($0.1)\n" } ?? "It did not stop.\n"
  }
}

extension MarkdownPage {
  /// The page with what each of its Swift blocks prints in an output block after it, and with the messages
  /// of those that stop.
  func showing(_ outputs: [String], messages: [String] = []) -> MarkdownPage {
    var page = self
    page.parts = []
    var next = outputs[...]
    var nextMessages = messages[...]
    var pending = ""
    func flush() {
      guard !pending.isEmpty else { return }
      page.parts += [.text("\n"), .block(Block(language: "output", text: pending))]
      pending = ""
    }
    for part in parts {
      switch part {
      case .block(let block) where block.language == "swift":
        flush()
        page.parts.append(part)
        pending = next.popFirst() ?? ""
      case .block(var block) where block.language.hasPrefix("output"):
        block.text = pending
        pending = ""
        if !block.text.isEmpty { page.parts.append(.block(block)) }
      case .block(var block) where block.language == "message":
        block.text = nextMessages.popFirst() ?? block.text
        page.parts.append(.block(block))
      case .text(let text) where text.allSatisfy(\.isNewline): page.parts.append(part)
      default:
        flush()
        page.parts.append(part)
      }
    }
    flush()
    return page
  }
}
