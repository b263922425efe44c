import Foundation
import Testing

/// What all sources keep to.
@Suite struct SourceTests {
  /// Whoever tells the compiler that something may go from thread to thread says in a comment why.
  @Test func uncheckedClaimsCarryTheirReason() throws {
    var count = 0
    for folder in ["Packages", "Sources"] {
      let root = Repository.root.appending(path: folder)
      let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
      for case let file as URL in try #require(files) where file.pathExtension == "swift" {
        guard file.path.contains("/Sources/"), !file.path.contains("/Generated/") else { continue }
        let lines = try String(contentsOf: file, encoding: .utf8)
          .split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated()
        where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
          count += 1
          let reason = lines[number - 1].drop { $0 == " " }
          #expect(reason.hasPrefix("// "), "\(file.lastPathComponent):\(number + 1)")
        }
      }
    }
    #expect(count > 20)
  }
}
