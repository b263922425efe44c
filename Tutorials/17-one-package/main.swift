import DataPipes
import Foundation
import GraphvizRendering
import ScalarGrad
import Tensors

func speed(at angle: Value) -> Value {
  let (distance, height, gravity) = (8.0, 1.0, 9.81)
  let drop = distance * angle.sin() / angle.cos() - height
  return distance / angle.cos() * (gravity / (2 * drop)).sqrt()
}

let angle: Value = 1.2
for _ in 1...200 {
  angle.grad = 0
  speed(at: angle).backward()
  angle.data -= 0.02 * angle.grad
}
print("angle", String(format: "%.1f°", angle.data * 180 / .pi))
print("speed", String(format: "%.2f m/s", speed(at: angle).data))

var builder = ComputationGraph.Builder()
var places: [String: Int] = [:]
let packages: KeyValuePairs = [
  "Graphs": [], "ScalarGrad": ["Graphs"], "Devices": [], "Tensors": ["Devices", "Graphs"],
  "Files": ["Tensors"], "NN": ["Tensors"], "DataPipes": ["Files", "Tensors"],
  "Serialization": ["Files", "Tensors"],
]
for (name, needs) in packages {
  places[name] = builder.add(.init(needs.isEmpty ? .parameter : .value, label: name))
  for other in needs { builder.connect(places[name]!, to: places[other]!) }
}
let graph = builder.graph()
try graph.render(to: "packages.svg", direction: .topDown, legend: false)
print(graph.nodes.count, "packages,", graph.edges.count, "arrows")

let x = Tensor([0.0, 1.0, 2.0, 3.0, 4.0], dtype: .float64)
let y = Tensor([1.1, 2.9, 5.2, 7.1, 8.8], dtype: .float64)
let columns = Tensor.stack([x, Tensor.onesLike(x)], dim: 1)
let line = columns.pinverse().mv(y)
print(line)
print((columns.mv(line) - y).abs().amax())

try "wind 3\nrain 12\nsun 0\nrain 7\n".write(toFile: "days.txt", atomically: true, encoding: .utf8)
let rain = DataPipe<String>.lines("days.txt")
  .filter { $0.hasPrefix("rain") }
  .map { line in Int(line.dropFirst(5)) ?? 0 }
print(try rain.collect())
for batch in try rain.batch(2).collect() { print(batch.reduce(0, +), "mm") }
