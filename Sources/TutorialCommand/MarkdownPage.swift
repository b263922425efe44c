import Foundation

/// A Markdown page: text, and fenced blocks of code.
struct MarkdownPage {
  enum Part: Equatable {
    case text(String)
    case block(Block)
  }

  struct Block: Equatable {
    /// The info string of the fence: `swift`, `output`, `swift solution`.
    let language: String
    var text: String

    /// Whether the block is what the program prints in a normal run.
    var isOutput: Bool { language.split(separator: " ").first == "output" && !isSimulated }
    /// Whether the block is what the program prints with the simulated GPU.
    var isSimulated: Bool { language == "output simulated" }
  }

  struct Picture: Equatable {
    let path: String
    /// The description.
    let text: String

    /// The name of the file.
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  }

  /// The parts of the page, in order.
  var parts: [Part]

  init(contentsOf url: URL) throws {
    self.init(try String(contentsOf: url, encoding: .utf8))
  }

  init(parts: [Part]) { self.parts = parts }

  init(_ markdown: String) {
    parts = []
    var language: String?
    var lines: [Substring] = []
    func text() -> String { lines.map { $0 + "\n" }.joined() }
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("```") else {
        lines.append(line)
        continue
      }
      if let open = language {
        parts.append(.block(Block(language: open, text: text())))
        language = nil
      } else {
        parts.append(.text(text()))
        language = String(line.dropFirst(3))
      }
      lines = []
    }
    parts.append(.text(String(text().dropLast())))
  }

  /// The page as Markdown.
  var markdown: String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .block(let block): "```\(block.language)\n\(block.text)```\n"
      }
    }.joined()
  }

  var blocks: [Block] {
    parts.compactMap { if case .block(let block) = $0 { block } else { nil } }
  }

  /// The Swift blocks, in order.
  var code: [String] { blocks.filter { $0.language == "swift" }.map(\.text) }

  /// The page without its folds, which have hints and solutions.
  var withoutFolds: MarkdownPage {
    MarkdownPage(
      markdown.replacing(
        Self.folds, with: "*Write it before you look at the solution, which is on the page.*\n\n"))
  }

  /// Folds that follow each other.
  static var folds: Regex<Substring> { #/(?s)(?:<details><summary>.*?</details>\n*)+/# }

  /// All Swift blocks, as one program.
  var program: String { code.joined(separator: "\n") }

  /// The pieces of code that stop a program, with their messages.
  var stops: [(code: String, message: String)] {
    let blocks = blocks
    return zip(blocks, blocks.dropFirst()).filter { $0.0.language == "swift stops" }
      .map { ($0.0.text, $0.1.text) }
  }

  /// The lines that import modules.
  var imports: String {
    code.flatMap { $0.matches(of: #/(?m)^import \w+\n/#).map { String($0.0) } }.joined()
  }

  /// Everything that the program prints, according to the page.
  var output: String {
    blocks.filter(\.isOutput).map(\.text).joined()
  }

  /// What the program prints with the simulated GPU, as far as the page shows it.
  var simulated: [Block] { blocks.filter(\.isSimulated) }

  /// The first heading of level 1.
  var title: String {
    guard case .text(let text)? = parts.first else { return "" }
    let heading = text.split(separator: "\n").first { $0.hasPrefix("# ") }
    return heading.map { String($0.dropFirst(2)) } ?? ""
  }

  /// The pictures on the page.
  var pictures: [Picture] {
    parts.flatMap { part -> [Picture] in
      guard case .text(let text) = part else { return [] }
      return text.matches(of: #/!\[([^\]]*)\]\(([^)]+)\)/#).map {
        Picture(path: String($0.2), text: String($0.1))
      }
    }
  }
}
