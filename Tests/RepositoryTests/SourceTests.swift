import Foundation
import Testing

/// Rules for all sources.
@Suite struct SourceTests {
  /// Every `@unchecked Sendable` and `nonisolated(unsafe)` has a comment with the reason.
  @Test func uncheckedClaimsCarryTheirReason() throws {
    var count = 0
    for file in try swiftFiles(in: "Packages") + swiftFiles(in: "Sources") {
      guard file.path.contains("/Sources/"), !file.path.contains("/Generated/") else { continue }
      let lines = try lines(of: file)
      for (number, line) in lines.enumerated()
      where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
        count += 1
        let reason = lines[number - 1].drop { $0 == " " }
        #expect(reason.hasPrefix("// "), "\(file.lastPathComponent):\(number + 1)")
      }
    }
    #expect(count > 20)
  }

  /// Tests run concurrently, so one that seeds the shared default generator would change the
  /// others' numbers: it needs a process of its own, or `Generator(seed:).withDefault`.
  @Test func noTestSeedsTheOthers() throws {
    for file in try swiftFiles(in: "Packages") where file.path.contains("/Tests/") {
      var hasOwnProcess = false
      for (number, line) in try lines(of: file).enumerated() {
        if line.contains("@Test") { hasOwnProcess = false }
        if line.contains("processExitsWith") { hasOwnProcess = true }
        let seeds = line.drop { $0 == " " }.hasPrefix("manualSeed(")
        #expect(!seeds || hasOwnProcess, "\(file.lastPathComponent):\(number + 1)")
      }
    }
  }

  /// C modules are not re-exported as a whole, only the types that programs use, one by one.
  @Test func noCIsVisibleAsAWhole() throws {
    var count = 0
    for file in try swiftFiles(in: "Packages") + swiftFiles(in: "Sources") {
      for line in try lines(of: file) where line.contains("@_exported import") {
        count += 1
        let name = try #require(line.split(separator: " ").last)
        let isC = name.firstMatch(of: /^C[A-Z]/) != nil && !name.contains(".")
        #expect(!isC, "\(file.lastPathComponent): \(line)")
      }
    }
    #expect(count > 20)
  }

  /// Comments keep the width of .swift-format, which breaks code alone.
  @Test func commentsKeepTheirWidth() throws {
    for folder in ["Packages", "Sources", "Tests", "Tutorials", "Benchmarks", "Examples"] {
      for file in try swiftFiles(in: folder) where !file.path.contains("/Generated/") {
        for (number, line) in try lines(of: file).enumerated() where line.count > 100 {
          let isComment = line.drop { $0 == " " }.hasPrefix("//")
          let isCode = line.hasPrefix(BuiltStage.mistakeMark)
          #expect(!isComment || isCode, "\(file.lastPathComponent):\(number + 1)")
        }
      }
    }
  }

  /// GLOSSARY.md lists our own terms. These words are not among them, since the field has others:
  /// gradients, stride, dilation, padding, number of groups, weight decay, im2col.
  @Test func wordsAreTheFields() throws {
    let others = [
      "slopes", "truePlaces", "placesOfMaxima", "by how much", "how many zeros", "how far apart",
      "convolved apart", "window's points", "they themselves", "whoever", "how strongly",
      "drawn towards zero", "what one is after", "what there is to say", "where they live",
      "so that nothing is divided by zero", "where random numbers come from", "brought to mean",
      "may only look", "may not look", "made with these arguments", "what is to be optimised",
      "times as much", "one upon the other", "what gives the places", "normalis",
    ]
    var count = 0
    for folder in ["Packages", "Sources"] {
      for file in try files(in: folder, ["swift", "h", "c", "cpp", "cu"])
      where file.path.contains("/Sources/") {
        count += 1
        let text = try String(contentsOf: file, encoding: .utf8).lowercased()
        // LeakyReLU has slopes.
        for word in others where word != "slopes" || !file.path.hasSuffix("Activations.swift") {
          #expect(!text.contains(word.lowercased()), "\(file.lastPathComponent): “\(word)”")
        }
      }
    }
    #expect(count > 200)
  }

  private func swiftFiles(in folder: String) throws -> [URL] { try files(in: folder, ["swift"]) }

  private func files(in folder: String, _ kinds: Set<String>) throws -> [URL] {
    let root = Repository.root.appending(path: folder)
    // A package's own build folder is hidden.
    let files = FileManager.default.enumerator(
      at: root, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
    return try #require(files).compactMap { $0 as? URL }.filter { kinds.contains($0.pathExtension) }
  }

  private func lines(of file: URL) throws -> [Substring] {
    try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }
}
