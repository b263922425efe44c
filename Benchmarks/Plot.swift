import Foundation

/// The ratios of a run as bars in an SVG: sorted, on a logarithmic scale, coloured by group.
struct Plot {
  private let rows: [Measurement]
  private let width = 900.0
  private let height = 420.0
  private let left = 50.0
  private let top = 20.0
  private let bottom = 70.0

  init(_ rows: [Measurement]) {
    self.rows = rows.sorted { $0.ratio < $1.ratio }
  }

  var svg: String {
    let parts = [background] + marks + bars + legend
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
      font-family="sans-serif" font-size="12">
      \(parts.joined(separator: "\n"))
      </svg>

      """
  }

  /// The bounds of the scale, which always holds 1.
  private var range: (low: Double, high: Double) {
    let ratios = rows.map(\.ratio) + [0.5, 2]
    return (ratios.min()! / 1.1, ratios.max()! * 1.1)
  }

  private func y(_ ratio: Double) -> Double {
    let place = log(ratio / range.low) / log(range.high / range.low)
    return top + (height - top - bottom) * (1 - place)
  }

  private var background: String {
    """
    <rect width="\(number(width))" height="\(number(height))" fill="white"/>
    <text x="\(number(left))" y="\(number(top - 6))">the peer's time over Flambeau's</text>
    """
  }

  /// Lines at the powers of two, of which that at 1 is strong.
  private var marks: [String] {
    let exponents = Int(log2(range.low).rounded(.up))...Int(log2(range.high).rounded(.down))
    return exponents.map { exponent in
      let ratio = pow(2, Double(exponent))
      let label = ratio < 1 ? "1/\(number(1 / ratio))" : number(ratio)
      return """
        <line x1="\(number(left))" x2="\(number(width))" y1="\(number(y(ratio)))" \
        y2="\(number(y(ratio)))" stroke="\(exponent == 0 ? "black" : "#dddddd")"/>
        <text x="\(number(left - 6))" y="\(number(y(ratio) + 4))" text-anchor="end">\(label)</text>
        """
    }
  }

  private var bars: [String] {
    let step = (width - left) / Double(max(rows.count, 1))
    return rows.enumerated().map { place, row in
      let (end, base) = (y(row.ratio), y(1))
      return """
        <rect x="\(number(left + Double(place) * step))" y="\(number(min(end, base)))" \
        width="\(number(step * 0.85))" height="\(number(max(abs(end - base), 0.5)))" \
        fill="\(color(of: row.group))"><title>\(escaped(row.name)): \
        \(String(format: "%.2f", row.ratio))</title></rect>
        """
    }
  }

  /// The groups, in several columns below the bars.
  private var legend: [String] {
    let columns = 6
    return groups.enumerated().map { place, name in
      let x = left + Double(place % columns) * (width - left) / Double(columns)
      let y = height - bottom + 24 + Double(place / columns) * 17
      return """
        <rect x="\(number(x))" y="\(number(y - 10))" width="11" height="11" \
        fill="\(color(of: name))"/><text x="\(number(x + 16))" y="\(number(y))">\(name)</text>
        """
    }
  }

  private var groups: [String] {
    Group.all.map(\.name).filter { name in rows.contains { $0.group == name } }
  }

  /// Hues that are spread over the circle, dark and light in turn.
  private func color(of group: String) -> String {
    let place = Group.all.firstIndex { $0.name == group } ?? 0
    return "hsl(\(place * 360 / Group.all.count), 70%, \(place.isMultiple(of: 2) ? 40 : 60)%)"
  }

  private func number(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : String(format: "%.2f", value)
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
