// An LSTM learns to guess the next word of a book, and then writes on by itself.
import Flambeau
import Foundation

let arguments = CommandLine.arguments
let steps = arguments.firstIndex(of: "--steps").flatMap { Int(arguments[$0 + 1]) }
let (batchSize, evalBatchSize, bptt, clip) = (20, 10, 35, 0.25)
var lr = 20.0
let epochs = steps == nil ? 12 : 1

final class WordDictionary {
  var word2idx: [String: Int] = [:]
  var idx2word: [String] = []

  func addWord(_ word: String) -> Int {
    if word2idx[word] == nil {
      word2idx[word] = idx2word.count
      idx2word.append(word)
    }
    return word2idx[word]!
  }
}

final class Corpus {
  let dictionary = WordDictionary()
  let train: Tensor
  let valid: Tensor
  let test: Tensor

  init(_ path: String) throws {
    var ids: [Int] = []
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
      let words = line.lowercased().matches(of: #/[a-z]+|[.,!?]/#).map { String($0.output) }
      if words.isEmpty { continue }
      for word in words + ["<eos>"] { ids.append(dictionary.addWord(word)) }
    }
    let (first, second) = (Int(Double(ids.count) * 0.8), Int(Double(ids.count) * 0.9))
    train = Tensor(ids[..<first])
    valid = Tensor(ids[first..<second])
    test = Tensor(ids[second...])
  }
}

final class RNNModel: Module {
  let drop: Dropout
  let encoder: Embedding
  let rnn: LSTM
  let decoder: Linear
  let nhid: Int
  let nlayers: Int

  init(
    _ ntoken: Int, _ ninp: Int, _ nhid: Int, _ nlayers: Int, dropout: Double = 0.5,
    tieWeights: Bool = false
  ) {
    drop = Dropout(dropout)
    encoder = Embedding(ntoken, ninp)
    rnn = LSTM(ninp, nhid, numLayers: nlayers, dropout: dropout)
    decoder = Linear(nhid, ntoken)
    if tieWeights { decoder.weight = encoder.weight }
    self.nhid = nhid
    self.nlayers = nlayers
    super.init()
    initWeights()
  }

  func initWeights() {
    let initrange = 0.1
    Init.uniform(encoder.weight, -initrange, initrange)
    Init.zeros(decoder.bias!)
    Init.uniform(decoder.weight, -initrange, initrange)
  }

  func callAsFunction(
    _ input: Tensor, _ hidden: (Tensor, Tensor)
  ) -> (Tensor, (Tensor, Tensor)) {
    run(input, hidden) {
      let emb = drop(encoder(input))
      let (output, hidden) = rnn(emb, hidden)
      let decoded = decoder(drop(output))
      return (decoded.view(-1, decoded.size(-1)).logSoftmax(dim: 1), hidden)
    }
  }

  func initHidden(_ bsz: Int) -> (Tensor, Tensor) {
    (Tensor.zeros(nlayers, bsz, nhid), Tensor.zeros(nlayers, bsz, nhid))
  }
}

func batchify(_ data: Tensor, _ bsz: Int) -> Tensor {
  let nbatch = data.size(0) / bsz
  return data[..<(nbatch * bsz)].view(bsz, -1).t().contiguous()
}

func getBatch(_ source: Tensor, _ i: Int) -> (Tensor, Tensor) {
  let seqLen = min(bptt, source.size(0) - 1 - i)
  return (source[i..<i + seqLen], source[i + 1..<i + 1 + seqLen].view(-1))
}

func repackageHidden(_ hidden: (Tensor, Tensor)) -> (Tensor, Tensor) {
  (hidden.0.detach(), hidden.1.detach())
}

func evaluate(_ source: Tensor) -> Double {
  model.eval()
  var totalLoss = 0.0
  var hidden = model.initHidden(evalBatchSize)
  noGrad {
    for i in stride(from: 0, to: source.size(0) - 1, by: bptt) {
      let (data, targets) = getBatch(source, i)
      let (output, next) = model(data, hidden)
      hidden = next
      totalLoss += Double(data.size(0)) * criterion(output, targets).item()
    }
  }
  return totalLoss / Double(source.size(0) - 1)
}

func train() -> Double {
  model.train()
  var totalLoss = 0.0
  var batches = 0
  var hidden = model.initHidden(batchSize)
  for i in stride(from: 0, to: trainData.shape[0] - 1, by: bptt) {
    let (data, targets) = getBatch(trainData, i)
    model.zeroGrad()
    let (output, next) = model(data, repackageHidden(hidden))
    hidden = next
    let loss = criterion(output, targets)
    loss.backward()
    clipGradNorm(model.parameters(), maxNorm: clip)
    noGrad {
      for p in model.parameters() { p.add_(p.grad!, alpha: -lr) }
    }
    totalLoss += loss.item()
    if steps != nil { print(String(format: "batch %d loss %.4f", batches, loss.item())) }
    batches += 1
    if batches == steps { break }
  }
  return totalLoss / Double(batches)
}

manualSeed(0)
let corpus = try Corpus("Data/alice.txt")
let ntokens = corpus.dictionary.idx2word.count
let trainData = batchify(corpus.train, batchSize)
let valData = batchify(corpus.valid, evalBatchSize)
let testData = batchify(corpus.test, evalBatchSize)

let model = RNNModel(ntokens, 128, 128, 2, dropout: 0.2, tieWeights: true)
let criterion = NLLLoss()
var bestValLoss = Double.infinity
for epoch in 1...epochs {
  let trainLoss = train()
  let valLoss = evaluate(valData)
  print(
    String(
      format: "epoch %d lr %g loss %.4f valid loss %.4f valid perplexity %.2f", epoch, lr,
      trainLoss, valLoss, exp(valLoss)))
  if valLoss < bestValLoss {
    bestValLoss = valLoss
  } else {
    lr /= 4
  }
}

let testLoss = evaluate(testData)
print(String(format: "test loss %.4f test perplexity %.2f", testLoss, exp(testLoss)))

var hidden = model.initHidden(1)
let input = Tensor([[corpus.dictionary.word2idx["alice"]!]])
var words = ["alice"]
noGrad {
  for _ in 0..<40 {
    let (output, next) = model(input, hidden)
    hidden = next
    let wordWeights = (output[-1] / 0.8).exp()
    input.fill_(wordWeights.multinomial(1))
    words.append(corpus.dictionary.idx2word[input.item(as: Int.self)])
  }
}
print(words.joined(separator: " "))
