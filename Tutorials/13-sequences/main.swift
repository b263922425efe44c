import DataPipes
import Foundation
import NN
import Tensors

let names = try String(contentsOfFile: "names.txt", encoding: .utf8)
  .split(separator: "\n").map { ".\($0)." }
print(names.count, names[0], names[1], names[2])

let vocabulary = Vocabulary(names.joined())
print(vocabulary.count, "characters:", String(vocabulary.tokens))
let emma = try vocabulary.encode(".emma.")
print(emma, String(vocabulary.decode(emma)))

let all = try vocabulary.encode(names.joined())
let pairs = all[..<(-1)] * 27 + all[1...]
let isInside = ((all[..<(-1)] .!= 0).logicalOr(all[1...] .!= 0)).to(.float32)
let counts = pairs.bincount(weights: isInside, minLength: 27 * 27).reshape(27, 27)
let table = (counts + 1) / (counts + 1).sum(dim: 1, keepDim: true)

func likely(after letter: Character) -> String {
  let (values, indices) = table[vocabulary[letter]!].topk(3)
  return zip(vocabulary.decode(indices), values.scalars(as: Float.self))
    .map { "\($0) \(Int(100 * $1)) %" }.joined(separator: ", ")
}
for letter in ".qu" { print("after \(letter):", likely(after: letter)) }

let surprise = -(table.log().flatten()[pairs] * isInside).sum() / isInside.sum()
print(String(format: "guessing %.2f, counting pairs %.2f", log(27.0), surprise.item()))

manualSeed(0)
let embedding = Embedding(27, 4)
print(embedding(emma).shape)
let oneHot = emma.oneHot(classCount: 27).to(.float32)
print((oneHot • embedding.weight).equal(embedding(emma)))

func step(_ state: Tensor, _ letter: Tensor, _ weights: (Tensor, Tensor)) -> Tensor {
  (state • weights.0 + letter • weights.1).tanh()
}
let weights = (Tensor.randn([8, 8]) / 3, Tensor.randn([4, 8]) / 2)
var state = Tensor.zeros([8])
for letter in embedding(emma).unbind() { state = step(state, letter, weights) }
print(state.shape)

final class Namer: Module {
  let embedding = Embedding(27, 16)
  let memory = LSTM(16, 128, batchFirst: true)
  let output = Linear(128, 27)

  override func forward(_ letters: Tensor) -> Tensor {
    output(memory(embedding(letters)).output)
  }
}
manualSeed(1)
let model = Namer()
print(model)

let encoded = try names.map { try vocabulary.encode($0) }
let parts = randomSplit(ArrayDataset(encoded), [0.9, 0.1], generator: Generator(seed: 0))
let loaders = parts.map { part in
  DataLoader(
    part, batchSize: 64, shuffle: true, generator: Generator(seed: 2),
    collate: { names in
      (
        try padSequences(names.map { $0[..<(-1)] }),
        try padSequences(names.map { $0[1...] }, paddingValue: -1)
      )
    })
}

func measure(_ model: Namer, _ letters: Tensor, _ next: Tensor) -> Tensor {
  crossEntropy(model(letters).flatten(endDim: 1), next.flatten(), ignoreIndex: -1)
}

let epochs = 8
let optimizer = AdamW(model.parameters(), lr: 1e-3)
let schedule = OneCycleLR(optimizer, maxLR: 1e-2, totalSteps: epochs * loaders[0].count)
var history = History()
for epoch in 1...epochs {
  var mean = Mean()
  for (letters, next) in loaders[0] {
    let loss = measure(model, letters, next)
    optimizer.zeroGrad()
    loss.backward()
    _ = clipGradNorm(model.parameters(), maxNorm: 1)
    optimizer.step()
    schedule.step()
    mean.update(loss.item())
  }
  var unseen = Mean()
  noGrad {
    for (letters, next) in loaders[1] {
      unseen.update(measure(model, letters, next).item(), count: letters.shape[0])
    }
  }
  history.append(["training": mean.value, "validation": unseen.value], at: Double(epoch))
  if epoch % 2 == 0 {
    print("epoch \(epoch): loss", String(format: "%.2f", unseen.value))
  }
}
try Plot(
  history, title: "Learning names", xLabel: "epochs", yLabel: "cross entropy of the next letter"
).write(to: "names.svg")

func makeName(_ model: Namer, temperature: Double, _ generator: Generator) -> String {
  noGrad {
    var name = ""
    var letter = 0
    var states: (h: Tensor, c: Tensor)?
    while name.count < 20 {
      let (output, next) = model.memory(model.embedding(Tensor([[letter]])), states)
      states = next
      let scores = model.output(output)[0, 0] / temperature
      letter = Int(scores.softmax(dim: 0).multinomial(1, generator: generator).item())
      if letter == 0 { break }
      name.append(vocabulary.tokens[letter])
    }
    return name
  }
}
let generator = Generator(seed: 3)
for temperature in [0.5, 1.0, 1.5] {
  let made = (0..<8).map { _ in makeName(model, temperature: temperature, generator) }
  print("\(temperature):", made.joined(separator: " "))
}

let known = Set(names)
let made = (0..<200).map { _ in makeName(model, temperature: 1, generator) }
let new = made.count { !known.contains(".\($0).") }
print("more than half are new:", new > 100)

let rows = model.output.weight.detach()
let directions = (rows - rows.mean(dim: 0)).svd().vh[..<2]
let places = (rows - rows.mean(dim: 0)) • directions.T
let scale = 200 / places.abs().amax().item()
var dots = places.unbind().map { (x: scale * $0[0].item(), y: scale * $0[1].item()) }
// Letters that lie on one another are pushed apart.
for _ in 0..<100 {
  for a in dots.indices {
    for b in dots.indices where a != b {
      let (x, y) = (dots[a].x - dots[b].x, dots[a].y - dots[b].y)
      let distance = (x * x + y * y).squareRoot()
      guard distance < 24 else { continue }
      dots[a].x += x / distance
      dots[a].y += y / distance
    }
  }
}
var svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='-230 -230 460 460' width='460'>\n"
svg += "<rect x='-230' y='-230' width='460' height='460' fill='white'/>\n"
for (letter, dot) in zip(vocabulary.tokens, dots) {
  let color = "aeiouy".contains(letter) ? "#d55e00" : "#0072b2"
  let place = "x='\(Int(dot.x))' y='\(Int(dot.y))' font-family='Helvetica,sans-serif'"
  svg += "<text \(place) font-size='22' text-anchor='middle' fill='\(color)'>\(letter)</text>\n"
}
try (svg + "</svg>\n").write(toFile: "letters.svg", atomically: true, encoding: .utf8)
