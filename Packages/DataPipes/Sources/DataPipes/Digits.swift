import Foundation
@_spi(Flambeau) import Graphs
import SwiftCSV

/// The 1,797 handwritten digits, 8×8 pixels each, of UCI's Optical Recognition data set.
///
/// E. Alpaydin and C. Kaynak, 1998, <https://doi.org/10.24432/C50P49>, CC BY 4.0.
public enum Digits {
  /// The digits: images as float32 of shape [1797, 64], pixels from 0 to 16 in reading order, and
  /// which digits they are as int64 of shape [1797].
  ///
  /// - Parameter path: a file in the same form, instead of the one in the package: 64 pixels and the
  ///   digit on each line, separated by commas.
  /// - Throws: ``DataFileError``.
  public static func load(from path: String? = nil) throws -> TensorDataset {
    let url =
      path.map { URL(fileURLWithPath: $0) }
      ?? Bundle.module.bundleURL.appending(path: "digits/digits.csv")
    let shownPath = path ?? url.path
    let text: String
    do {
      text = try String(contentsOf: url, encoding: .utf8)
    } catch {
      throw DataFileError.unreadable(path: shownPath, reason: error.systemReason)
    }
    return try parse(text, path: shownPath)
  }

  static func parse(_ text: String, path: String) throws -> TensorDataset {
    var pixels: [Float] = []
    var digits: [Int] = []
    let table: CSV<Enumerated>
    do {
      table = try CSV<Enumerated>(string: text, delimiter: .comma, loadColumns: false)
    } catch {
      throw DataFileError.damaged(path: path, line: 1, reason: "\(error)")
    }
    // The file has no header, and the parser takes its first line for one.
    for (index, row) in ([table.header] + table.rows).enumerated() {
      let line = index + 1
      guard row.count == 65 else {
        throw DataFileError.damaged(
          path: path, line: line, reason: "\(row.count) columns instead of 65")
      }
      for (column, field) in row.enumerated() {
        let range = column < 64 ? 0...16 : 0...9
        guard let number = Int(field), range.contains(number) else {
          throw DataFileError.damaged(
            path: path, line: line,
            reason: "“\(field)” in column \(column + 1) is no number from 0 to \(range.upperBound)")
        }
        if column < 64 { pixels.append(Float(number)) } else { digits.append(number) }
      }
    }
    return TensorDataset(
      try Tensor(pixels, shape: [digits.count, 64]), try Tensor(digits, shape: [digits.count]))
  }
}

/// Why a file of data cannot be used.
public enum DataFileError: Error, Equatable, LocalizedError {
  case unreadable(path: String, reason: String)
  case damaged(path: String, line: Int, reason: String)

  public var errorDescription: String? {
    switch self {
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .damaged(let path, let line, let reason): "\(path), line \(line): \(reason)"
    }
  }
}
