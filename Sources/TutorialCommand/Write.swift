import ArgumentParser
import Foundation

/// Updates the outputs, messages and pictures on a chapter's page by running its program; for
/// authors.
struct Write: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Rewrite a chapter's main.swift, outputs and pictures from its page's blocks.",
    discussion: "For those who change a chapter: look at what has changed before you commit it.")

  @Argument(help: "The number of a chapter, or the path of any other page.")
  var page: String

  func run() throws {
    guard let number = ChapterNumber(argument: page) else {
      let url = URL(filePath: page)
      let name = url.deletingPathExtension().lastPathComponent
      let written = try renewed(
        try MarkdownPage(contentsOf: url), name: "Page\(name)", of: nil)
      return try Data(written.markdown.utf8).write(to: url)
    }
    let chapter = try Chapter.numbered(number)
    for name in ["Pictures", "Checks"] {
      try FileManager.default.createDirectory(
        at: chapter.folder.appending(path: name), withIntermediateDirectories: true)
    }
    let written = try renewed(
      chapter.page, name: chapter.name, of: chapter)
    try Data(written.markdown.utf8).write(to: chapter.folder.appending(path: "README.md"))
    try Data(written.program.utf8).write(to: chapter.folder.appending(path: "main.swift"))
  }

  /// Runs the page's program, and returns the page with its outputs and messages.
  private func renewed(
    _ page: MarkdownPage, name: String, of chapter: Chapter?
  ) throws -> MarkdownPage {
    let page = try formatted(page)
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try chapter?.copyData(to: folder)

    let start = Date()
    func outputs(_ environment: [String: String] = [:]) throws -> [String] {
      var outputs = [Data](repeating: Data(), count: page.code.count)
      let runner =
        try chapter.map { try BlockRunner.running($0, page) }
        ?? BlockRunner(name: name, page: page)
      try runner.run(
        in: folder, environment: environment, before: { true },
        printed: { outputs[min($0, outputs.count - 1)] += $1 })
      return outputs.map { String(decoding: $0, as: UTF8.self) }
    }
    let simulated = page.simulated.isEmpty ? [] : try outputs(["FLAMBEAU_CUDA": "simulator"])
    let printed = try outputs()
    print("\(name) took \(Int(Date().timeIntervalSince(start))) s, with building it.")

    if let chapter {
      for picture in page.pictures {
        try Data(contentsOf: folder.appending(path: picture.name))
          .write(to: chapter.folder.appending(path: picture.path))
      }
    }
    return page.showing(printed, simulated: simulated, messages: try messages(of: page, name))
  }
}

/// The page with its Swift blocks formatted by `swift format`.
private func formatted(_ page: MarkdownPage) throws -> MarkdownPage {
  let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).swift")
  defer { try? FileManager.default.removeItem(at: file) }
  var page = page
  page.parts = try page.parts.map { part in
    guard case .block(var block) = part,
      ["swift", "swift stops"].contains(block.language)
        || block.language.hasPrefix("swift solution")
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

/// The messages with which the page's `swift stops` blocks stop.
private func messages(of page: MarkdownPage, _ name: String) throws -> [String] {
  let folder = try BlockRunner.folder
  return try page.stops.enumerated().map { index, stop in
    let program = "\(name)Stop\(index + 1)"
    try folder.addProgram(program, ["main.swift": page.imports + stop.code])
    let result = try Command.output(
      of: [try Command.build(program, in: folder.url).path], in: folder.url)
    let message = result.text.firstMatch(of: #/Fatal error: (.*)/#)
    return message.map { "\($0.1)\n" } ?? "It did not stop.\n"
  }
}

extension MarkdownPage {
  /// The page with what each of its Swift blocks prints in an output block after it, also with the
  /// simulated GPU if the page shows that, and with the messages of blocks that stop.
  func showing(
    _ outputs: [String], simulated: [String] = [], messages: [String] = []
  ) -> MarkdownPage {
    var page = self
    page.parts = []
    var next = outputs[...]
    var nextMessages = messages[...]
    var blocks = 0
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
        blocks += 1
      case .block(var block) where block.isSimulated:
        flush()
        block.text = simulated[blocks - 1]
        page.parts.append(.block(block))
      case .block(var block) where block.isOutput:
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
