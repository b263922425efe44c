import Foundation
import Graphs
import Testing

/// a · b = c
private func product() -> ComputationGraph {
  var graph = ComputationGraph()
  let a = graph.add(.init(.parameter, label: "a", fields: [.init("value", 2)]))
  let b = graph.add(.init(.constant, label: "b", fields: [.init("value", -3.5)]))
  let times = graph.add(.init(.operation, label: "*"))
  let c = graph.add(.init(.value, label: "c", fields: [.init("value", -7)]))
  graph.connect(a, to: times)
  graph.connect(b, to: times)
  graph.connect(times, to: c)
  return graph
}

@Test func dotTextIsExact() {
  #expect(
    product().dot() == #"""
      digraph computation {
        graph [rankdir=TB, nodesep=0.25, ranksep=0.35, bgcolor=white]
        node [height=0.3, fontname="Helvetica,Arial,sans-serif", fontsize=11]
        edge [color="#5a6472", arrowsize=0.6]
        0 [shape=record, style="filled,bold", color="#0072b2", fillcolor="#dcecf7", label="{a|{value|2}}"]
        1 [shape=record, style="filled,dashed", color="#8a8f98", fillcolor="#f2f2f2", label="{b|{value|-3.5}}"]
        2 [shape=Mrecord, style="filled", color="#b35900", fillcolor="#ffe9cc", label="{*}"]
        3 [shape=record, style="filled", color="#5a6472", fillcolor="#ffffff", label="{c|{value|-7}}"]
        0 -> 2
        1 -> 2
        2 -> 3
      }

      """#)
  #expect(product().dot(direction: .leftRight).contains(#"label="a|{value|2}""#))
}

@Test func equalGraphsGiveEqualText() {
  #expect(product() == product())
  #expect(product().dot() == product().dot())
}

@Test func labelsAreEscaped() {
  var graph = ComputationGraph()
  graph.add(.init(.value, label: "a<b & \"c\" {d|e}\\\n\u{7}\r\n🔥"))
  #expect(
    graph.dot().contains(#"label="{a\<b\ &amp;\ \"c\"\ \{d\|e\}\\\n\#u{FFFD}\n🔥}""#))
}

@Test func anEmptyTextKeepsItsCell() {
  var graph = ComputationGraph()
  graph.add(.init(.value, label: ""))
  graph.add(.init(.value, label: "", fields: [.init("name", "")]))
  #expect(graph.dot().contains(#"label="{\ }""#))
  #expect(graph.dot().contains(#"label="{{name|\ }}""#))
}

@Test(arguments: [
  (2.0, "2"), (-0.70710678, "-0.7071"), (1.5e-7, "1.5e-07"), (12345.6, "1.235e+04"),
  (.nan, "nan"), (-.infinity, "-inf"), (0, "0"),
])
func numbersAreBrief(number: Double, text: String) {
  #expect(number.briefDescription == text)
}

@Test(arguments: [
  (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (400_000, "390.6 KiB"),
  (5 << 40, "5.0 TiB"),
])
func bytesAreBrief(count: Int, text: String) {
  #expect(count.byteDescription == text)
}

@Test func jsonComesBackTheSame() throws {
  let data = try JSONEncoder().encode(product())
  #expect(try JSONDecoder().decode(ComputationGraph.self, from: data) == product())
}

@Test func anEdgeToNowhereIsRefusedWhenRead() {
  let json = Data(#"{"nodes": [], "edges": [{"source": 0, "target": 1}]}"#.utf8)
  #expect(throws: DecodingError.self) {
    try JSONDecoder().decode(ComputationGraph.self, from: json)
  }
}

@Test func anEdgeToNowhereStopsTheProgram() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    var graph = ComputationGraph()
    graph.connect(0, to: 3)
  }
  let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  #expect(message.contains("no edge 0 → 3 in a graph of 0 nodes"))
}
