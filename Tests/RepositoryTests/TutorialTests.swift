import Foundation
import Testing

/// Follows each chapter as a reader would: types its blocks and compares the screen with the page.
@Suite struct TutorialTests {
  struct Chapter: Sendable, CustomTestStringConvertible {
    let number: Int
    let folder: String
    var program: String { String(format: "Chapter%02d", number) }
    var testDescription: String { folder }

    static let all: [Chapter] = {
      let tutorials = Repository.root.appending(path: "Tutorials").path
      let folders = (try? FileManager.default.contentsOfDirectory(atPath: tutorials)) ?? []
      return folders.sorted().compactMap { folder in
        Int(folder.prefix(2)).map { Chapter(number: $0, folder: folder) }
      }
    }()
  }

  @Test func chaptersAreNumbered() {
    #expect(Chapter.all.count >= 3)
    #expect(Chapter.all.map(\.number) == Array(1...Chapter.all.count))
  }

  @Test(arguments: Chapter.all)
  func thePageIsWhatOneSees(chapter: Chapter) async throws {
    let path = "Tutorials/\(chapter.folder)"
    let page = try MarkdownPage("\(path)/README.md")
    let program = try String(
      contentsOf: Repository.root.appending(path: "\(path)/main.swift"), encoding: .utf8)
    #expect(page.program == program, "the page's blocks are the program")
    #expect(!page.output.isEmpty, "the page says what one sees")

    let folder = try TemporaryFolder()
    let result = try await run(Repository.program(chapter.program), in: folder.url)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == page.output)

    // The pictures that the page shows, and no others, each the same as the one on the page but for
    // places, which depend on the fonts of the machine.
    let drawn = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(Set(drawn) == Set(page.pictures))
    for picture in page.pictures {
      let shown = Repository.root.appending(path: "\(path)/\(picture)")
      #expect(
        try texts(inSVG: folder.url.appending(path: picture)) == texts(inSVG: shown),
        "\(picture) has changed")
    }
  }

  /// What an SVG says, in order.
  private func texts(inSVG url: URL) throws -> [String] {
    let svg = try String(contentsOf: url, encoding: .utf8)
    return svg.matches(of: #/<text[^>]*>([^<]*)<\/text>/#).map { String($0.1) }
  }
}
