import DataPipes
import Foundation
import Testing

@Suite struct DigitsTests {
  @Test func theDigitsAreThere() throws {
    #expect(Digits.test.count == 1797 && Digits.train.count == 3823)
    for digits in [Digits.train, Digits.test] {
      #expect(digits.inputs.shape == [digits.count, 64] && digits.inputs.dtype == .float32)
      #expect(digits.targets.shape == [digits.count] && digits.targets.dtype == .int64)
    }
    // The sums of scikit-learn's load_digits.
    #expect(Digits.test.inputs.sum().item() == 561_718)
    #expect(Digits.test.targets.sum().item() == 8_070)
    #expect(Digits.test.targets[0..<10].scalars(as: Int.self) == Array(0...9))
    // The number of images of each digit, according to the dataset's own description.
    let counts = Digits.train.targets.oneHot(classCount: 10).sum(dim: 0).scalars(as: Int.self)
    #expect(counts == [376, 389, 380, 389, 387, 376, 377, 387, 380, 382])
  }

  private func error(for text: String) throws -> String {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).csv")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data(text.utf8).write(to: url)
    let error = #expect(throws: DataFileError.self) { try Digits.load(from: url.path) }
    return (error?.localizedDescription ?? "").replacing(url.path, with: "FILE")
  }

  private let row = (Array(repeating: "3", count: 64) + ["7"]).joined(separator: ",")

  @Test func damageIsNamedWithItsLine() throws {
    #expect(try error(for: "\(row)\n1,2,3\n") == "FILE, line 2: 3 fields instead of 65")
    #expect(try error(for: "1,2,3\n") == "FILE, line 1: 3 fields instead of 65")
    #expect(
      try error(for: "\(row)\n\(row)\n\(row.dropLast())x\n")
        == "FILE, line 3: “x” in column 65 is not an integer from 0 to 9")
    #expect(
      try error(for: "17\(row.dropFirst())\n")
        == "FILE, line 1: “17” in column 1 is not an integer from 0 to 16")
    #expect(
      try error(for: "\(row)\n1.5\(row.dropFirst())\n")
        == "FILE, line 2: “1.5” in column 1 is not an integer from 0 to 16")
    #expect(try error(for: "") == "FILE, line 1: there are no rows")
  }

  @Test func aMissingFileThrows() {
    let error = #expect(throws: DataFileError.self) { try Digits.load(from: "/no/digits.csv") }
    #expect(error?.localizedDescription.hasPrefix("cannot read /no/digits.csv: ") == true)
  }
}
