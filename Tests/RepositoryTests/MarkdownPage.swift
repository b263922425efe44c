import Foundation

/// A Markdown page of the repository, and the blocks of code in it.
struct MarkdownPage {
  struct Block: Equatable {
    let language: String
    let text: String
  }

  let path: String
  let blocks: [Block]
  /// The files that the page shows as pictures.
  let pictures: [String]

  /// - Parameter path: from the root of the repository.
  init(_ path: String) throws {
    self.path = path
    let text = try String(contentsOf: Repository.root.appending(path: path), encoding: .utf8)
    var blocks: [Block] = []
    var language: String?
    var lines: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if let open = language {
          blocks.append(Block(language: open, text: lines.map { $0 + "\n" }.joined()))
          language = nil
        } else {
          language = String(line.dropFirst(3))
          lines = []
        }
      } else if language != nil {
        lines.append(line)
      }
    }
    self.blocks = blocks
    pictures = text.matches(of: #/!\[[^\]]*\]\(([^)]+)\)/#).map { String($0.1) }
  }

  /// All Swift blocks in order, as one program.
  var program: String {
    blocks.filter { $0.language == "swift" }.map(\.text).joined(separator: "\n")
  }

  /// All that the page says the program prints.
  var output: String {
    blocks.filter { $0.language == "output" }.map(\.text).joined()
  }
}
