// A small vision transformer reads handwritten digits.
import Flambeau
import Foundation

let arguments = CommandLine.arguments
let steps = arguments.firstIndex(of: "--steps").flatMap { Int(arguments[$0 + 1]) }
let epochs = 10

func digits(_ set: TensorDataset<Tensor, Tensor>) -> TensorDataset<Tensor, Tensor> {
  let images = (set.inputs / 16).view(-1, 1, 8, 8)
  return TensorDataset((images - 0.5) / 0.5, set.targets)
}

final class PatchEmbedding: Module {
  let numPatches: Int
  let proj: Conv2d

  init(imageSize: Int, patchSize: Int, inChannels: Int, dim: Int) {
    numPatches = (imageSize / patchSize) * (imageSize / patchSize)
    proj = Conv2d(inChannels, dim, kernelSize: patchSize, stride: patchSize)
  }

  override func forward(_ x: Tensor) -> Tensor {
    proj(x).flatten(startDim: 2).transpose(1, 2)
  }
}

final class Block: Module {
  let norm1: LayerNorm
  let attn: MultiheadAttention
  let norm2: LayerNorm
  let mlp: Sequential

  init(_ dim: Int, numHeads: Int, mlpRatio: Int = 2, dropout: Double = 0) {
    norm1 = LayerNorm([dim])
    attn = MultiheadAttention(dim, numHeads, dropout: dropout, batchFirst: true)
    norm2 = LayerNorm([dim])
    mlp = Sequential(
      Linear(dim, dim * mlpRatio),
      GELU(),
      Dropout(dropout),
      Linear(dim * mlpRatio, dim),
      Dropout(dropout)
    )
  }

  override func forward(_ x: Tensor) -> Tensor {
    let y = norm1(x)
    let x = x + attn(y, y, y, needWeights: false).0
    return x + mlp(norm2(x))
  }
}

final class VisionTransformer: Module {
  let patchEmbed: PatchEmbedding
  @Parameter var clsToken: Tensor
  @Parameter var posEmbed: Tensor
  let dropout: Dropout
  let blocks: Sequential
  let norm: LayerNorm
  let head: Linear

  init(
    imageSize: Int = 8, patchSize: Int = 2, inChannels: Int = 1, numClasses: Int = 10,
    dim: Int = 64, depth: Int = 4, numHeads: Int = 4, dropout: Double = 0.1
  ) {
    patchEmbed = PatchEmbedding(
      imageSize: imageSize, patchSize: patchSize, inChannels: inChannels, dim: dim)
    clsToken = Tensor.zeros(1, 1, dim)
    posEmbed = Tensor.zeros(1, patchEmbed.numPatches + 1, dim)
    self.dropout = Dropout(dropout)
    blocks = Sequential((0..<depth).map { _ in Block(dim, numHeads: numHeads, dropout: dropout) })
    norm = LayerNorm([dim])
    head = Linear(dim, numClasses)
    super.init()
    Init.truncNormal(posEmbed, std: 0.02)
    Init.truncNormal(clsToken, std: 0.02)
    apply(initWeights)
  }

  func initWeights(_ m: Module) {
    if let m = m as? Linear {
      Init.truncNormal(m.weight, std: 0.02)
      if let bias = m.bias {
        Init.zeros(bias)
      }
    }
  }

  override func forward(_ x: Tensor) -> Tensor {
    var x = patchEmbed(x)
    let cls = clsToken.expand(x.size(0), -1, -1)
    x = Tensor.cat([cls, x], dim: 1) + posEmbed
    x = blocks(dropout(x))
    return head(norm(x)[.all, 0])
  }
}

manualSeed(0)
let trainLoader = DataLoader(digits(Digits.train), batchSize: 128, shuffle: true, dropLast: true)
let testLoader = DataLoader(digits(Digits.test), batchSize: 256)
let model = VisionTransformer()
print("\(model.parameters().filter(\.requiresGrad).map(\.numel).reduce(0, +)) parameters")

let criterion = CrossEntropyLoss(labelSmoothing: 0.1)
let optimizer = AdamW(model.parameters(), lr: 2e-3, betas: (0.9, 0.98), weightDecay: 0.05)
let warmup = 20
let total = epochs * trainLoader.count
let scheduler = SequentialLR(
  optimizer,
  [
    LinearLR(optimizer, startFactor: 0.1, totalIters: warmup),
    CosineAnnealingLR(optimizer, tMax: total - warmup, etaMin: 1e-5),
  ],
  milestones: [warmup])

var step = 0
for epoch in 1...epochs {
  model.train()
  var losses: [Double] = []
  for (images, labels) in trainLoader {
    let loss = criterion(model(images), labels)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    losses.append(loss.item())
    step += 1
    if steps != nil {
      print(
        String(
          format: "step %d loss %.4f lr %.6f", step, loss.item(), scheduler.lrs[0]))
    }
    if step == steps { break }
  }
  if step == steps { break }
  print(
    String(format: "epoch %d loss %.4f", epoch, losses.reduce(0, +) / Double(losses.count)))
}

model.eval()
var correct = 0
noGrad {
  for (images, labels) in testLoader {
    correct += model(images).argmax(dim: 1).eq(labels).sum().item(as: Int.self)
  }
}
print(String(format: "accuracy %.4f", Double(correct) / Double(testLoader.exampleCount)))
