import GraphvizRendering
import ScalarGrad

let a = Value(2, label: "a")
let b = Value(-3, label: "b")
print(a)
print(b)

let c = a * b
let d = c + 10
print(c.data, d.data)
print((2 * a - 1).data, (a ** 3).data, (1 / a).data)

let e = d.sqrt() + a.max(b)
print(e.data)

c.label = "c"
d.label = "d"
e.label = "e"
let graph = e.graph()
print(graph.nodes.count, "nodes,", graph.edges.count, "arrows")
for node in graph.nodes where node.kind == .operation {
  print(node.label)
}

try graph.render(to: "expression.svg", direction: .leftRight)

var sum: Value = 0
for number in 1...100_000 {
  sum = sum + Value(Double(number))
}
print(sum.data)
sum = 0
print(sum.graph().nodes.count, "node left")
