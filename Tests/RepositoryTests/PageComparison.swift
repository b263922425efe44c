import Foundation
import Tensors

@testable import Flambeau
@testable import TutorialCommand

/// Compares a page with what its program prints and draws.
enum PageComparison {
  /// A description of how a program's output differs from the page, or nil: words must be equal,
  /// and numbers to the digits printed. A block marked `output measured` has times and rates, which
  /// may differ, and one marked `output varies` may be any text.
  static func difference(of page: MarkdownPage, from output: String) -> String? {
    var printed = lines(of: output)[...]
    let blocks = page.blocks.filter(\.isOutput)
    for (index, block) in blocks.enumerated() {
      if block.language == "output varies" {
        let next = index + 1 < blocks.count ? lines(of: blocks[index + 1].text).first : nil
        guard printed.count > 0 else { return "the page goes on: \(block.text)" }
        printed =
          printed[
            (next.flatMap { next in printed.firstIndex { matches($0, next) } } ?? printed.endIndex)...
          ]
        continue
      }
      for line in lines(of: block.text) {
        guard let found = printed.popFirst() else { return "the page goes on: \(line)" }
        guard matches(found, line, measured: block.language == "output measured") else {
          return "the page shows: \(line)\nthe program prints: \(found)"
        }
      }
    }
    return printed.first.map { "the program goes on: \($0)" }
  }

  /// The first lines of a page's output on the simulated GPU that the program does not print, or
  /// nil.
  static func simulatedDifference(of page: MarkdownPage, from output: String) -> String? {
    var printed = lines(of: output)[...]
    for block in page.simulated {
      let shown = lines(of: block.text)
      let found = printed.indices.first { start in
        printed.endIndex - start >= shown.count
          && zip(printed[start...], shown).allSatisfy { matches($0, $1) }
      }
      guard let found else { return "the page shows: \(block.text)" }
      printed = printed[(found + shown.count)...]
    }
    return nil
  }

  /// Whether a line is the one shown; numbers may differ by one in their last digit, and measured
  /// ones arbitrarily.
  static func matches(_ line: String, _ shown: String, measured: Bool = false) -> Bool {
    let number = #/\d+(\.\d+)?(e[-+]?\d+)?/#
    if measured {
      func plain(_ text: String) -> [Substring] {
        text.replacing(number, with: "#").split(separator: " ")
      }
      return plain(line) == plain(shown)
    }
    if line == shown { return true }
    func words(_ text: String) -> [Substring] {
      text.replacing(number, with: "#").split(separator: "#", omittingEmptySubsequences: false)
    }
    // Integers are counts, and must be equal.
    let (found, expected) = (line.matches(of: number), shown.matches(of: number))
    return words(line) == words(shown)
      && zip(found, expected).allSatisfy { found, expected in
        found.0 == expected.0
          || expected.1 != nil
            && abs(Double(found.0)! - Double(expected.0)!) <= 1.01 * unit(of: expected.0)
      }
  }

  /// One unit in the last digit of a number, as written.
  private static func unit(of number: Substring) -> Double {
    let parts = number.split(separator: "e")
    let digits = parts[0].split(separator: ".").dropFirst().first?.count ?? 0
    let exponent = parts.count > 1 ? Int(parts[1])! : 0
    return Foundation.pow(10, Double(exponent - digits))
  }

  private static func lines(of text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  /// A description of how a picture that a program has drawn differs from the one on the page, or
  /// nil: it must have the same shapes and words, except for coordinates, which depend on the
  /// machine's fonts, or nearly the same pixels. If its description begins with "Measured", numbers
  /// may differ.
  static func difference(of picture: MarkdownPage.Picture, shown: URL, from drawn: URL) throws
    -> String?
  {
    let isMeasured = picture.text.hasPrefix("Measured")
    guard picture.name.hasSuffix(".svg") else {
      let (new, old) = (try ImageFile.read(drawn.path), try ImageFile.read(shown.path))
      guard new.shape == old.shape else { return "its size is \(new.shape), was \(old.shape)" }
      let difference = (new.to(.float32) - old.to(.float32)).abs().mean().item()
      return difference < 3 || isMeasured ? nil : "its pixels differ by \(difference) of 255"
    }
    let (new, old) = (try SVG(contentsOf: drawn), try SVG(contentsOf: shown))
    if isMeasured { return new.words.first == old.words.first ? nil : "its title has changed" }
    guard new.words.count == old.words.count,
      zip(new.words, old.words).allSatisfy({ matches($0, $1) })
    else { return "it says \(new.words), where it said \(old.words)" }
    return new.shapes == old.shapes ? nil : "its shapes are \(new.shapes), were \(old.shapes)"
  }

  private struct SVG {
    /// The words, in order.
    let words: [String]
    /// The number of shapes of each kind.
    let shapes: [String: Int]

    init(contentsOf url: URL) throws {
      let svg = try String(contentsOf: url, encoding: .utf8)
      words = svg.matches(of: #/<text[^>]*>([^<]*)<\/text>/#).map { String($0.1) }
      shapes = svg.matches(of: #/<(rect|circle|ellipse|polygon|polyline)\b/#)
        .reduce(into: [:]) { $0[String($1.1), default: 0] += 1 }
    }
  }
}
