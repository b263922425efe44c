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
    let chapter = try Chapter.numbered(chapter)
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
    let page = chapter.page.showing(outputs.map { String(decoding: $0, as: UTF8.self) })
    try Data(page.markdown.utf8).write(to: chapter.folder.appending(path: "README.md"))
    try Data(page.program.utf8).write(to: chapter.folder.appending(path: "main.swift"))
    for picture in page.pictures {
      try Data(contentsOf: folder.appending(path: picture.name))
        .write(to: chapter.folder.appending(path: picture.path))
    }
  }
}

extension MarkdownPage {
  /// The page with what each of its Swift blocks prints in an output block after it.
  func showing(_ outputs: [String]) -> MarkdownPage {
    var page = self
    page.parts = []
    var next = outputs[...]
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
