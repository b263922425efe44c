import Foundation

/// Shows the progress of a long loop: a progress bar in a terminal, plain lines elsewhere.
///
///     let progress = Progress(total: epochs, label: "epoch")
///     for epoch in 1...epochs {
///       …
///       progress.advance("loss 0.31  accuracy 95.2 %")
///     }
///
/// or over a sequence:
///
///     let progress = Progress(label: "batch")
///     for batch in progress.over(batches) {
///       …
///       progress.message = "loss 0.31"
///     }
public final class Progress {
  /// The message at the next step.
  public var message = ""
  private var total: Int
  private let label: String
  private let lines: Int
  private let isQuiet: Bool
  private let isTerminal = isatty(STDOUT_FILENO) == 1
  private var start = ContinuousClock.now
  private var lastDrawn: ContinuousClock.Instant?
  private var done = 0

  /// Creates a progress bar.
  ///
  /// - Parameters:
  ///   - total: number of steps; ``over(_:)`` counts them itself.
  ///   - label: name of a step, such as `epoch`.
  ///   - lines: maximum number of lines to print where the output is not a terminal.
  ///   - isQuiet: whether to show nothing.
  public init(total: Int = 0, label: String = "step", lines: Int = 10, isQuiet: Bool = false) {
    self.total = total
    self.label = label
    self.lines = lines
    self.isQuiet = isQuiet
  }

  /// The elements of a collection; each counts as a step once the next is requested.
  public func over<Elements: Collection>(_ elements: Elements) -> some Sequence<Elements.Element> {
    total = elements.count
    (done, start, lastDrawn) = (0, .now, nil)
    return ProgressSequence(base: elements, progress: self)
  }

  /// Counts a step as done, and shows it with a message.
  public func advance(_ message: String? = nil) {
    done += 1
    if isQuiet { return }
    let message = message ?? self.message
    let isLast = done == total
    if isTerminal {
      let now = ContinuousClock.now
      // The eye cannot follow more than about 20 updates per second.
      if !isLast, let lastDrawn, lastDrawn.duration(to: now) < .milliseconds(50) { return }
      lastDrawn = now
      let elapsed = start.duration(to: now) / .seconds(1)
      let text = line(message, elapsed: elapsed, width: Progress.terminalWidth)
      write("\r\u{1B}[K" + text + (isLast ? "\n" : ""))
    } else if isLast || done * lines / total > (done - 1) * lines / total {
      write("\(label) \(done)/\(total)  \(message)\n")
    }
  }

  /// A line of fewer than `width` columns, since a full one would wrap and could not be erased. If
  /// there is too little room, the bar shrinks first; then the text is truncated.
  func line(_ message: String, elapsed: Double, width: Int) -> String {
    let left = elapsed / Double(max(done, 1)) * Double(total - done)
    let rate = elapsed > 0 ? Double(done) / elapsed : 0
    let time =
      String(format: rate < 10 ? "%.1f/s  " : "%.0f/s  ", rate)
      + (done == total
        ? String(format: "%.1f s", elapsed) : String(format: "%.0f s left", left.rounded(.up)))
    let head = "\(label) \(done)/\(total) "
    let tail = " \(message)  \(time)"
    let barWidth = max(0, min(24, width - 1 - head.count - tail.count))
    let filled = done * barWidth / max(total, 1)
    let bar =
      String(repeating: "━", count: filled) + String(repeating: "╌", count: barWidth - filled)
    return String((head + bar + tail).prefix(width - 1))
  }

  private static var terminalWidth: Int {
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }

  private func write(_ text: String) {
    print(text, terminator: "")
    fflush(nil)
  }
}

/// A sequence that counts its elements as steps.
private struct ProgressSequence<Base: Sequence>: Sequence, IteratorProtocol {
  private var base: Base.Iterator
  private let progress: Progress
  private var isFirst = true

  init(base: Base, progress: Progress) {
    self.base = base.makeIterator()
    self.progress = progress
  }

  mutating func next() -> Base.Element? {
    // The previous element is done only when the next one is requested.
    if !isFirst { progress.advance() }
    isFirst = false
    return base.next()
  }
}
