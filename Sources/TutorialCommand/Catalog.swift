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
    let chapters = try Chapter.all()
    let links = chapters.map { "- <doc:\($0.name)>\n" }.joined()
    // Not “Tutorials”, since paths with “tutorials” have a meaning of their own in DocC.
    try write(
      """
      # The tutorials

      @Metadata {
        @TechnologyRoot
      }

      From one number that remembers how it was made to a language model.

      ## Overview

      Seventeen chapters, each twenty minutes to an hour. `./Scripts/tutorial new 1` makes a folder of your own to
      type the first into.

      ## Topics

      ### Chapters

      \(links)
      """, to: catalog.appending(path: "Course.md"))
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
  /// repository plain text, and folds sections; names of pictures are prefixed with the chapter's.
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
            .replacing(#/(?s)(^|[^!])\[([^\]]+)\]\(\.\./(\d\d)-[^)]*\)/#) { match in
              "\(match.1)[\(match.2)](doc:Chapter\(match.3))"
            }
            .replacing(#/(?s)(^|[^!])\[([^\]]+)\]\((\.\./\.\.|Data)/[^)]*\)/#) {
              "\($0.1)\($0.2)"
            }
            .replacing("<details><summary>Solution</summary>", with: "#### Solution")
            .replacing("</details>", with: ""))
      }
    }
    return page.markdown
  }
}
