import Flambeau
import Foundation
@_spi(Flambeau) import Graphs
#if canImport(FoundationXML)
  import FoundationXML
#endif
import Testing

/// A graph of each kind, as DOT and JSON in Golden/graphs. With FLAMBEAU_WRITE_GOLDEN in the
/// environment the files are rewritten.
@Suite struct GraphPictureTests {
  private static func network() -> Sequential {
    let model = Sequential(Linear(2, 2), ReLU(), Linear(2, 1))
    Init.constant(model.parameters()[0], 0.5)
    Init.constant(model.parameters()[1], -1)
    Init.constant(model.parameters()[2], 2)
    Init.constant(model.parameters()[3], 0)
    return model
  }

  private static func loss(_ model: Module, scale: Double = 1) -> Tensor {
    mseLoss(model(Tensor([[1.0, 2], [3, 4]])) * scale, Tensor([[1.0], [2]]))
  }

  private static func recording(scale: Double = 1) -> BackwardRecording {
    let model = network()
    return loss(model, scale: scale).recordBackward(of: model)
  }

  private static func scalar() -> Value {
    let (a, b) = (Value(2, label: "a"), Value(-3, label: "b"))
    let result = (a * b).tanh() + a
    result.label = "result"
    return result
  }

  static let pictures: [String: @Sendable () -> ComputationGraph] = [
    "value": { scalar().graph() },
    "value backward": { scalar().recordBackward().frame(2) },
    "loss": {
      let model = network()
      return loss(model).graph(of: model)
    },
    "backward": { recording().frame(4) },
    "diagnostics": { recording(scale: 1000).graph.markingDiagnostics() },
    "comparison": { recording().graph.compared(with: recording(scale: 2).graph) },
    "model": { network().graph(.zeros([1, 2])) },
    "repeats": {
      Sequential((0..<4).map { _ in Sequential(Linear(2, 2), Tanh()) }).graph(.zeros([1, 2]))
    },
    "folded": {
      let model = network()
      return loss(model).graph(of: model).folded(toDepth: 0)
    },
    "structure": { network().structure().graph() },
  ]

  @Test(arguments: pictures.keys.sorted())
  func isAsItWas(name: String) throws {
    let graph = Self.pictures[name]!()
    let texts = ["dot": Data(graph.dot(legend: true).utf8), "json": graph.json()]
    for (format, text) in texts {
      let url = Repository.root.appending(
        path: "Tests/RepositoryTests/Golden/graphs/\(name).\(format)")
      if ProcessInfo.processInfo.environment["FLAMBEAU_WRITE_GOLDEN"] != nil {
        try text.write(to: url)
      }
      #expect(try text == Data(contentsOf: url), "\(name).\(format) has changed")
    }
    #expect(try JSONDecoder().decode(ComputationGraph.self, from: graph.json()) == graph)
    // The drawing contains every label, and is reproducible.
    let svg = try graph.rendered(as: .svg)
    #expect(try svg == graph.rendered(as: .svg))
    let shown = String(decoding: svg, as: UTF8.self)
    for node in graph.nodes where node.label.wholeMatch(of: /[a-z0-9.]+/) != nil {
      #expect(shown.contains(">\(node.label)</text>"))
    }
  }

