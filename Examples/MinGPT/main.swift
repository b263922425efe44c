// A small GPT writes text, character by character.
import Flambeau
import Foundation

let arguments = CommandLine.arguments
let steps = arguments.firstIndex(of: "--steps").flatMap { Int(arguments[$0 + 1]) } ?? 1000

struct CharDataset: Dataset {
  let stoi: [Character: Int]
  let itos: [Character]
  let blockSize: Int
  let data: [Character]

  init(_ text: String, blockSize: Int) {
    itos = Set(text).sorted()
    stoi = Dictionary(uniqueKeysWithValues: itos.enumerated().map { ($1, $0) })
    self.blockSize = blockSize
    data = Array(text)
  }

  var vocabSize: Int { itos.count }
  var count: Int { data.count - blockSize }

  subscript(index: Int) -> (Tensor, Tensor) {
    let chunk = data[index...index + blockSize]
    let codes = Tensor(chunk.map { stoi[$0]! })
    return (codes[.range(0, -1)], codes[1...])
  }
}

final class CausalSelfAttention: Module {
  let nHead: Int
  let cAttn: Linear
  let cProj: Linear
  let attnDropout: Dropout
  let residDropout: Dropout
  @Buffer var mask: Tensor

  init(_ nEmbd: Int, _ nHead: Int, _ blockSize: Int, _ dropout: Double) {
    self.nHead = nHead
    cAttn = Linear(nEmbd, 3 * nEmbd)
    cProj = Linear(nEmbd, nEmbd)
    attnDropout = Dropout(dropout)
    residDropout = Dropout(dropout)
    mask = Tensor.ones(blockSize, blockSize).tril().view(1, 1, blockSize, blockSize)
  }

  override func forward(_ x: Tensor) -> Tensor {
    let (B, T, C) = (x.size(0), x.size(1), x.size(2))
    let qkv = cAttn(x).split(C, dim: 2).map {
      $0.view(B, T, nHead, C / nHead).transpose(1, 2)
    }
    let (q, k, v) = (qkv[0], qkv[1], qkv[2])
    var att = (q • k.transpose(-2, -1)) / sqrt(Double(C / nHead))
    att = att.maskedFill(mask[.all, .all, ..<T, ..<T] .== 0, -.infinity)
    att = attnDropout(att.softmax(dim: -1))
    let y = (att • v).transpose(1, 2).contiguous().view(B, T, C)
    return residDropout(cProj(y))
  }
}

final class Block: Module {
  let ln1: LayerNorm
  let attn: CausalSelfAttention
  let ln2: LayerNorm
  let mlp: Sequential

  init(_ nEmbd: Int, _ nHead: Int, _ blockSize: Int, _ dropout: Double) {
    ln1 = LayerNorm([nEmbd])
    attn = CausalSelfAttention(nEmbd, nHead, blockSize, dropout)
    ln2 = LayerNorm([nEmbd])
    mlp = Sequential([
      "c_fc": Linear(nEmbd, 4 * nEmbd), "act": GELU(approximate: .tanh),
      "c_proj": Linear(4 * nEmbd, nEmbd), "dropout": Dropout(dropout),
    ])
  }

  override func forward(_ x: Tensor) -> Tensor {
    let x = x + attn(ln1(x))
    return x + mlp(ln2(x))
  }
}

final class GPT: Module {
  let blockSize: Int
  let wte: Embedding
  let wpe: Embedding
  let drop: Dropout
  let h: ModuleList
  let lnF: LayerNorm
  let lmHead: Linear

  init(
    vocabSize: Int, blockSize: Int, nLayer: Int = 2, nHead: Int = 4, nEmbd: Int = 64,
    dropout: Double = 0.1
  ) {
    self.blockSize = blockSize
    wte = Embedding(vocabSize, nEmbd)
    wpe = Embedding(blockSize, nEmbd)
    drop = Dropout(dropout)
    h = ModuleList((0..<nLayer).map { _ in Block(nEmbd, nHead, blockSize, dropout) })
    lnF = LayerNorm([nEmbd])
    lmHead = Linear(nEmbd, vocabSize, bias: false)
    super.init()
    apply(initWeights)
    for (name, p) in namedParameters() where name.hasSuffix("c_proj.weight") {
      Init.normal(p, mean: 0, std: 0.02 / sqrt(2 * Double(nLayer)))
    }
  }

