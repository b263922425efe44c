import Foundation

/// Shows how far a long loop has come: a bar that is drawn over in a terminal, plain lines elsewhere.
///
///     var progress = Progress(total: epochs)
///     for epoch in 1...epochs {
///       …
///       progress.advance("loss 0.31  accuracy 95.2 %")
///     }
public struct Progress {
  private let total: Int
  private let label: String
  private let isTerminal: Bool
  private let lines: Int
  private let start = ContinuousClock.now
  private var done = 0

  /// - Parameters:
  ///   - total: how many steps there are.
  ///   - label: what a step is, as in `epoch`.
  ///   - lines: how many lines to print at most where the output is no terminal.
  public init(total: Int, label: String = "step", lines: Int = 10) {
    self.total = total
    self.label = label
    self.lines = lines
    isTerminal = isatty(STDOUT_FILENO) == 1
  }

  /// Notes that a step is done, and shows it with what there is to say.
  public mutating func advance(_ message: String) {
    done += 1
    let isLast = done == total
    if isTerminal {
      write("\r\u{1B}[K" + line(message) + (isLast ? "\n" : ""))
    } else if isLast || done * lines / total > (done - 1) * lines / total {
      write("\(label) \(done)/\(total)  \(message)\n")
    }
  }

  private func line(_ message: String) -> String {
    let width = 24
    let filled = done * width / max(total, 1)
    let bar =
      String(repeating: "━", count: filled) + String(repeating: "╌", count: width - filled)
    let elapsed = start.duration(to: .now) / .seconds(1)
    let left = elapsed / Double(done) * Double(total - done)
    let time =
      done == total
      ? String(format: "%.1f s", elapsed) : String(format: "%.0f s left", left.rounded(.up))
    return "\(label) \(done)/\(total) \(bar) \(message)  \(time)"
  }

  private func write(_ text: String) {
    print(text, terminator: "")
    fflush(nil)
  }
}