  /// In each frame, an animation shows what the recording has there.
  @Test func anAnimationShowsEachFrame() throws {
    let recording = Self.recording()
    let svg = try recording.animation()
    #expect(XMLParser(data: Data(svg.utf8)).parse())
    #expect(svg.contains("@media (prefers-reduced-motion: reduce)"))
    let marks = [ComputationGraph.Mark.running, .reached].map { " fill=\"\($0.fill)\"" }
    let edge = " stroke=\"\(ComputationGraph.highlight)\" stroke-width=\"3\""
    for number in 0...recording.steps.count {
      let frame = recording.frame(number)
      let gradients = frame.nodes.compactMap { $0.field("grad") }
      let visible = svg.split(separator: "\n").filter { line in
        guard let range = line.firstMatch(of: #/ class="in-(\d+)-(\d+)"/#) else { return false }
        return (Int(range.1)!..<Int(range.2)!).contains(number)
      }
      func count(_ start: String, _ mark: String) -> Int {
        visible.count { $0.hasPrefix(start) && $0.contains(mark) }
      }
      #expect(count("<p", marks[0]) == (number > 0 ? 1 : 0), "one operation runs")
      #expect(count("<p", marks[1]) == gradients.count)
      #expect(count("<path", edge) == frame.edges.count { $0.isHighlighted })
      let texts = visible.compactMap { $0.firstMatch(of: #/^<text[^>]*>(.*)<\/text>$/#)?.1 }
      let lines = gradients.flatMap { $0.text.split(separator: "\n") }
      #expect(texts.sorted() == lines.sorted())
      let captions = visible.count { $0.hasPrefix("<g") }
      #expect(captions == 1, "one description at a time")
    }
  }

  /// The browser, if one is installed, as in CI.
  static let browser = ["chromium", "chromium-browser", "google-chrome"].lazy
    .flatMap { name in
      (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/\(name)" }
    }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Opens the page in a headless browser, and plays it with its keys.
  @Test(.enabled(if: browser != nil)) func aPageIsPlayedByItsKeys() async throws {
    let folder = try TemporaryFolder()
    let recording = Self.recording()
    let page = try recording.page(title: "A <small> network")
    #expect(!page.contains("http://") || page.contains("http://www.w3.org"))
    #expect(page.matches(of: /src=|href=/).isEmpty, "it needs no other file")
    let keys = [
      "ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowLeft", " ",
    ]
    let player = """
      <script>
      const log = [];
      for (const key of [\(keys.map { "\"\($0)\"" }.joined(separator: ", "))]) {
        document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        const running = document.querySelector(".running");
        log.push([
          document.body.dataset.step, running ? running.id : "none",
          document.querySelectorAll(".lit").length, document.querySelectorAll(".reached").length,
          document.getElementById("play").textContent,
        ].join(" "));
      }
      document.body.dataset.log = log.join(";");
      document.body.dataset.title = document.querySelector("h1").textContent;
      document.body.dataset.live = document.getElementById("text").getAttribute("aria-live");
      </script></body>
      """
    let path = folder.url.appending(path: "page.html")
    try Data(page.replacing("</body>", with: player).utf8).write(to: path)
    let result = try await run(
      command: [
        Self.browser!, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
        "--user-data-dir=\(folder.url.appending(path: "profile").path)", path.absoluteString,
      ], in: folder.url)
    func attribute(_ name: String) -> Substring? {
      result.output.firstMatch(
        of: try! Regex("data-\(name)=\"([^\"]*)\"", as: (Substring, Substring).self))?.1
    }
    #expect(
      attribute("title") == "A &lt;small&gt; network" || attribute("title") == "A <small> network")
    #expect(attribute("live") == "polite")
    let log = try #require(attribute("log")).split(separator: ";").map(String.init)
    let nodes = recording.steps.map { "node\($0.node)" }
    let last = recording.steps.count
    func expected(_ step: Int, _ play: String = "▶ Play") -> String {
      let reached = recording.frame(step).nodes.count { $0.field("grad") != nil }
      let lit = recording.frame(step).edges.count { $0.isHighlighted }
      return "\(step) \(step > 0 ? nodes[step - 1] : "none") \(lit) \(reached) \(play)"
    }
    #expect(
      log == [
        expected(1), expected(2), expected(1), expected(last), expected(last), expected(0),
        expected(0), expected(0, "❚❚ Pause"),
      ])
  }

  @Test func numberedPictures() throws {
    let folder = try TemporaryFolder()
    let recording = Self.recording()
    try recording.render(to: folder.url.appending(path: "steps").path)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder.url.appending(path: "steps").path)
    #expect(
      names.sorted() == (0...recording.steps.count).map { "step-00\($0).svg" })
  }
}