  func initWeights(_ module: Module) {
    if let module = module as? Linear {
      Init.normal(module.weight, mean: 0, std: 0.02)
      if let bias = module.bias {
        Init.zeros(bias)
      }
    } else if let module = module as? Embedding {
      Init.normal(module.weight, mean: 0, std: 0.02)
    }
  }

  func callAsFunction(_ idx: Tensor, targets: Tensor? = nil) -> (logits: Tensor, loss: Tensor?) {
    run(idx, targets) {
      let pos = Tensor.arange(idx.size(1), device: idx.device).unsqueeze(0)
      var x = drop(wte(idx) + wpe(pos))
      for block in h {
        x = block(x)
      }
      let logits = lmHead(lnF(x))
      let loss = targets.map { crossEntropy(logits.view(-1, logits.size(-1)), $0.reshape(-1)) }
      return (logits, loss)
    }
  }

  func configureOptimizer(lr: Double, betas: (Double, Double), weightDecay: Double) -> AdamW {
    let decay = modules().compactMap { ($0 as? Linear)?.weight }
    let noDecay = parameters().filter { p in !decay.contains { $0 === p } }
    return AdamW(
      [
        ParameterGroup(decay, weightDecay: weightDecay),
        ParameterGroup(noDecay, weightDecay: 0),
      ],
      lr: lr, betas: betas)
  }

  func generate(
    _ idx: Tensor, maxNewTokens: Int, temperature: Double = 1, topK: Int? = nil
  ) -> Tensor {
    noGrad {
      var idx = idx
      for _ in 0..<maxNewTokens {
        var logits = self(idx[.all, .range(-blockSize, nil)]).logits
        logits = logits[.all, -1, .all] / temperature
        if let topK {
          let (v, _) = logits.topk(topK)
          logits = logits.maskedFill(logits .< v[.all, [-1]], -.infinity)
        }
        let probs = logits.softmax(dim: -1)
        idx = Tensor.cat([idx, probs.multinomial(1)], dim: 1)
      }
      return idx
    }
  }
}

manualSeed(0)
let text = try String(contentsOfFile: "Data/alice.txt", encoding: .utf8)
let dataset = CharDataset(text, blockSize: 32)
let model = GPT(vocabSize: dataset.vocabSize, blockSize: dataset.blockSize)
print("\(model.parameters().map(\.numel).reduce(0, +)) parameters")
let optimizer = model.configureOptimizer(lr: 5e-3, betas: (0.9, 0.99), weightDecay: 0.1)

func lrFactor(_ step: Int) -> Double {
  let (warmup, total) = (20, 1000)
  if step < warmup {
    return Double(step + 1) / Double(warmup)
  }
  return max(0.1, 0.5 * (1 + cos(Double.pi * Double(step - warmup) / Double(total - warmup))))
}

let scheduler = LambdaLR(optimizer, lrFactor)
let sampler = RandomSampler(dataset, replacement: true, numSamples: 10_000_000_000)
let loader = DataLoader(dataset, batchSize: 32, sampler: sampler)

model.train()
for (i, (x, y)) in loader.enumerated() {
  let step = i + 1
  let loss = model(x, targets: y).loss!
  model.zeroGrad()
  loss.backward()
  let norm = clipGradNorm(model.parameters(), maxNorm: 1)
  optimizer.step()
  scheduler.step()
  if steps < 100 || step % 100 == 0 {
    print(
      String(
        format: "step %d loss %.4f norm %.4f lr %.6f", step, loss.item(), norm.item(),
        scheduler.lrs[0]))
  }
  if step == steps { break }
}

model.eval()
let context = Tensor([Array("Alice ").map { dataset.stoi[$0]! }])
let sample = model.generate(context, maxNewTokens: 200, temperature: 0.8, topK: 10)[0]
print(String(sample.tolist(as: [Int].self).map { dataset.itos[$0] }))
