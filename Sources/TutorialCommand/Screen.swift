import Foundation

/// A terminal on which a page's text is shown.
struct Screen {
  /// The number of columns, at most 100.
  let width: Int
  /// Whether the terminal supports colors.
  let hasColors: Bool

  init() {
    var size = winsize()
    let isTerminal = isatty(1) == 1
    let columns = ioctl(1, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : 0
    self.init(width: columns > 0 ? columns : 80, hasColors: isTerminal)
  }

  init(width: Int, hasColors: Bool) {
    self.width = min(width, 100)
    self.hasColors = hasColors
  }

  func bold(_ text: String) -> String { styled(text, 1) }
  func dim(_ text: String) -> String { styled(text, 2) }
  func green(_ text: String) -> String { styled(text, 32) }
  func red(_ text: String) -> String { styled(text, 31) }
  func blue(_ text: String) -> String { styled(text, 34) }

  private func styled(_ text: String, _ code: Int) -> String {
    hasColors ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  /// Formats Markdown for the terminal: paragraphs wrapped to its width, headings in bold, pictures
  /// as their paths, and without HTML tags.
  func text(_ markdown: String) -> String {
    markdown.split(separator: "\n\n").map { paragraph in
      let text = paragraph.trimmingCharacters(in: .newlines)
        .replacing(#/!\[([^\]]*)\]\(([^)]+)\)/#) { "[Picture \($0.2): \($0.1)]" }
        .replacing(#/\[([^\]]*)\]\([^)]+\)/#) { "\($0.1)" }
        .replacing(#/<[^>]+>/#, with: "")
        .replacing(#/\*\*(\S[^*]*\S)\*\*/#) { bold(String($0.1)) }
        .replacing(#/\*(\w[^*]*\w)\*/#) { "\($0.1)" }
      if text.hasPrefix("#") {
        return bold(text.trimmingCharacters(in: CharacterSet(charactersIn: "# ")))
      }
      return lines(of: text).map { wrapped($0) }.joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  /// The lines of a paragraph: items of a list or rows of a table each, or else all joined.
  private func lines(of paragraph: String) -> [String] {
    var lines: [String] = []
    for line in paragraph.split(separator: "\n") {
      if lines.isEmpty || line.starts(with: #/(- |\d+\. |\|)/#) {
        lines.append(String(line))
      } else {
        lines[lines.count - 1] += " " + line.trimmingCharacters(in: .whitespaces)
      }
    }
    return lines
  }

  private func wrapped(_ line: String) -> String {
    var (result, length) = ("", 0)
    for word in line.split(separator: " ") {
      let count = word.replacing(#/\u{1B}\[\d+m/#, with: "").count
      if length > 0 && length + 1 + count > width {
        result += "\n"
        length = 0
      } else if length > 0 {
        result += " "
        length += 1
      }
      result += word
      length += count
    }
    return result
  }
}
