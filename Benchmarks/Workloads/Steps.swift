import NN

extension Workload {
  /// Training steps: forward, backward, optimizer.
  static let steps: [Workload] =
    [
      // The step of `flambeau digits`.
      classifier("the digits", [32, 64]) { Sequential(Linear(64, 128), ReLU(), Linear(128, 10)) },
      classifier("an MLP", [128, 784]) {
        Sequential(Linear(784, 512), ReLU(), Linear(512, 512), ReLU(), Linear(512, 10))
      },
      classifier("a wide MLP", [1024, 1024]) {
        Sequential(Linear(1024, 4096), ReLU(), Linear(4096, 10))
      },
      classifier("a CNN", [64, 1, 28, 28]) {
        Sequential(
          Conv2d(1, 32, kernelSize: 3, padding: 1), ReLU(), MaxPool2d(2),
          Conv2d(32, 64, kernelSize: 3, padding: 1), ReLU(), MaxPool2d(2), Flatten(),
          Linear(64 * 7 * 7, 10))
      } optimizer: {
        SGD($0, lr: 0.01, momentum: 0.9)
      },
      classifier("a residual CNN", [32, 3, 32, 32]) {
        ResidualCNN()
      } optimizer: {
        SGD($0, lr: 0.01, momentum: 0.9)
      },
      step("training step of an LSTM") { device in
        let model = LSTM(32, 64).to(device)
        let x = Tensor.randn([50, 16, 32]).to(device)
        return (Adam(model.parameters(), lr: 1e-3), { model(x).output.square().mean() })
      },
      step("training step of a GRU") { device in
        let model = GRU(32, 64).to(device)
        let x = Tensor.randn([50, 16, 32]).to(device)
        return (Adam(model.parameters(), lr: 1e-3), { model(x).output.square().mean() })
      },
    ]
    + [(128, 64, 16), (256, 128, 4), (512, 256, 1), (128, 1024, 1)].map { width, length, batch in
      step(
        "training step of a GPT, \(width) wide, \(length) tokens",
        operations: GPT.operations(width: width, length: length, batch: batch)
      ) { device in
        let model = GPT(width: width, length: length).to(device)
        let x = Tensor.randint(0, 64, [batch, length]).to(device)
        let y = Tensor.randint(0, 64, [batch, length]).to(device)
        return (
          AdamW(model.parameters(), lr: 1e-3),
          { crossEntropy(model(x).flatten(endDim: 1), y.flatten()) }
        )
      }
    }
    + [
      step("training step of a BERT") { device in
        let model = BERT().to(device)
        let x = Tensor.randint(0, 1000, [8, 64]).to(device)
        let y = Tensor.randint(0, 1000, [8, 64]).to(device)
        // The sentences have from 36 to 64 words.
        let isPadding = Tensor.arange(64).unsqueeze(0) .>= Tensor.arange(8).unsqueeze(1) * 4 + 36
        let padding = isPadding.to(device)
        return (
          AdamW(model.parameters(), lr: 1e-3),
          { crossEntropy(model(x, padding: padding).flatten(endDim: 1), y.flatten()) }
        )
      },
      step("training step of a VAE") { device in
        let model = VAE().to(device)
        let x = Tensor.rand([128, 784]).to(device)
        return (Adam(model.parameters(), lr: 1e-3), { model.loss(x) })
      },
      Workload("Adam step on 10 million", tolerance: 1e-4) { device in
        manualSeed(0)
        let weight = Tensor.randn([10_000_000]).to(device)
        weight.requiresGrad = true
        weight.grad = Tensor.randn([10_000_000]).to(device)
        let optimizer = Adam([weight], lr: 1e-3)
        return { count in
          for _ in 0..<count { optimizer.step() }
          return [weight.detach()[0].item(), weight.detach()[..<1000].abs().mean().item()]
        }
      },
    ]

  /// A step with an optimizer and a loss, which are made after seed 0.
  ///
  /// - Parameter operations: those of its matrix products.
  static func step(
    _ name: String, operations: Double? = nil,
    _ prepare: @escaping @Sendable (Device) -> (Optimizer, () -> Tensor)
  ) -> Workload {
    Workload(name, tolerance: 1e-4, cost: operations.map(Cost.operations)) { device in
      manualSeed(0)
      let (optimizer, loss) = prepare(device)
      return { count in
        var last = 0.0
        for _ in 0..<count {
          let loss = loss()
          optimizer.zeroGrad()
          loss.backward()
          optimizer.step()
          last = loss.item()
        }
        return [last]
      }
    }
  }

  /// A step of a classifier of ten classes, on inputs of the given shape.
  private static func classifier(
    _ name: String, _ shape: [Int], _ make: @escaping @Sendable () -> Module,
    optimizer: @escaping @Sendable ([Tensor]) -> Optimizer = { Adam($0, lr: 1e-3) }
  ) -> Workload {
    step("training step of \(name)") { device in
      let model = make().to(device)
      let x = Tensor.randn(shape).to(device)
      let y = Tensor.randint(0, 10, [shape[0]]).to(device)
      return (optimizer(model.parameters()), { crossEntropy(model(x), y) })
    }
  }
}
