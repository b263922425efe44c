import Foundation
import Graphs
import Testing

private typealias Graph = ComputationGraph

/// A stack of layers, each with a linear operation, its weight and a relu, and a skip connection.
private func layers(_ count: Int, wide: Int? = nil) -> ComputationGraph {
  var builder = Graph.Builder()
  let model = builder.add(Graph.Cluster(name: "", label: "Model"))
  var last = builder.add(.init(.constant, label: "input"))
  for number in 0..<count {
    let layer = builder.add(Graph.Cluster(name: "layers.\(number)", label: "Layer", parent: model))
    let inner = builder.add(
      Graph.Cluster(name: "layers.\(number).linear", label: "Linear", parent: layer))
    let weight = builder.add(
      .init(.parameter, label: "layers.\(number).linear.weight", cluster: inner))
    let linear = builder.add(
      .init(
        .operation, label: "linear",
        fields: number == wide ? [.init("tensor", "wide")] : [.init("value", Double(number))],
        cluster: inner, savedBytes: 8))
    let relu = builder.add(.init(.operation, label: "relu", cluster: layer))
    let add = builder.add(.init(.operation, label: "add", cluster: layer))
    builder.connect(weight, to: linear)
    builder.connect(last, to: linear, label: "[2]")
    builder.connect(linear, to: relu)
    builder.connect(relu, to: add)
    builder.connect(last, to: add, label: "[2]")
    last = add
  }
  builder.connect(last, to: builder.add(.init(.value, label: "output")))
  return builder.graph()
}

private func arrows(_ graph: Graph) -> [String] {
  graph.edges.map { "\(graph.nodes[$0.source].label) > \(graph.nodes[$0.target].label)" }
}

@Suite struct FoldingTests {
  /// What stands out inside must not vanish with the fold.
  @Test func aFoldedNodeKeepsTheFirstMark() {
    var builder = Graph.Builder()
    let model = builder.add(Graph.Cluster(name: "", label: "Model"))
    builder.add(.init(.operation, label: "linear", cluster: model))
    builder.add(.init(.operation, label: "relu", cluster: model, mark: .dead))
    builder.add(.init(.operation, label: "exp", cluster: model, mark: .exploding))
    #expect(builder.graph().folded(toDepth: 0).nodes.map(\.mark) == [.dead])
  }

