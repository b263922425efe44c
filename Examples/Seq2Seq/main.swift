// A sequence-to-sequence network with attention learns to say numbers in English.
import Flambeau
import Foundation

let arguments = CommandLine.arguments
let steps = arguments.firstIndex(of: "--steps").flatMap { Int(arguments[$0 + 1]) }
let nSteps = steps ?? 1500
let printEvery = steps == nil ? 100 : 1
let (batchSize, hiddenSize) = (64, 64)
let teacherForcingRatio = 0.5

let ones =
  """
  zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen \
  sixteen seventeen eighteen nineteen
  """.split(separator: " ").map { String($0) }
let tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(separator: " ")
  .map { String($0) }
let (pad, sos, eos) = (0, 1, 2)
let words = ["<pad>", "<sos>", "<eos>"] + ones + tens + ["hundred", "thousand"]
let wordIndex = Dictionary(uniqueKeysWithValues: zip(words, words.indices))
let (maxSource, maxTarget) = (5, 8)

func spell(_ n: Int) -> [String] {
  if n >= 1000 { return spell(n / 1000) + ["thousand"] + (n % 1000 > 0 ? spell(n % 1000) : []) }
  if n >= 100 { return [ones[n / 100], "hundred"] + (n % 100 > 0 ? spell(n % 100) : []) }
  if n >= 20 { return [tens[n / 10 - 2]] + (n % 10 > 0 ? [ones[n % 10]] : []) }
  return [ones[n]]
}

func sourceIndexes(_ n: Int) -> [Int] {
  let indexes = String(n).map { Int(String($0))! + 3 } + [eos]
  return indexes + Array(repeating: pad, count: maxSource - indexes.count)
}

func targetIndexes(_ n: Int) -> [Int] {
  let indexes = spell(n).map { wordIndex[$0]! } + [eos]
  return indexes + Array(repeating: pad, count: maxTarget - indexes.count)
}

final class EncoderRNN: Module {
  let embedding: Embedding
  let gru: GRU
  let dropout: Dropout

  init(_ inputSize: Int, _ hiddenSize: Int, dropout: Double = 0.1) {
    embedding = Embedding(inputSize, hiddenSize)
    gru = GRU(hiddenSize, hiddenSize, batchFirst: true)
    self.dropout = Dropout(dropout)
  }

  func callAsFunction(_ input: Tensor) -> (Tensor, Tensor) {
    run(input) {
      let embedded = dropout(embedding(input))
      let (output, hidden) = gru(embedded)
      return (output, hidden)
    }
  }
}

final class BahdanauAttention: Module {
  let wa: Linear
  let ua: Linear
  let va: Linear

  init(_ hiddenSize: Int) {
    wa = Linear(hiddenSize, hiddenSize)
    ua = Linear(hiddenSize, hiddenSize)
    va = Linear(hiddenSize, 1)
  }

  func callAsFunction(_ query: Tensor, _ keys: Tensor, _ mask: Tensor) -> (Tensor, Tensor) {
    run(query, keys, mask) {
      var scores = va((wa(query) + ua(keys)).tanh())
      scores = scores.squeeze(2).maskedFill(mask, -.infinity).unsqueeze(1)
      let weights = scores.softmax(dim: -1)
      let context = weights.bmm(keys)
      return (context, weights)
    }
  }
}

final class AttnDecoderRNN: Module {
  let embedding: Embedding
  let attention: BahdanauAttention
  let gru: GRU
  let out: Linear
  let dropout: Dropout

  init(_ hiddenSize: Int, _ outputSize: Int, dropout: Double = 0.1) {
    embedding = Embedding(outputSize, hiddenSize)
    attention = BahdanauAttention(hiddenSize)
    gru = GRU(2 * hiddenSize, hiddenSize, batchFirst: true)
    out = Linear(hiddenSize, outputSize)
    self.dropout = Dropout(dropout)
  }

