import ArgumentParser
import Foundation

/// Writes the chapters as a DocC catalog, for the documentation.
struct Catalog: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the chapters as a DocC catalog, for the documentation's site.")

  @Argument(help: "The catalog's folder; it is replaced.")
  var folder: String

  func run() throws {
    let catalog = URL(filePath: folder)
    try? FileManager.default.removeItem(at: catalog)
    try FileManager.default.createDirectory(at: catalog, withIntermediateDirectories: true)
    func links(_ track: Track) throws -> String {
      try Chapter.all(track).map { "- <doc:\($0.name)>\n" }.joined()
    }
    // Not “Tutorials”, since paths with “tutorials” have a meaning of their own in DocC.
    try write(
      """
      # The tutorials

      @Metadata {
        @TechnologyRoot
      }

      From one number that remembers how it was made to a language model.

      ## Overview

      Two tracks. In the first you use the library: seventeen chapters, each twenty minutes to an hour.
      `./Scripts/tutorial new 1` makes a folder of your own to type the first into. In the second you build a small
      library yourself, step by step, each of which has hints and a check; it begins with `./Scripts/tutorial new B1`.

      ## Topics

      ### Use it

      \(try links(.use))
      ### Build it

      \(try links(.build))
      ### Words

      - <doc:Glossary>

      """, to: catalog.appending(path: "Course.md"))
    let glossary = try MarkdownPage(contentsOf: Chapter.tutorials.appending(path: "Glossary.md"))
    try write(glossary.article("Glossary"), to: catalog.appending(path: "Glossary.md"))
    let chapters = try Chapter.ofAllTracks()
    for chapter in chapters {
      try write(
        chapter.page.article(chapter.name), to: catalog.appending(path: "\(chapter.name).md"))
      for picture in chapter.page.pictures {
        try Data(contentsOf: chapter.folder.appending(path: picture.path))
          .write(to: catalog.appending(path: "\(chapter.name)-\(picture.name)"))
      }
    }
  }

  private func write(_ text: String, to file: URL) throws { try Data(text.utf8).write(to: file) }
}

extension MarkdownPage {
  /// The page as a DocC article: links to chapters become DocC links, links to files of the
  /// repository plain text, and folds tabs; names of pictures are prefixed with the chapter's.
  func article(_ name: String) -> String {
    var page = self
    page.parts = parts.map { part in
      switch part {
      case .block(let block):
        let language = block.language.split(separator: " ").first.map(String.init) ?? ""
        return .block(
          Block(
            language: ["output", "message"].contains(language) ? "text" : language,
            text: block.text))
      case .text(let text):
        return .text(
          text.replacing(#/!\[([^\]]*)\]\([^)]*?([^/)]+)\)/#) { "![\($0.1)](\(name)-\($0.2))" }
            .replacing(#/(?s)(^|[^!])\[([^\]]+)\]\((?:\.\./)*(\d\d|B\d+)-[^)]*\)/#) { match in
              "\(match.1)[\(match.2)](doc:Chapter\(match.3))"
            }
            .replacing(#/(?s)\[([^\]]+)\]\(\.\./Glossary\.md#[^)]*\)/#) {
              "[\($0.1)](doc:Glossary)"
            }
            .replacing(#/(?s)(^|[^!])\[([^\]]+)\]\((\.\./|Data/)[^)]*\)/#) {
              "\($0.1)\($0.2)"
            })
      }
    }
    return page.markdown.replacing(Self.folds) { Self.tabs(of: String($0.output)) }
  }

  /// Folds that follow each other as tabs, of which the first says that the reader should try it.
  private static func tabs(of folds: String) -> String {
    let tabs = folds.matches(of: #/(?s)<details><summary>(.*?)</summary>\n(.*?)</details>/#)
      .map { "@Tab(\"\($0.1)\") {\n\($0.2)}\n" }
    return """
      @TabNavigator {
      @Tab("Your turn") {
      Write it yourself before you look at the other tabs.
      }
      \(tabs.joined())}


      """
  }
}
