import NN

extension Workload {
  /// The main job's step: a batch of 32 digits, an MLP 64-128-10, Adam.
  static let training = [
    Workload(name: "training step of the digits", tolerance: 1e-5) {
      manualSeed(0)
      let model = Sequential(Linear(64, 128), ReLU(), Linear(128, 10))
      let optimizer = Adam(model.parameters(), lr: 1e-3)
      let (x, y) = (Tensor.randn([32, 64]), Tensor.randint(0, 10, [32]))
      return { count in
        var last = 0.0
        for _ in 0..<count {
          let loss = crossEntropy(model(x), y)
          optimizer.zeroGrad()
          loss.backward()
          optimizer.step()
          last = loss.item()
        }
        return [last]
      }
    }
  ]
}
