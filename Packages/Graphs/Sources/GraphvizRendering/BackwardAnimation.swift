import Foundation
@_spi(Flambeau) import Graphs

extension BackwardRecording {
  /// Writes a picture that plays the steps by itself, over and over: an SVG for pages that show
  /// pictures but run no programs, such as a README.
  ///
  /// It shows the last step to those who have asked their system for less motion, and where
  /// animations are not supported.
  ///
  /// - Throws: ``RenderingError``.
  public func writeAnimation(
    to path: String, secondsPerStep: Double = 2.5, direction: ComputationGraph.Direction = .topDown
  ) throws {
    let svg = try animation(secondsPerStep: secondsPerStep, direction: direction)
    try write(Data(svg.utf8), to: path)
  }

  /// The SVG of the animation.
  public func animation(
    secondsPerStep: Double = 2.5, direction: ComputationGraph.Direction = .topDown
  ) throws -> String {
    let drawing = try graph.rendered(
      as: .svg, direction: direction, legend: false, maxNodes: .max)
    var animation = Animation(self, secondsPerStep: secondsPerStep)
    return animation.svg(from: String(decoding: drawing, as: UTF8.self))
  }
}

/// The lines of a drawing with additional elements, each of which is visible in some of the frames.
private struct Animation {
  let recording: BackwardRecording
  let secondsPerStep: Double
  /// The number of frames: before the first step, at each, and at the end.
  let count: Int
  /// The ranges of frames in which an element is visible.
  private var ranges: Set<Range<Int>> = []

  init(_ recording: BackwardRecording, secondsPerStep: Double) {
    self.recording = recording
    self.secondsPerStep = secondsPerStep
    count = recording.steps.count + 2
  }

  mutating func svg(from drawing: String) -> String {
    let changes = recording.changes
    let rows = recording.gradientPlaces
    var lines: [String] = []
    var node: Int?
    var edge: Int?
    var (hasShape, textCount) = (false, 0)
    for line in drawing.split(separator: "\n").map(String.init) {
      if let match = line.firstMatch(of: #/<g id="(node|edge)(\d+)"/#) {
        node = match.1 == "node" ? Int(match.2) : nil
        edge = match.1 == "edge" ? Int(match.2) : nil
        (hasShape, textCount) = (false, 0)
      } else if line == "</g>" {
        (node, edge) = (nil, nil)
      }
      let isShape = line.hasPrefix("<path") || line.hasPrefix("<polygon")
      if let node, isShape, !hasShape {
        hasShape = true
        lines.append(line)
        if let first = changes.firstIndex(where: { $0[node] != nil }) {
          lines.append(line.colored(fill: .reached, shown(first..<count)))
        }
        for frame in frames(running: node) {
          lines.append(line.colored(fill: .running, shown(frame..<frame + 1)))
        }
      } else if let edge, isShape {
        lines.append(line)
        for frame in frames(lighting: edge) {
          lines.append(line.highlighted(shown(frame..<frame + 1)))
        }
      } else if let node, line.hasPrefix("<text") {
        defer { textCount += 1 }
        guard let place = rows["\(node)"], (place[0]..<place[0] + place[1]).contains(textCount)
        else {
          lines.append(line)
          continue
        }
        let frames = changes.indices.filter { changes[$0][node] != nil }
        for (frame, next) in zip(frames, frames.dropFirst() + [count]) {
          let texts = changes[frame][node]!.text.split(separator: "\n")
          let row = textCount - place[0]
          guard row < texts.count else { continue }
          lines.append(line.saying(String(texts[row]), shown(frame..<next)))
        }
      } else {
        lines.append(line)
      }
    }
    return framed(lines)
  }

