import Foundation

/// A Markdown table whose columns are also aligned as text; all but the first are right-aligned.
struct Table {
  private var rows: [[String]]

  init(_ titles: String...) { rows = [titles] }

  mutating func add(_ cells: String...) { rows.append(cells) }

  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
    func line(_ cells: [String]) -> String {
      let padded = cells.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }
      return "| \(padded.joined(separator: " | ")) |"
    }
    let rule = widths.enumerated().map { column, width in
      String(repeating: "-", count: column == 0 ? width : max(width - 1, 1))
        + (column == 0 ? "" : ":")
    }
    return ([rows[0], rule] + rows.dropFirst()).map(line).joined(separator: "\n")
  }
}

/// A duration in µs, ms or s.
func duration(_ seconds: Double) -> String {
  let (scale, unit) = seconds < 1e-3 ? (1e6, "µs") : seconds < 1 ? (1e3, "ms") : (1, "s")
  return String(format: "%.3g ", seconds * scale) + unit
}

/// A percentage, such as 93 %; - if the whole is unknown.
func share(_ part: Double, of whole: Double?) -> String {
  whole.map { String(format: "%.0f %%", 100 * part / $0) } ?? "-"
}
