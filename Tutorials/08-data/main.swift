import DataPipes
import Foundation
import ImageFiles
import Tensors

struct Squares: Dataset {
  let count = 10

  subscript(index: Int) -> (Tensor, Tensor) {
    (Tensor(Double(index)), Tensor(Double(index * index)))
  }
}

let squares = Squares()
print(squares.count, squares[3])

for (index, (x, y)) in DataLoader(squares, batchSize: 4).enumerated() {
  print("batch \(index):", x, y)
}

manualSeed(0)
let loader = DataLoader(squares, batchSize: 4, shuffle: true, dropLast: true)
for epoch in 1...2 {
  for (x, _) in loader { print("epoch \(epoch):", x) }
}
print(loader.count, "batches")

let train = Digits.train
let test = Digits.test
print(train.count, test.count)
let (image, label) = train[0]
print(label, image.shape)
print(image.reshape(8, 8))

let hundred = train.inputs[0..<100].reshape(10, 10, 8, 8).pad([2, 2, 2, 2])
let sheet = hundred.permute(0, 2, 1, 3).reshape(120, 120) / 16
let large = (1 - sheet).repeatInterleave(4, dim: 0).repeatInterleave(4, dim: 1)
try ImageFile.write(large, to: "digits.png")
print(train.targets[0..<10])

print(train.targets.bincount())

let parts = randomSplit(train, [0.9, 0.1], generator: Generator(seed: 0))
print(parts[0].count, parts[1].count)
let odd = try train.filter { _, label in label.item(as: Int.self) % 2 == 1 }
print(odd.count)

let scaled = train.map { image, label in (image.reshape(1, 8, 8) / 16, label) }
let tilt = RandomRotation(20)
let tilted = scaled.map { image, label in (tilt(image), label) }
manualSeed(1)
print(try tilted[0].0.equal(tilted[0].0))

let slow = scaled.map { example in
  Thread.sleep(forTimeInterval: 0.001)
  return example
}
let part = Subset(slow, indices: Array(0..<160))

func waiting(_ loader: DataLoader<(Tensor, Tensor)>) -> (total: Double, waited: Double) {
  let clock = ContinuousClock()
  var waited = Duration.zero
  let total = clock.measure {
    let batches = loader.makeIterator()
    while true {
      let asked = clock.now
      guard batches.next() != nil else { break }
      waited += clock.now - asked
      Thread.sleep(forTimeInterval: 0.005)  // the training step
    }
  }
  return (total / .milliseconds(1), waited / .milliseconds(1))
}

for workers in [0, 1, 2, 4] {
  let loader = DataLoader(part, batchSize: 8, numWorkers: workers)
  let (total, waited) = waiting(loader)
  print("\(workers) workers: \(Int(total)) ms, of which \(Int(waited)) ms waiting for data")
}

func sums(_ workers: Int) -> [Double] {
  DataLoader(tilted, batchSize: 500, numWorkers: workers, generator: Generator(seed: 3))
    .map { images, _ in images.sum().item() }
}
print(sums(0) == sums(2))

struct Damaged: Error, LocalizedError {
  var errorDescription: String? { "the file ends too early" }
}
let damaged = squares.map { x, y in
  if x.item() == 6 { throw Damaged() }
  return (x, y)
}
do {
  try DataLoader(damaged, batchSize: 4, numWorkers: 1).forEachBatch { x, _ in print(x) }
} catch {
  print(error.localizedDescription)
}