  /// The drawing with the description of each step below it, and the style that plays them.
  private mutating func framed(_ lines: [String]) -> String {
    let texts = recording.explanations.map { $0.split(separator: "\n").map(String.init) }
    let drawing = lines.joined(separator: "\n")
    let size = drawing.firstMatch(of: #/viewBox="0.00 0.00 ([\d.]+) ([\d.]+)"/#)
    let (width, height) = (Double(size?.1 ?? "0") ?? 0, Double(size?.2 ?? "0") ?? 0)
    // Wide enough for the longest line in a font of 12 points.
    let longest = texts.joined().map(\.count).max() ?? 0
    let fullWidth = Int(max(width, Double(longest) * 6.6 + 24).rounded(.up))
    let lineHeight = 17
    let captionLines = texts.map(\.count).max() ?? 0
    let fullHeight = Int(height.rounded(.up)) + captionLines * lineHeight + 20
    var captions = ""
    for (frame, text) in texts.enumerated() {
      captions += "<g class=\"\(shown(frame..<(frame == texts.count - 1 ? count : frame + 1)))\">\n"
      for (row, line) in text.enumerated() {
        let place = "x=\"12\" y=\"\(Int(height) + 18 + row * lineHeight)\""
        captions += "<text \(place) xml:space=\"preserve\">\(line.xmlEscaped)</text>\n"
      }
      captions += "</g>\n"
    }
    let start = drawing.range(of: "<g id=\"graph0\"")?.lowerBound ?? drawing.startIndex
    let end = drawing.range(of: "</svg>", options: .backwards)?.lowerBound ?? drawing.endIndex
    return """
      <svg width="\(fullWidth)" height="\(fullHeight)" viewBox="0 0 \(fullWidth) \(fullHeight)" \
      xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img">
      <title>Backward, step by step</title>
      <desc>\(recording.text.xmlEscaped)</desc>
      <style>
      \(style)</style>
      <rect width="100%" height="100%" fill="#ffffff"/>
      \(drawing[start..<end])<g font-family="Helvetica,Arial,sans-serif" font-size="12" fill="#1b1f24">
      \(captions)</g>
      </svg>

      """
  }

  /// The class of what is visible in a range of frames.
  private mutating func shown(_ range: Range<Int>) -> String {
    ranges.insert(range)
    return "in-\(range.lowerBound)-\(range.upperBound)"
  }

  /// The frames in which a node runs.
  private func frames(running node: Int) -> [Int] {
    recording.steps.indices.filter { recording.steps[$0].node == node }.map { $0 + 1 }
  }

  /// The frames in which a gradient goes along an edge.
  private func frames(lighting edge: Int) -> [Int] {
    let edge = recording.graph.edges[edge]
    guard !edge.isSaved else { return [] }
    return recording.steps.indices.filter { index in
      let step = recording.steps[index]
      return step.node == edge.target && step.contributions.contains { $0.node == edge.source }
    }.map { $0 + 1 }
  }

  private var style: String {
    // The last frame stays for as long as two others.
    let total = Double(count + 1)
    let seconds = total * secondsPerStep
    var style = ""
    for range in ranges.sorted(by: {
      ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound)
    }) {
      let name = "in-\(range.lowerBound)-\(range.upperBound)"
      let isLast = range.upperBound == count
      func percent(_ frame: Int) -> String {
        String(format: "%.3f%%", Double(frame) * 100 / total)
      }
      style +=
        ".\(name) { opacity: \(isLast ? 1 : 0); animation: \(name) \(seconds)s step-end infinite; }\n"
      style += "@keyframes \(name) { 0% { opacity: \(range.lowerBound == 0 ? 1 : 0); } "
      if range.lowerBound > 0 { style += "\(percent(range.lowerBound)) { opacity: 1; } " }
      if !isLast { style += "\(percent(range.upperBound)) { opacity: 0; } " }
      style += "}\n"
    }
    return style + "@media (prefers-reduced-motion: reduce) { * { animation: none !important; } }\n"
  }
}

extension String {
  /// The shape of a node with another fill.
  fileprivate func colored(fill: ComputationGraph.Mark, _ name: String) -> String {
    replacing(#/ fill="[^"]*"/#, with: " class=\"\(name)\" fill=\"\(fill.fill)\"")
  }

  /// A part of an arrow, thick and in the color of gradients.
  fileprivate func highlighted(_ name: String) -> String {
    let color = ComputationGraph.highlight
    let attributes = " class=\"\(name)\" stroke=\"\(color)\" stroke-width=\"3\""
    return replacing(#/ stroke="[^"]*"/#, with: attributes)
      .replacing(#/ fill="(?!none)[^"]*"/#, with: " fill=\"\(color)\"")
  }

  /// A line of text with other words.
  fileprivate func saying(_ text: String, _ name: String) -> String {
    replacing(#/^<text([^>]*)>.*$/#) { "<text class=\"\(name)\"\($0.1)>\(text.xmlEscaped)</text>" }
  }

  fileprivate var xmlEscaped: String {
    replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
