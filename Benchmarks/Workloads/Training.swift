import NN

extension Workload {
  static let training = [
    // The main job's step.
    training("training step of the digits", batch: 32, sizes: (64, 128)),
    training("training step of a wide MLP", batch: 1024, sizes: (1024, 4096)),
  ]

  /// A step of Adam on an MLP with one hidden layer and ten classes.
  private static func training(_ name: String, batch: Int, sizes: (Int, Int)) -> Workload {
    Workload(name: name, tolerance: 1e-4) {
      manualSeed(0)
      let model = Sequential(Linear(sizes.0, sizes.1), ReLU(), Linear(sizes.1, 10))
      let optimizer = Adam(model.parameters(), lr: 1e-3)
      let (x, y) = (Tensor.randn([batch, sizes.0]), Tensor.randint(0, 10, [batch]))
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
  }
}
