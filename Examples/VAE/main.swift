// A variational autoencoder learns to draw handwritten digits.
import Flambeau
import Foundation

let arguments = CommandLine.arguments
let steps = arguments.firstIndex(of: "--steps").flatMap { Int(arguments[$0 + 1]) }
let epochs = steps == nil ? 40 : 1

final class VAE: Module {
  let fc1 = Linear(64, 200)
  let fc21 = Linear(200, 8)
  let fc22 = Linear(200, 8)
  let fc3 = Linear(8, 200)
  let fc4 = Linear(200, 64)

  func encode(_ x: Tensor) -> (Tensor, Tensor) {
    let h1 = fc1(x).relu()
    return (fc21(h1), fc22(h1))
  }

  func reparameterize(_ mu: Tensor, _ logvar: Tensor) -> Tensor {
    let std = (0.5 * logvar).exp()
    let eps = Tensor.randnLike(std)
    return mu + eps * std
  }

  func decode(_ z: Tensor) -> Tensor {
    let h3 = fc3(z).relu()
    return fc4(h3).sigmoid()
  }

  func callAsFunction(_ x: Tensor) -> (Tensor, Tensor, Tensor) {
    run(x) {
      let (mu, logvar) = encode(x.view(-1, 64))
      let z = reparameterize(mu, logvar)
      return (decode(z), mu, logvar)
    }
  }
}

func lossFunction(_ recon: Tensor, _ x: Tensor, _ mu: Tensor, _ logvar: Tensor) -> Tensor {
  let bce = binaryCrossEntropy(recon, x.view(-1, 64), reduction: .sum)
  let kld = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum()
  return bce + kld
}

func train(_ epoch: Int) {
  model.train()
  var trainLoss = 0.0
  for (batch, (data, _)) in trainLoader.enumerated() {
    optimizer.zeroGrad()
    let (recon, mu, logvar) = model(data / 16)
    let loss = lossFunction(recon, data / 16, mu, logvar)
    loss.backward()
    trainLoss += loss.item()
    optimizer.step()
    if steps != nil {
      print(String(format: "batch %d loss %.4f", batch, loss.item() / Double(data.count)))
    }
    if batch + 1 == steps { break }
  }
  if steps == nil {
    let average = trainLoss / Double(trainLoader.exampleCount)
    print(String(format: "epoch %d average loss %.4f", epoch, average))
  }
}

func test() {
  model.eval()
  var testLoss = 0.0
  noGrad {
    for (data, _) in testLoader {
      let (recon, mu, logvar) = model(data / 16)
      testLoss += lossFunction(recon, data / 16, mu, logvar).item()
    }
  }
  print(String(format: "test loss %.4f", testLoss / Double(testLoader.exampleCount)))
}

manualSeed(0)
let trainLoader = DataLoader(Digits.train, batchSize: 128, shuffle: true)
let testLoader = DataLoader(Digits.test, batchSize: 128, shuffle: false)

let model = VAE()
let optimizer = Adam(model.parameters(), lr: 1e-3)
for epoch in 1...epochs {
  train(epoch)
  if epoch % 10 == 0 || epoch == epochs { test() }
}

let sample = noGrad { model.decode(Tensor.randn(6, 8)).view(6, 8, 8) }
let shades = Array(" .:-=+*#%@")
for row in 0..<8 {
  let lines = sample.map { image in
    String(image[row].tolist(as: [Double].self).map { shades[Int($0 * 9.99)] })
  }
  print(lines.joined(separator: "  "))
}
