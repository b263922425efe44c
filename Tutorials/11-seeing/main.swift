import DataPipes
import Foundation
import ImageFiles
import NN

let train = Digits.train.inputs.reshape(-1, 1, 8, 8) / 16
let digit = train[2, 0]
let window = Tensor([
  [-1.0, 0.0, 1.0],
  [-2.0, 0.0, 2.0],
  [-1.0, 0.0, 1.0],
])

func convolve(_ image: Tensor, _ window: Tensor) -> Tensor {
  let (height, width) = (image.shape[0], image.shape[1])
  let result = Tensor.zeros([height - 2, width - 2])
  for row in 0..<height - 2 {
    for column in 0..<width - 2 {
      let part = image[row..<row + 3, column..<column + 3]
      result[row, column].copy(from: (part * window).sum())
    }
  }
  return result
}
let edges = convolve(digit, window)
print(edges)

let images = digit.reshape(1, 1, 8, 8)
let windows = window.reshape(1, 1, 3, 3)
print(images.conv2d(windows)[0, 0].allclose(edges))
print(images.conv2d(windows, padding: [1, 1]).shape)

func sheet(_ pictures: [Tensor], columns: Int, scale: Int, to path: String) throws {
  let tiles = pictures.map { picture in
    let (low, high) = (picture.amin(), picture.amax())
    let large = ((picture - low) / (high - low + 1e-6))
      .repeatInterleave(scale, dim: 0).repeatInterleave(scale, dim: 1)
    return large.pad([1, 1, 1, 1], value: 0.6).pad([8, 8, 8, 8], value: 1)
  }
  let missing = (columns - tiles.count % columns) % columns
  let all = tiles + [Tensor](repeating: Tensor.onesLike(tiles[0]), count: missing)
  let rows = stride(from: 0, to: all.count, by: columns).map {
    Tensor.hstack(Array(all[$0..<$0 + columns]))
  }
  try ImageFile.write(Tensor.vstack(rows), to: path)
}
let directions = [
  window, window.T, Tensor.ones([3, 3]), Tensor([[0.0, -1, 0], [-1, 4, -1], [0, -1, 0]]),
]
let seen = directions.map { images.conv2d($0.reshape(1, 1, 3, 3), padding: [1, 1])[0, 0].detach() }
try sheet([digit] + seen, columns: 5, scale: 16, to: "edges.png")

manualSeed(0)
let model = Sequential(
  Conv2d(1, 16, kernelSize: 3, padding: 1), ReLU(), MaxPool2d(2),
  Conv2d(16, 32, kernelSize: 3, padding: 1), ReLU(), MaxPool2d(2),
  Flatten(), Linear(128, 10))
print(model.parameters().reduce(0) { $0 + $1.numel }, "parameters")
for (name, parameter) in model.namedParameters() { print(name, parameter.shape) }

let loader = DataLoader(
  TensorDataset(train, Digits.train.targets), batchSize: 32, shuffle: true)
let epochs = 10
let optimizer = AdamW(model.parameters(), lr: 1e-3)
let scheduler = OneCycleLR(optimizer, maxLR: 5e-3, totalSteps: epochs * loader.count)
for epoch in 1...epochs {
  var mean = Mean()
  for (x, y) in loader {
    let loss = crossEntropy(model(x), y)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    mean.update(loss.item())
  }
  if epoch % 2 == 0 { print("epoch \(epoch): loss", String(format: "%.2f", mean.value)) }
}

let test = Digits.test.inputs.reshape(-1, 1, 8, 8) / 16
let answers = Digits.test.targets
model.eval()
let logits = noGrad { model(test) }
print("accuracy", String(format: "%.2f", accuracy(logits, answers)))

guard let first = model[0] as? Conv2d else { fatalError("the first layer is a convolution") }
try sheet((0..<16).map { first.weight.detach()[$0, 0] }, columns: 8, scale: 20, to: "windows.png")

let features = noGrad { (model[1])(first(images)) }
try sheet((0..<16).map { features[0, $0] }, columns: 8, scale: 10, to: "features.png")

var confusion = ConfusionMatrix(classes: 10)
confusion.update(logits.argmax(dim: 1), answers)
try confusion.write(to: "confusion.svg", title: "Digits of the test set")

let predictions = logits.argmax(dim: 1)
let wrong = (predictions .!= answers).nonzero().flatten()
let certainty = logits.softmax(dim: 1).amax(dims: [1])[wrong]
let worst = wrong[certainty.argsort(descending: true)[0..<12]]
var svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 720 270' width='720'>\n"
svg += "<rect width='720' height='270' fill='white'/>\n"
for (index, example) in worst.scalars(as: Int.self).enumerated() {
  let (left, top) = (index % 6 * 120 + 12, index / 6 * 135 + 8)
  for (place, ink) in test[example].flatten().scalars(as: Float.self).enumerated() {
    let gray = 255 - Int(255 * ink)
    let corner = "x='\(left + place % 8 * 12)' y='\(top + place / 8 * 12)'"
    svg += "<rect \(corner) width='12' height='12' fill='rgb(\(gray),\(gray),\(gray))'/>\n"
  }
  let (said, right) = (predictions[example].item(as: Int.self), answers[example].item(as: Int.self))
  let text = "x='\(left + 48)' y='\(top + 114)' text-anchor='middle' font-size='15'"
  svg += "<text \(text) font-family='Helvetica,sans-serif'>\(said), but it is \(right)</text>\n"
}
try (svg + "</svg>\n").write(toFile: "mistakes.svg", atomically: true, encoding: .utf8)