  func callAsFunction(
    _ encoderOutputs: Tensor, _ encoderHidden: Tensor, _ mask: Tensor, _ target: Tensor? = nil
  ) -> (Tensor, Tensor) {
    run(encoderOutputs, encoderHidden, mask, target) {
      var decoderInput = Tensor.full([encoderOutputs.size(0), 1], sos)
      var decoderHidden = encoderHidden
      var decoderOutputs: [Tensor] = []
      var attentions: [Tensor] = []
      for i in 0..<maxTarget {
        let (output, hidden, weights) = forwardStep(
          decoderInput, decoderHidden, encoderOutputs, mask)
        decoderHidden = hidden
        decoderOutputs.append(output)
        attentions.append(weights)
        if let target {
          decoderInput = target[.all, i].unsqueeze(1)
        } else {
          let (_, topi) = output.topk(1)
          decoderInput = topi.squeeze(-1).detach()
        }
      }
      let outputs = Tensor.cat(decoderOutputs, dim: 1).logSoftmax(dim: -1)
      return (outputs, Tensor.cat(attentions, dim: 1))
    }
  }

  func forwardStep(
    _ input: Tensor, _ hidden: Tensor, _ encoderOutputs: Tensor, _ mask: Tensor
  ) -> (Tensor, Tensor, Tensor) {
    let embedded = dropout(embedding(input))
    let query = hidden.permute(1, 0, 2)
    let (context, weights) = attention(query, encoderOutputs, mask)
    let (output, hidden) = gru(Tensor.cat([embedded, context], dim: 2), hidden)
    return (out(output), hidden, weights)
  }
}

func getBatch(_ numbers: [Int]) -> (Tensor, Tensor) {
  (Tensor(numbers.map(sourceIndexes)), Tensor(numbers.map(targetIndexes)))
}

func trainStep(_ source: Tensor, _ target: Tensor) -> Double {
  encoderOptimizer.zeroGrad()
  decoderOptimizer.zeroGrad()
  let (encoderOutputs, encoderHidden) = encoder(source)
  let teacher = Tensor.rand(1).item() < teacherForcingRatio ? target : nil
  let (decoderOutputs, _) = decoder(encoderOutputs, encoderHidden, source .== pad, teacher)
  let loss = criterion(decoderOutputs.view(-1, decoderOutputs.size(-1)), target.view(-1))
  loss.backward()
  encoderOptimizer.step()
  decoderOptimizer.step()
  return loss.item()
}

func evaluate(_ numbers: [Int]) -> ([[String]], Tensor) {
  noGrad {
    let (source, _) = getBatch(numbers)
    let (encoderOutputs, encoderHidden) = encoder(source)
    let (decoderOutputs, attentions) = decoder(encoderOutputs, encoderHidden, source .== pad)
    let answers = decoderOutputs.argmax(dim: -1).tolist(as: [[Int]].self).map { row in
      row.prefix { $0 != eos }.map { words[$0] }
    }
    return (answers, attentions)
  }
}

manualSeed(0)
let order = Tensor.randperm(10000).tolist(as: [Int].self)
let (trainNumbers, testNumbers) = (Array(order[..<8000]), Array(order[8000...]))
let encoder = EncoderRNN(13, hiddenSize)
let decoder = AttnDecoderRNN(hiddenSize, words.count)
let encoderOptimizer = Adam(encoder.parameters(), lr: 0.002)
let decoderOptimizer = Adam(decoder.parameters(), lr: 0.002)
let criterion = NLLLoss(ignoreIndex: pad)

var totalLoss = 0.0
for step in 1...nSteps {
  let picks = Tensor.randint(0, trainNumbers.count, [batchSize]).tolist(as: [Int].self)
  let (source, target) = getBatch(picks.map { trainNumbers[$0] })
  totalLoss += trainStep(source, target)
  if step % printEvery == 0 {
    print("step \(step) loss", String(format: "%.4f", totalLoss / Double(printEvery)))
    totalLoss = 0
  }
}

encoder.eval()
decoder.eval()
let (answers, _) = evaluate(testNumbers)
let right = zip(testNumbers, answers).count { $1 == spell($0) }
print("\(right) of \(testNumbers.count) numbers said right")

for n in [7, 42, 815, 3016, 9999] {
  let (answers, attentions) = evaluate([n])
  let looks = attentions[0].argmax(dim: -1).tolist(as: [Int].self)
  let digits = Array("\(n).")
  print(n, zip(answers[0], looks).map { "\($0)(\(digits[$1]))" }.joined(separator: " "))
}
