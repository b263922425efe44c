import Foundation
import Testing

@testable import TutorialCommand

/// The folder in which `./Scripts/documentation` builds the site.
private let site = Repository.root.appending(path: ".build/documentation/site")

/// Checks the documentation's site, if `./Scripts/documentation --build` has built it.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: site.path)))
struct SiteTests {
  /// DocC's data of a page.
  private struct Page: Decodable {
    let kind: String
    let abstract: [Content]?
    let metadata: Metadata
    let references: [String: Reference]?

    struct Content: Decodable {}
    struct Metadata: Decodable {
      let title: String
      let symbolKind: String?
    }
    struct Reference: Decodable {
      let url: String?
      let variants: [Variant]?

      struct Variant: Decodable { let url: String }
    }
  }

  private func pages() throws -> [(path: String, page: Page)] {
    let data = site.appending(path: "data")
    let enumerator = FileManager.default.enumerator(at: data, includingPropertiesForKeys: nil)
    let files = (enumerator?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "json" }
    return try files.map { file in
      (
        String(file.path.dropFirst(data.path.count).dropLast(5)),
        try JSONDecoder().decode(Page.self, from: Data(contentsOf: file))
      )
    }
  }

  @Test func everyPublicSymbolIsDocumented() throws {
    let bare = try pages().filter {
      $0.page.kind == "symbol" && $0.page.abstract == nil
        && $0.page.metadata.symbolKind != "extension"
    }
    // The property that the compiler generates for a task-local value cannot be documented.
    #expect(bare.map(\.path) == ["/documentation/datapipes/workerinfo/$current"])
  }

  @Test func everyLinkLeadsSomewhere() throws {
    let pages = try pages()
    #expect(pages.count > 2000)
    let paths = Set(pages.map(\.path))
    for (path, page) in pages {
      for reference in (page.references ?? [:]).values {
        if let url = reference.url, url.hasPrefix("/documentation") {
          #expect(paths.contains(String(url.split(separator: "#")[0])), "\(path): \(url)")
        }
        for variant in reference.variants ?? [] where variant.url.hasPrefix("/") {
          let file = site.appending(path: variant.url)
          #expect(FileManager.default.fileExists(atPath: file.path), "\(path): \(variant.url)")
        }
      }
    }
  }

  /// The navigator, whose filter is the site's search, contains the chapters, articles and symbols.
  @Test func theIndexHasEverything() throws {
    let index = try String(
      contentsOf: site.appending(path: "index/index.json"), encoding: .utf8)
    for chapter in try Chapter.all() { #expect(index.contains(chapter.page.title)) }
    for name in ["PyTorch to Flambeau", "Troubleshooting", "Conv2d", "DataLoader"] {
      #expect(index.contains("\"\(name)\""))
    }
  }

  @Test(.enabled(if: ["/usr/bin/chromium"].contains(where: FileManager.default.fileExists)))
  func pagesOpenInABrowser() async throws {
    let folder = try TemporaryFolder()
    let log = folder.url.appending(path: "log")
    try Data().write(to: log)
    let server = Process()
    server.executableURL = URL(filePath: "/usr/bin/env")
    server.arguments = [
      "python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory",
      site.path,
    ]
    server.standardOutput = try FileHandle(forWritingTo: log)
    server.standardError = FileHandle.nullDevice
    try server.run()
    defer { server.terminate() }
    var port: Substring?
    for _ in 0..<100 where port == nil {
      try await Task.sleep(for: .milliseconds(100))
      port = try String(contentsOf: log, encoding: .utf8).firstMatch(of: #/port (\d+)/#)?.1
    }
    let address = "http://127.0.0.1:\(try #require(port))/documentation"

    for (path, texts) in [
      ("", ["Flambeau", "Tensors"]),
      ("/course", ["The tutorials", "1. One number that remembers"]),
      ("/course/chapter10", ["Optimizers as pictures", "Chapter10-valley.svg", "Exercise 1"]),
      ("/flambeau/frompytorch", ["PyTorch to Flambeau", "torch.zeros(2, 3)"]),
      ("/tensors/tensor", ["func matmul"]),
      ("/nn/conv2d", ["torch.nn.Conv2d", "Creates the layer."]),
    ] {
      let page = try await run(
        command: [
          "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000",
          "--user-data-dir=\(folder.url.appending(path: "profile").path)", "--dump-dom",
          address + path,
        ], in: folder.url)
      let plain = page.output.replacing(#/<[^>]*class="token[^>]*>/#, with: "")
      for text in texts {
        #expect(
          page.output.contains(text) || plain.replacing(#/<[^>]+>/#, with: "").contains(text),
          "\(path) says \(text)")
      }
    }
  }
}
