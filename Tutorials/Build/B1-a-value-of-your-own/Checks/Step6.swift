// Must fail with: .init("grad", value.grad) → .init("grad", 0.0)
// Must fail with: builder.connect(operation, to: place) →
import Checks
import Ember
import Graphs
import ScalarGrad

let (a, b) = (Ember.Value(2, label: "a"), Ember.Value(-3, label: "b"))
let (c, d) = (ScalarGrad.Value(2, label: "a"), ScalarGrad.Value(-3, label: "b"))
let mine = a * b + a
let theirs = c * d + c
mine.label = "y"
theirs.label = "y"
mine.backward()
theirs.backward()
let (graph, expected) = (mine.graph(), theirs.graph())

/// The nodes as text, in no order.
func nodes(_ graph: ComputationGraph) -> [String] {
  graph.nodes.map { node in
    "\(node.kind) \(node.label) "
      + node.fields.map { "\($0.name) \($0.text)" }.joined(separator: " ")
  }.sorted()
}

/// The edges as text, from which label to which.
func edges(_ graph: ComputationGraph) -> [String] {
  graph.edges.map { "\(graph.nodes[$0.source].label) → \(graph.nodes[$0.target].label)" }.sorted()
}

check("its nodes are those of Flambeau's graph", nodes(graph), is: nodes(expected))
check("its edges too", edges(graph), is: edges(expected))