  @Test func toADepth() {
    let graph = layers(2)
    #expect(graph.depth == 3)
    let one = graph.folded(toDepth: 0)
    #expect(arrows(one) == ["input > Model", "Model > output"])
    #expect(
      one.nodes[1].fields == [
        .init("operations", "6"), .init("parameters", "2"), .init("held", "16 B"),
      ])
    #expect(one.nodes[1].kind == .module && one.nodes[1].savedBytes == 16 && one.clusters.isEmpty)
    let two = graph.folded(toDepth: 1)
    #expect(
      arrows(two) == [
        "input > layers.0: Layer", "layers.0: Layer > layers.1: Layer", "layers.1: Layer > output",
      ])
    #expect(two.edges[0].label == "[2]" && two.clusters.map(\.label) == ["Model"])
    #expect(graph.folded(toDepth: 2).nodes.count == 8 && graph.folded(toDepth: 3) == graph)
    let linears = graph.folded { $0.label == "Linear" }
    #expect(linears.nodes.map(\.label).filter { $0 == "linear: Linear" }.count == 2)
  }

  @Test func repeatsAreDrawnOnce() throws {
    let graph = layers(12).foldingRepeats()
    #expect(graph.nodes.count == 6)
    #expect(graph.clusters.map(\.repeats) == [1, 12, 1])
    #expect(graph.clusters[1].name == "layers.0")
    #expect(graph.dot().contains("label=\"layers.0: Layer × 12\""))
    #expect(
      arrows(graph) == [
        "layers.0.linear.weight > linear", "input > linear", "linear > relu", "relu > add",
        "input > add", "add > output",
      ])
    // The result is still a valid graph.
    _ = try JSONDecoder().decode(Graph.self, from: graph.json())
    // A different layer between identical ones.
    let parts = layers(5, wide: 2).foldingRepeats()
    #expect(
      parts.clusters.filter { $0.label == "Layer" }.map(\.repeats) == [2, 1, 2])
    #expect(layers(1).foldingRepeats() == layers(1))
  }

  @Test func aRepeatThatWouldLeadInACircleStays() {
    var builder = Graph.Builder()
    var last = builder.add(.init(.constant, label: "x"))
    for number in 0..<3 {
      let cluster = builder.add(Graph.Cluster(name: "\(number)", label: "Layer"))
      let inside = builder.add(.init(.operation, label: "f", cluster: cluster))
      let between = builder.add(.init(.operation, label: "between"))
      builder.connect(last, to: inside)
      builder.connect(inside, to: between)
      last = between
    }
    #expect(builder.graph().foldingRepeats() == builder.graph())
  }

  @Test func whatIsTooLargeFoldsByItself() {
    let graph = layers(100)
    #expect(graph.fitted(to: 1000) == graph)
    let folded = graph.fitted(to: 250)
    #expect(folded.nodes.count == 102)
    #expect(
      folded.notes == [
        "folded from 402 nodes: frames nested deeper than 1 are drawn as one node each"
      ])
    #expect(graph.fitted(to: 10).nodes.count == 3)

    var builder = Graph.Builder()
    for number in 0..<1000 {
      builder.add(.init(.operation, label: "f", savedBytes: 1))
      if number > 0 { builder.connect(number - 1, to: number) }
    }
    let chain = builder.graph().fitted(to: 100)
    #expect(
      chain.nodes.count == 100 && chain.notes == ["folded from 1,000 nodes: the last 99 are drawn"])
    #expect(
      chain.nodes[0]
        == .init(
          .module, label: "901 earlier nodes",
          fields: [.init("operations", "901"), .init("held", "901 B")]))
    #expect(arrows(chain)[0] == "901 earlier nodes > f")
  }

  /// A value that is used all along a chain would draw arrows across the whole drawing.
  @Test func aValueOfManyUsesIsDrawnForEach() {
    var builder = Graph.Builder()
    let x = builder.add(.init(.parameter, label: "x", fields: [.init("value", 1)]))
    var last = x
    for _ in 0..<600 {
      let next = builder.add(.init(.operation, label: "multiply"))
      builder.connect(x, to: next)
      builder.connect(last, to: next)
      last = next
    }
    let drawn = builder.graph().fitted(to: 2000)
    #expect(drawn.nodes.count { $0.label == "x" } == 601 && drawn.notes.isEmpty)
    #expect(drawn.nodes.count { !$0.fields.isEmpty } == 1)
  }

  /// Nothing is recursive in the size of a graph or the depth of its frames.
  @Test func aMillionNodes() {
    var builder = Graph.Builder()
    var cluster: Int?
    for number in 0..<1_000_000 {
      if number % 2000 == 0 {
        cluster = builder.add(Graph.Cluster(name: "\(number)", label: "Part"))
      } else if number % 1000 == 0 {
        cluster = builder.add(
          Graph.Cluster(name: "\(number - 1000).half", label: "Half", parent: cluster))
      }
      builder.add(.init(.operation, label: "f", cluster: cluster))
      if number > 0 { builder.connect(number - 1, to: number) }
    }
    let graph = builder.graph()
    #expect(graph.folded(toDepth: 0).nodes.count == 500)
    #expect(graph.foldingRepeats().nodes.count == 2000)
    #expect(graph.fitted(to: 600).nodes.count == 500)
    #expect(graph.dot().utf8.count > 100_000_000)
  }

  @Test func framesInsideOfFrames() {
    var builder = Graph.Builder()
    var cluster: Int?
    for number in 0..<10_000 {
      cluster = builder.add(Graph.Cluster(name: "\(number)", label: "", parent: cluster))
    }
    builder.add(.init(.value, label: "x", cluster: cluster))
    let graph = builder.graph()
    #expect(graph.depth == 10_000 && graph.dot().contains("subgraph cluster_9999"))
    #expect(graph.folded(toDepth: 1).clusters.count == 1)
  }
}

