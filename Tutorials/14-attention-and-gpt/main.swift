import DataPipes
import Foundation
import NN
import Tensors

manualSeed(0)
let x = Tensor.randn([5, 4])
let triangle = Tensor.ones([5, 5]).tril()
let means = triangle / triangle.sum(dim: 1, keepDim: true)
print(means)
print((means • x)[2].allclose(x[..<3].mean(dim: 0)))

let (q, k, v) = (Tensor.randn([5, 4]), Tensor.randn([5, 4]), Tensor.randn([5, 4]))
let products = q • k.T / 2  // the square root of 4
let hidden = triangle .== 0
let shares = products.maskedFill(hidden, -Double.infinity).softmax(dim: 1)
print(shares)
let seen = shares • v

print(seen.allclose(q.scaledDotProductAttention(k, v, isCausal: true), atol: 1e-6))

final class Attention: Module {
  let heads: Int
  let parts: Linear
  let output: Linear

  init(_ size: Int, heads: Int) {
    self.heads = heads
    parts = Linear(size, 3 * size)
    output = Linear(size, size)
    super.init()
  }

  /// Queries, keys and values, each of shape [batch, heads, length, size / heads].
  func split(_ x: Tensor) -> [Tensor] {
    let (batch, length) = (x.shape[0], x.shape[1])
    return parts(x).reshape(batch, length, 3, heads, -1).permute(2, 0, 3, 1, 4).unbind()
  }

  override func forward(_ x: Tensor) -> Tensor {
    let three = split(x)
    let seen = three[0].scaledDotProductAttention(three[1], three[2], isCausal: true)
    return output(seen.transpose(1, 2).reshape(x.shape))
  }
}
print(Attention(32, heads: 4)(Tensor.randn([2, 10, 32])).shape)

final class Block: Module {
  let norm1: LayerNorm
  let attention: Attention
  let norm2: LayerNorm
  let network: Sequential

  init(_ size: Int, heads: Int) {
    norm1 = LayerNorm([size])
    attention = Attention(size, heads: heads)
    norm2 = LayerNorm([size])
    network = Sequential(Linear(size, 4 * size), GELU(), Linear(4 * size, size))
    super.init()
  }

  override func forward(_ x: Tensor) -> Tensor {
    let y = x + attention(norm1(x))
    return y + network(norm2(y))
  }
}

final class GPT: Module {
  let letters: Embedding
  let places: Embedding
  let blocks: Sequential
  let norm: LayerNorm
  let scores: Linear

  init(_ count: Int, context: Int, size: Int, heads: Int, depth: Int) {
    letters = Embedding(count, size)
    places = Embedding(context, size)
    blocks = Sequential((0..<depth).map { _ in Block(size, heads: heads) })
    norm = LayerNorm([size])
    scores = Linear(size, count)
    super.init()
    for embedding in [letters, places] { Init.normal(embedding.weight, mean: 0, std: 0.02) }
  }

  override func forward(_ x: Tensor) -> Tensor {
    let positions = places(Tensor.arange(x.shape[1]))
    return scores(norm(blocks(letters(x) + positions)))
  }
}

let text = try String(contentsOfFile: "alice.txt", encoding: .utf8)
let vocabulary = Vocabulary(text)
let book = try vocabulary.encode(text)
let end = book.numel * 9 / 10
let (train, validation) = (book[..<end], book[end...])
print(book.numel, "characters,", vocabulary.count, "different ones")
print(text.prefix(160))

func batch(of text: Tensor, count: Int, context: Int) -> (Tensor, Tensor) {
  let starts = Tensor.randint(0, text.numel - context, [count])
  let places = starts[.all, .newAxis] + Tensor.arange(context)
  return (text[places], text[places + 1])
}
let context = 64
let (pieces, next) = batch(of: train, count: 2, context: context)
print(pieces.shape, next.shape, pieces[0, 1].equal(next[0, 0]))

manualSeed(1)
let model = GPT(vocabulary.count, context: context, size: 96, heads: 4, depth: 3)
print(model.parameters().reduce(0) { $0 + $1.numel }, "parameters")

