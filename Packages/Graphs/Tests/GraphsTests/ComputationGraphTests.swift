import Foundation
import Graphs
import Testing

/// a · b = c
private func product() -> ComputationGraph {
  var graph = ComputationGraph.Builder()
  let a = graph.add(.init(.parameter, label: "a", fields: [.init("value", 2)]))
  let b = graph.add(.init(.constant, label: "b", fields: [.init("value", -3.5)]))
  let times = graph.add(.init(.operation, label: "*"))
  let c = graph.add(.init(.value, label: "c", fields: [.init("value", -7)]))
  graph.connect(a, to: times)
  graph.connect(b, to: times)
  graph.connect(times, to: c)
  return graph.graph()
}

@Test func dotTextIsExact() {
  #expect(
    product().dot() == #"""
      digraph computation {
        graph [rankdir=TB, nodesep=0.25, ranksep=0.35, bgcolor=white, fontname="Helvetica,Arial,sans-serif", fontsize=11]
        node [height=0.3, fontname="Helvetica,Arial,sans-serif", fontsize=11]
        edge [color="#5a6472", arrowsize=0.6, fontname="Helvetica,Arial,sans-serif", fontsize=9]
        0 [id=node0, shape=record, style="filled,bold", color="#0072b2", fillcolor="#dcecf7", label="{a|{value|2}}"]
        1 [id=node1, shape=record, style="filled,dashed", color="#6b7280", fillcolor="#f2f2f2", label="{b|{value|-3.5}}"]
        2 [id=node2, shape=Mrecord, style="filled", color="#b35900", fillcolor="#ffe9cc", label="{*}"]
        3 [id=node3, shape=record, style="filled", color="#5a6472", fillcolor="#ffffff", label="{c|{value|-7}}"]
        0 -> 2 [id=edge0]
        1 -> 2 [id=edge1]
        2 -> 3 [id=edge2]
      }

      """#)
  #expect(product().dot(direction: .leftRight).contains(#"label="a|{value|2}""#))
}

@Test func equalGraphsGiveEqualText() {
  #expect(product() == product())
  #expect(product().dot() == product().dot())
}

@Test func labelsAreEscaped() {
  var builder = ComputationGraph.Builder()
  builder.add(.init(.value, label: "a<b & \"c\" {d|e}\\\n\u{7}\r\n🔥"))
  #expect(
    builder.graph().dot().contains(#"label="{a\<b\ &amp;\ \"c\"\ \{d\|e\}\\\n\#u{FFFD}\n🔥}""#))
}

@Test func anEmptyTextKeepsItsCell() {
  var builder = ComputationGraph.Builder()
  builder.add(.init(.value, label: ""))
  builder.add(.init(.value, label: "", fields: [.init("name", "")]))
  let dot = builder.graph().dot()
  #expect(dot.contains(#"label="{\ }""#))
  #expect(dot.contains(#"label="{{name|\ }}""#))
}

@Test(arguments: [
  (2.0, "2"), (-0.70710678, "-0.7071"), (1.5e-7, "1.5e-07"), (12345.6, "1.235e+04"),
  (.nan, "nan"), (-.infinity, "-inf"), (0, "0"),
])
func numbersAreBrief(number: Double, text: String) {
  #expect(number.briefDescription == text)
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
    var builder = ComputationGraph.Builder()
    builder.connect(0, to: 3)
  }
  let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  #expect(message.contains("no edge 0 → 3 in a graph of 0 nodes"))
}

@Test func whatCannotBeIsRefused() throws {
  typealias Graph = ComputationGraph
  let nodes = ["a", "b", "c"].map { Graph.Node(.value, label: $0) }
  func edges(_ pairs: [(Int, Int)]) -> [Graph.Edge] { pairs.map { .init(from: $0.0, to: $0.1) } }
  #expect(throws: ComputationGraphError.cycle(["b", "c"])) {
    try Graph(nodes: nodes, edges: edges([(0, 1), (1, 2), (2, 1)]))
  }
  #expect(throws: ComputationGraphError.cycle(["a"])) {
    try Graph(nodes: Array(nodes[..<1]), edges: edges([(0, 0)]))
  }
  #expect(throws: ComputationGraphError.noSuchNode(.init(from: 0, to: 7), count: 3)) {
    try Graph(nodes: nodes, edges: edges([(0, 7)]))
  }
  #expect(throws: ComputationGraphError.noSuchCluster(0, count: 1)) {
    try Graph(nodes: nodes, edges: [], clusters: [.init(name: "x", label: "", parent: 0)])
  }
  #expect(throws: ComputationGraphError.noSuchCluster(2, count: 0)) {
    try Graph(nodes: [.init(.value, label: "a", cluster: 2)], edges: [])
  }
  let good = try Graph(nodes: nodes, edges: edges([(0, 1), (1, 2), (0, 2)]))
  #expect(try JSONDecoder().decode(Graph.self, from: good.json()) == good)
}

@Test func summariesOfNumbers() {
  let summary = NumberSummary([1, 3, .nan, .infinity, 0, 0])
  #expect(summary.count == 6 && summary.nans == 1 && summary.infinities == 1 && summary.zeros == 2)
  #expect(summary.mean == 1 && summary.min == 0 && summary.max == 3 && summary.largest == 3)
  #expect(summary.standardDeviation == 1.5.squareRoot())
  #expect(summary.text == "1 ± 1.225\n0 to 3\n16.67 % NaN\n16.67 % infinite")
  #expect(NumberSummary([Double]()).text == "none" && NumberSummary([.nan]).text == "100 % NaN")
  let huge = NumberSummary([1e308, 1e308, -1e308])
  #expect(huge.mean.isFinite && huge.standardDeviation.isFinite)
}

@Test func mermaidText() {
  var builder = ComputationGraph.Builder()
  let frame = builder.add(ComputationGraph.Cluster(name: "net", label: "Net", repeats: 3))
  let a = builder.add(.init(.saved, label: "a \"<b>\"\n🔥", cluster: frame))
  let f = builder.add(.init(.operation, label: "f", mark: .exploding))
  builder.connect(a, to: f, label: "[2]", isSaved: true)
  #expect(
    builder.graph().mermaid() == """
      flowchart TB
        n1("f<br/>#9650; exploding gradient"):::exploding
        subgraph c0["net#58; Net × 3"]
          n0["a #34;#60;b#62;#34;<br/>#128293;"]:::saved
        end
        n0 -.->|"#91;2#93;"| n1
        classDef saved fill:#d9f2ea,stroke:#007a5a,color:#111111,stroke-dasharray:4 3
        classDef operation fill:#ffe9cc,stroke:#b35900,color:#111111
        classDef exploding fill:#ffb38a,color:#111111,stroke-width:3px

      """)
}
