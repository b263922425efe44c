import Checks
import Foundation

let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).txt").path
try "The sun and the moon\nand THE stars\n\n".write(toFile: path, atomically: true, encoding: .utf8)
check(
  "three the, two and, and one each of three others", try wordCounts(path),
  is: ["the": 3, "and": 2, "sun": 1, "moon": 1, "stars": 1])
try FileManager.default.removeItem(atPath: path)
do {
  _ = try wordCounts(path)
  check("a file that is missing is an error", false)
} catch {
  check("a file that is missing is an error", true)
}