func surprise(_ model: Module, _ batch: (Tensor, Tensor)) -> Tensor {
  crossEntropy(model(batch.0).flatten(endDim: 1), batch.1.flatten())
}
let start = surprise(model, batch(of: train, count: 32, context: context)).item()
print(String(format: "at first %.1f, guessing is %.1f", start, log(Double(vocabulary.count))))

let steps = 1200
let optimizer = AdamW(model.parameters(), lr: 1e-3, weightDecay: 0.1)
let schedule = OneCycleLR(optimizer, maxLR: 3e-3, totalSteps: steps, pctStart: 0.1)
var history = History()
for step in 1...steps {
  let loss = surprise(model, batch(of: train, count: 32, context: context))
  optimizer.zeroGrad()
  loss.backward()
  _ = clipGradNorm(model.parameters(), maxNorm: 1)
  optimizer.step()
  schedule.step()
  if step % 10 == 0 { history.append(["training": loss.item()], at: Double(step)) }
  if step % 100 == 0 {
    var mean = Mean()
    noGrad {
      for _ in 0..<5 {
        mean.update(surprise(model, batch(of: validation, count: 64, context: context)).item())
      }
    }
    history.append(["validation": mean.value], at: Double(step))
    if step % 400 == 0 { print("step \(step): loss", String(format: "%.1f", mean.value)) }
  }
}
try Plot(
  history, title: "Reading Alice", xLabel: "steps", yLabel: "cross entropy of the next character"
).write(to: "reading.svg")

func write(_ model: Module, after beginning: String, count: Int, temperature: Double) throws
  -> String
{
  let generator = Generator(seed: 2)
  var line = try vocabulary.encode(beginning)
  noGrad {
    for _ in 0..<count {
      let last = line[max(0, line.numel - 64)...]
      let scores = model(last.unsqueeze(0))[0, -1] / temperature
      let character = scores.softmax(dim: 0).multinomial(1, generator: generator)
      line = Tensor.cat([line, character])
    }
  }
  return String(vocabulary.decode(line))
}
print(try write(model, after: "Alice said", count: 400, temperature: 0.7))

let line = "Alice was beginning to get"
let input = try vocabulary.encode(line).unsqueeze(0)
guard let first = model.blocks[0] as? Block else { fatalError("the first is a block") }
let looks = noGrad { () -> Tensor in
  let x = model.letters(input) + model.places(Tensor.arange(line.count))
  let three = first.attention.split(first.norm1(x))
  let products = three[0] • three[1].transpose(2, 3) / Double(three[0].shape[3]).squareRoot()
  let later = Tensor.ones([line.count, line.count]).tril() .== 0
  return products.maskedFill(later, -Double.infinity).softmax(dim: 3)[0]
}

func draw(_ shares: Tensor, _ characters: [Character], to path: String) throws {
  let size = 20 * characters.count + 30
  var svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 \(2 * size) \(2 * size)'"
  svg += " width='\(2 * size)' font-family='Courier,monospace' font-size='14'>\n"
  svg += "<rect width='\(2 * size)' height='\(2 * size)' fill='white'/>\n"
  for (head, map) in shares.unbind().enumerated() {
    let (left, top) = (head % 2 * size + 25, head / 2 * size + 25)
    let title = "x='\(left + size / 2)' y='\(top + 50)' font-size='20'"
    svg += "<text \(title)>head \(head + 1)</text>\n"
    let rows = map.unbind().map { $0.scalars(as: Float.self) }
    for (row, character) in characters.enumerated() {
      svg += "<text x='\(left - 14)' y='\(top + 20 * row + 15)'>\(character)</text>\n"
      svg += "<text x='\(left + 20 * row + 6)' y='\(top - 6)'>\(character)</text>\n"
      for column in 0...row {
        let blue = 255 - Int(200 * rows[row][column])
        let place = "x='\(left + 20 * column)' y='\(top + 20 * row)' width='20' height='20'"
        svg += "<rect \(place) fill='rgb(\(blue),\(blue),255)'/>\n"
      }
    }
  }
  try (svg + "</svg>\n").write(toFile: path, atomically: true, encoding: .utf8)
}
try draw(looks, Array(line), to: "attention.svg")
