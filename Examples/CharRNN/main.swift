// A recurrent network of linear layers learns to make up first names.
import Flambeau
import Foundation

let arguments = CommandLine.arguments
let steps = arguments.firstIndex(of: "--steps").flatMap { Int(arguments[$0 + 1]) }
let nIters = steps ?? 20000
let printEvery = steps == nil ? 1000 : 1
let learningRate = 0.005
let maxLength = 12

let allLetters = Array("abcdefghijklmnopqrstuvwxyz")
let nLetters = allLetters.count + 1  // One more for the end of a name.

let names = try String(contentsOfFile: "Data/names.txt", encoding: .utf8).split(separator: "\n")
  .map { String($0) }

final class RNN: Module {
  let hiddenSize: Int
  let i2h: Linear
  let i2o: Linear
  let o2o: Linear
  let dropout = Dropout(0.1)
  let softmax = LogSoftmax(dim: 1)

  init(_ inputSize: Int, _ hiddenSize: Int, _ outputSize: Int) {
    self.hiddenSize = hiddenSize
    i2h = Linear(inputSize + hiddenSize, hiddenSize)
    i2o = Linear(inputSize + hiddenSize, outputSize)
    o2o = Linear(hiddenSize + outputSize, outputSize)
  }

  func callAsFunction(_ input: Tensor, _ hidden: Tensor) -> (Tensor, Tensor) {
    run(input, hidden) {
      let inputCombined = Tensor.cat([input, hidden], dim: 1)
      let hidden = i2h(inputCombined).tanh()
      var output = i2o(inputCombined)
      let outputCombined = Tensor.cat([hidden, output], dim: 1)
      output = o2o(outputCombined)
      output = dropout(output)
      output = softmax(output)
      return (output, hidden)
    }
  }

  func initHidden() -> Tensor {
    Tensor.zeros(1, hiddenSize)
  }
}

func inputTensor(_ name: String) -> Tensor {
  let tensor = Tensor.zeros(name.count, 1, nLetters)
  for (i, letter) in name.enumerated() {
    tensor[i][0][allLetters.firstIndex(of: letter)!] = 1
  }
  return tensor
}

func targetTensor(_ name: String) -> Tensor {
  var letterIndexes = name.dropFirst().map { allLetters.firstIndex(of: $0)! }
  letterIndexes.append(nLetters - 1)
  return Tensor(letterIndexes)
}

func randomName() -> String {
  names[Tensor.randint(0, names.count, [1]).item(as: Int.self)]
}

func train(_ inputLineTensor: Tensor, _ targetLineTensor: Tensor) -> Double {
  let targetLineTensor = targetLineTensor.unsqueeze(-1)
  var hidden = rnn.initHidden()
  rnn.zeroGrad()
  var loss = Tensor.zeros(1)
  for i in 0..<inputLineTensor.size(0) {
    let (output, next) = rnn(inputLineTensor[i], hidden)
    hidden = next
    loss += criterion(output, targetLineTensor[i])
  }
  loss.backward()
  noGrad {
    for p in rnn.parameters() { p.add_(p.grad!, alpha: -learningRate) }
  }
  return loss.item() / Double(inputLineTensor.size(0))
}

func sample(_ startLetter: Character) -> String {
  noGrad {
    var input = inputTensor(String(startLetter))
    var hidden = rnn.initHidden()
    var outputName = String(startLetter)
    for _ in 0..<maxLength {
      let (output, next) = rnn(input[0], hidden)
      hidden = next
      let letterIndex = output.exp().multinomial(1).item(as: Int.self)
      if letterIndex == nLetters - 1 { break }
      outputName.append(allLetters[letterIndex])
      input = inputTensor(String(allLetters[letterIndex]))
    }
    return outputName
  }
}

manualSeed(0)
let rnn = RNN(nLetters, 128, nLetters)
let criterion = NLLLoss()

var totalLoss = 0.0
for iter in 1...nIters {
  let name = randomName()
  totalLoss += train(inputTensor(name), targetTensor(name))
  if iter % printEvery == 0 {
    let average = String(format: "%.4f", totalLoss / Double(printEvery))
    print("\(iter) \(100 * iter / nIters)% loss \(average)")
    totalLoss = 0
  }
}

rnn.eval()
for startLetter in "abcdefghij" {
  print((0..<3).map { _ in sample(startLetter) }.joined(separator: " "))
}
