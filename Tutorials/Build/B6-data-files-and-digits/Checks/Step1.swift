// Must fail with: Double($0) / 16 → Double($0)
// Must fail with: cells.count == 65, row.count == 65, → row.count >= 65,
// Must fail with: row[64] <= 9 → true
// Must fail with: split(whereSeparator: \.isNewline) → split(separator: "\u{a}")
// Must fail with: (0...16).contains($0) → $0 >= 0
import Checks
import DataPipes
import Ember
import Foundation

let digits: any Ember.Dataset = try Ember.Digits(contentsOf: "train.csv")
check("it has all images", digits.count, is: DataPipes.Digits.train.count)
for index in [0, 5, 3822] {
  let (x, y) = digits[index]
  let (pixels, digit) = DataPipes.Digits.train[index]
  check("image \(index) has the shape [64]", x.shape, is: [64])
  check(
    "its pixels are between 0 and 1", x.scalars,
    near: pixels.scalars(as: Double.self).map { $0 / 16 })
  check("its digit", y, is: digit.item(as: Int.self))
}
let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }
let good = [String](repeating: "1", count: 65).joined(separator: ",")
for (claim, text) in [
  ("a short line", "\(good)\n1,2,3\n"), ("a long line", "\(good),1\n"),
  ("a line with a word too many", good + ",one\n"),
  ("a pixel of 99", "99" + good.dropFirst() + "\n"),
  ("a word", good.replacing("1,1,1", with: "1,one,1") + "\n"),
  ("a last number above 9", good + "1\n"),
] {
  let file = folder.appending(path: "bad.csv")
  try Data(text.utf8).write(to: file)
  check("\(claim): an error that can be caught", (try? Ember.Digits(contentsOf: file.path)) == nil)
}
let windows = folder.appending(path: "windows.csv")
try Data("\(good)\r\n\(good)\r\n".utf8).write(to: windows)
check(
  "lines may end as on Windows", (try? Ember.Digits(contentsOf: windows.path))?.count ?? 0, is: 2)
check(
  "a missing file: an error that can be caught",
  (try? Ember.Digits(contentsOf: folder.path + "/no.csv")) == nil)
