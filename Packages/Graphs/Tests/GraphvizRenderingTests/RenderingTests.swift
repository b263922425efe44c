import Foundation
import FoundationXML
import Graphs
import GraphvizRendering
import Testing

private func chain(_ labels: [String]) -> ComputationGraph {
  var graph = ComputationGraph.Builder()
  for label in labels {
    let node = graph.add(.init(.value, label: label, fields: [.init("value", 1)]))
    if node > 0 { graph.connect(node - 1, to: node) }
  }
  return graph.graph()
}

private func temporaryPath(_ name: String) -> String {
  FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString)-\(name)").path
}

@Test(arguments: [
  ("x.svg", "<?xml"), ("x.PNG", "\u{89}PNG"), ("x.pdf", "%PDF"), ("x.dot", "digraph"),
])
func extensionsChooseTheFormat(name: String, start: String) throws {
  let path = temporaryPath(name)
  defer { try? FileManager.default.removeItem(atPath: path) }
  try chain(["a", "b"]).render(to: path)
  let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
  #expect(bytes.starts(with: start.unicodeScalars.map { UInt8($0.value) }))
}

/// All text in an SVG, which must be well-formed.
private func text(ofSVG data: Data) throws -> String {
  try XMLDocument(data: data).stringValue ?? ""
}

@Test(arguments: GraphLayout.allCases, ComputationGraph.Direction.allCases)
func svgHoldsEveryLabel(layout: GraphLayout, direction: ComputationGraph.Direction) throws {
  let labels = [
    "a<b>", "x & \"y\" &lt;", "two\nlines", "{|}\\N\\", "🔥 ∂",
    String(repeating: "long ", count: 2000),
  ]
  let svg = try chain(labels).rendered(as: .svg, layout: layout, direction: direction)
  let text = try text(ofSVG: svg).replacing("\u{A0}", with: " ")
  for line in labels.flatMap({ $0.split(separator: "\n") }) {
    #expect(text.contains(line.trimmingCharacters(in: .whitespaces)))
  }
}

@Test func directionAndLayoutChangeThePicture() throws {
  let graph = chain(["a", "b", "c"])
  let pictures = [
    try graph.rendered(as: .svg), try graph.rendered(as: .svg, direction: .leftRight),
    try graph.rendered(as: .svg, layout: .neato),
  ]
  #expect(Set(pictures).count == 3)
}

@Test func renderingIsStable() throws {
  let graph = chain(["a", "b", "c"])
  #expect(try graph.rendered(as: .svg) == graph.rendered(as: .svg))
}

@Test func anUnknownExtensionThrows() {
  #expect(throws: RenderingError.unknownFormat("bmp")) { try chain(["a"]).render(to: "x.bmp") }
  #expect(throws: RenderingError.unknownFormat("")) { try chain(["a"]).render(to: "x") }
  #expect(
    RenderingError.unknownFormat("bmp").localizedDescription.contains(
      "svg, png, pdf, dot, json, mmd"))
}

@Test func aFolderThatIsNotThereThrows() {
  let path = temporaryPath("none") + "/x.svg"
  #expect {
    try chain(["a"]).render(to: path)
  } throws: { error in
    guard case .cannotWrite(path, _)? = error as? RenderingError else { return false }
    return true
  }
}

@Test(arguments: ["digraph { a -> ", "not a graph", "digraph { a [label=<<TABLE>>] }", ""])
func brokenTextThrowsAndTheNextDrawingWorks(dot: String) throws {
  let error = #expect(throws: RenderingError.self) {
    try Graphviz.shared.render(dot, as: .svg, layout: .dot)
  }
  #expect(error?.localizedDescription.isEmpty == false)
  #expect(try text(ofSVG: chain(["fine"]).rendered(as: .svg)).contains("fine"))
}

@Test func severalThreadsDrawAtOnce() async throws {
  let expected = try (0..<4).map { try chain(["a", "\($0)"]).rendered(as: .svg) }
  try await withThrowingTaskGroup(of: (Int, Data).self) { group in
    for index in 0..<64 {
      group.addTask { (index % 4, try chain(["a", "\(index % 4)"]).rendered(as: .svg)) }
    }
    for try await (index, picture) in group {
      #expect(picture == expected[index])
    }
  }
}

#if os(Linux)
  /// Resident memory in bytes.
  private func residentMemory() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(
      separator: " ")
    return Int(fields[1])! * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// In a separate process, where nothing else allocates memory.
  @Test func aThousandDrawingsLeaveNothingBehind() async {
    await #expect(processExitsWith: .success) {
      let graph = chain((0..<8).map(String.init))
      for _ in 0..<100 { _ = try graph.rendered(as: .png) }
      let before = try residentMemory()
      for _ in 0..<1000 { _ = try graph.rendered(as: .png) }
      let growth = try residentMemory() - before
      #expect(growth < 1 << 20, "grew by \(growth) bytes")
    }
  }
#endif
