import DataPipes
import Foundation
import Testing

@Suite struct DigitsTests {
  @Test func theDigitsAreThere() throws {
    let digits = try Digits.load()
    #expect(digits.count == 1797)
    #expect(digits.inputs.shape == [1797, 64] && digits.inputs.dtype == .float32)
    #expect(digits.targets.shape == [1797] && digits.targets.dtype == .int64)
    // Sums that scikit-learn's load_digits gives as well.
    #expect(digits.inputs.sum().item() == 561_718)
    #expect(digits.targets.sum().item() == 8_070)
    #expect(digits.targets[0..<10].scalars(as: Int.self) == Array(0...9))
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
    #expect(try error(for: "\(row)\n1,2,3\n") == "FILE, line 2: 3 columns instead of 65")
    #expect(
      try error(for: "\(row)\n\(row)\n\(row.dropLast())x\n")
        == "FILE, line 3: “x” in column 65 is no number from 0 to 9")
    #expect(
      try error(for: "17\(row.dropFirst())\n")
        == "FILE, line 1: “17” in column 1 is no number from 0 to 16")
    #expect(try error(for: "").hasPrefix("FILE, line 1: "))
  }

  @Test func aMissingFileThrows() {
    let error = #expect(throws: DataFileError.self) { try Digits.load(from: "/no/digits.csv") }
    #expect(error?.localizedDescription.hasPrefix("cannot read /no/digits.csv: ") == true)
  }
}