@Suite struct TroubleTests {
  private func graph(_ gradients: [[Double]?]) -> Graph {
    var builder = Graph.Builder()
    for (place, gradient) in gradients.enumerated() {
      let fields = gradient.map { [Graph.Field("grad", "", numbers: NumberSummary($0))] } ?? []
      builder.add(.init(.operation, label: "relu", fields: fields))
      if place > 0 { builder.connect(place - 1, to: place) }
    }
    return builder.graph()
  }

  @Test func gradientsThatAreWrong() {
    let troubled = graph([[1e-9, 0], [2000, 1], [.nan, 1, .infinity], [0, 0], [1, -1], nil])
    #expect(
      troubled.diagnostics().map { "\($0.node) \($0.text)" } == [
        "0 its gradient is no larger than 1e-09", "1 its gradient is as large as 2000",
        "2 1 NaN and 1 infinite of 3 numbers of its grad", "3 its gradient is 0 everywhere",
        "4 100 % of its inputs get no gradient",
      ])
    #expect(
      troubled.markingDiagnostics().nodes.map(\.mark) == [
        .vanishing, .exploding, .notANumber, .dead, .dead, nil,
      ])
    #expect(
      troubled.markingDiagnostics().notes[0] == "relu #0: its gradient is no larger than 1e-09")
    #expect(graph([[0.5], [1]]).diagnostics().isEmpty)
    #expect(graph([[0.5]]).diagnostics(exploding: 0.1).map(\.mark) == [.exploding])
  }

  /// A unit that gets a gradient and passes on none to almost all of its inputs.
  @Test func deadUnits() {
    let nearlyDead = [Double](repeating: 0, count: 19) + [1]
    let diagnostics = graph([nearlyDead, [Double](repeating: 1, count: 20)]).diagnostics()
    #expect(
      diagnostics.map(\.node) == [1] && diagnostics[0].text == "95 % of its inputs get no gradient")
    #expect(graph([[0, 1], [1, 1]]).diagnostics().isEmpty)
  }

  @Test func memory() {
    var builder = Graph.Builder()
    let product = builder.add(.init(.operation, label: "multiply"))
    let small = builder.add(
      .init(.constant, label: "", fields: [.init("tensor", "[2]")], savedBytes: 8))
    let large = builder.add(
      .init(.saved, label: "", fields: [.init("tensor", "[500]")], savedBytes: 2000))
    builder.connect(small, to: product)
    builder.connect(product, to: large, isSaved: true)
    #expect(
      builder.graph().memoryTable == """
        2.0 KiB  [500]  output of multiply
            8 B  [2]    constant of multiply
        2.0 KiB in all
        """)
  }
}

@Suite struct ComparisonTests {
  @Test func whatChangedIsMarked() {
    func graph(_ value: Double, extra: Bool) -> Graph {
      var builder = Graph.Builder()
      let a = builder.add(
        .init(.parameter, label: "a", fields: [.init("value", value), .init("shape", "[]")]))
      let f = builder.add(.init(.operation, label: "f"))
      builder.connect(a, to: f)
      if extra { builder.connect(f, to: builder.add(.init(.operation, label: "g"))) }
      return builder.graph()
    }
    let compared = graph(1, extra: false).compared(with: graph(2, extra: true))
    #expect(compared.clusters.map(\.name) == ["before", "after"])
    #expect(compared.nodes.map(\.label) == ["a", "f", "a", "f", "g"])
    #expect(compared.nodes.map(\.mark) == [nil, nil, .changed, nil, .unmatched])
    #expect(compared.nodes[2].fields.map(\.text) == ["1 → 2", "[]"])
    #expect(arrows(compared) == ["a > f", "a > f", "f > g"])
    #expect(compared.notes == ["1 changed, 1 in one only"])
    #expect(
      graph(1, extra: true).compared(with: graph(1, extra: true)).notes == [
        "0 changed, 0 in one only"
      ])
  }
}
