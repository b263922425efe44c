@_spi(Flambeau) import Files
import Foundation

/// Images of digits handwritten by 43 people, of 8×8 pixels: UCI's Optical Recognition of
/// Handwritten Digits dataset.
///
/// Images are float32 of shape [count, 64], with pixels from 0 to 16 in row-major order. Targets,
/// the digits, are int64 of shape [count].
///
/// E. Alpaydin and C. Kaynak, 1998, <https://doi.org/10.24432/C50P49>, CC BY 4.0.
public enum Digits {
  /// The 3,823 digits for training, by 30 people.
  public static let train = embedded("train")
  /// The 1,797 digits for testing, by 13 other people: scikit-learn's `load_digits`.
  public static let test = embedded("test")

  private static func embedded(_ name: String) -> TensorDataset<Tensor, Tensor> {
    let url = Bundle.module.bundleURL.appending(path: "digits/\(name).csv")
    do {
      return try load(from: url.path)
    } catch {
      fatalError(
        "Digits: this installation of Flambeau is incomplete: \(error.localizedDescription)")
    }
  }

  /// Reads digits from a CSV file of 64 pixels and the digit on each line.
  ///
  /// - Throws: `DataFileError`.
  public static func load(from path: String) throws -> TensorDataset<Tensor, Tensor> {
    let table = try CSVTable(path, separator: ",", hasHeader: false, missing: [])
    guard table.columns.count == 65 else {
      throw DataFileError.damaged(
        path: path, line: 1, reason: CSVProblem.fields(table.columns.count, insteadOf: 65))
    }
    let columns = try table.columns.enumerated().map { place, column in
      try numbers(column, upTo: place < 64 ? 16 : 9, place: place, path: path)
    }
    return TensorDataset(Tensor.stack(Array(columns[..<64]), dim: 1).to(.float32), columns[64])
  }

  private static func numbers(
    _ column: CSVColumn, upTo limit: Int, place: Int, path: String
  ) throws -> Tensor {
    switch column {
    case .ints(let integers):
      guard let wrong = integers.firstIndex(where: { !(0...limit).contains($0) }) else {
        return try Tensor(integers, shape: [integers.count])
      }
      throw outOfRange("\(integers[wrong])", wrong)
    case .floats(let numbers):
      let wrong =
        numbers.firstIndex { $0 != $0.rounded() || !(0...Double(limit)).contains($0) } ?? 0
      throw outOfRange("\(numbers[wrong])", wrong)
    case .bools(let bools): throw outOfRange("\(bools[0])", 0)
    case .strings(let texts):
      let wrong = texts.firstIndex {
        $0.flatMap { Int($0) }.map { !(0...limit).contains($0) } ?? true
      }
      throw outOfRange(texts[wrong ?? 0] ?? "", wrong ?? 0)
    }
    func outOfRange(_ field: String, _ row: Int) -> DataFileError {
      .damaged(
        path: path, line: row + 1,
        reason: "“\(field)” in column \(place + 1) is not an integer from 0 to \(limit)")
    }
  }
}
