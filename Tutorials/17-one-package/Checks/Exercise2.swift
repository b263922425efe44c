import Checks
import Graphs

let graph = familyTree(["Bea": ["Ada", "Cem"], "Dan": ["Ada", "Cem"], "Eva": ["Dan"]])
check("five names, in order", graph.nodes.map(\.label), is: ["Ada", "Bea", "Cem", "Dan", "Eva"])
let arrows = Set(
  graph.edges.map { "\(graph.nodes[$0.source].label) → \(graph.nodes[$0.target].label)" })
check(
  "from parents to children", arrows,
  is: ["Ada → Bea", "Cem → Bea", "Ada → Dan", "Cem → Dan", "Dan → Eva"])
check("an empty family", familyTree([:]).nodes.isEmpty)
