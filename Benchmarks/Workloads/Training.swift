import NN

extension Workload {
  /// Training steps: forward, backward, optimizer.
  static let training = [
    // The step of `flambeau digits`.
    training("training step of the digits") { device in
      let model = Sequential(Linear(64, 128), ReLU(), Linear(128, 10)).to(device)
      let x = Tensor.randn([32, 64]).to(device)
      let y = Tensor.randint(0, 10, [32]).to(device)
      return (model, Adam(model.parameters(), lr: 1e-3), { crossEntropy(model(x), y) })
    },
    training("training step of an MLP") { device in
      let model = Sequential(
        Linear(784, 512), ReLU(), Linear(512, 512), ReLU(), Linear(512, 10)
      ).to(device)
      let x = Tensor.randn([128, 784]).to(device)
      let y = Tensor.randint(0, 10, [128]).to(device)
      return (model, Adam(model.parameters(), lr: 1e-3), { crossEntropy(model(x), y) })
    },
    training("training step of a wide MLP") { device in
      let model = Sequential(Linear(1024, 4096), ReLU(), Linear(4096, 10)).to(device)
      let x = Tensor.randn([1024, 1024]).to(device)
      let y = Tensor.randint(0, 10, [1024]).to(device)
      return (model, Adam(model.parameters(), lr: 1e-3), { crossEntropy(model(x), y) })
    },
    training("training step of a CNN") { device in
      let model = Sequential(
        Conv2d(1, 32, kernelSize: 3, padding: 1), ReLU(), MaxPool2d(2),
        Conv2d(32, 64, kernelSize: 3, padding: 1), ReLU(), MaxPool2d(2), Flatten(),
        Linear(64 * 7 * 7, 10)
      ).to(device)
      let x = Tensor.randn([64, 1, 28, 28]).to(device)
      let y = Tensor.randint(0, 10, [64]).to(device)
      return (
        model, SGD(model.parameters(), lr: 0.01, momentum: 0.9), { crossEntropy(model(x), y) }
      )
    },
    training("training step of an LSTM") { device in
      let model = LSTM(32, 64).to(device)
      let x = Tensor.randn([50, 16, 32]).to(device)
      return (model, Adam(model.parameters(), lr: 1e-3), { model(x).output.square().mean() })
    },
    training("training step of a GPT") { device in
      let model = GPT().to(device)
      let x = Tensor.randint(0, 64, [16, 64]).to(device)
      let y = Tensor.randint(0, 64, [16, 64]).to(device)
      return (
        model, AdamW(model.parameters(), lr: 1e-3),
        { crossEntropy(model(x).flatten(endDim: 1), y.flatten()) }
      )
    },
    Workload("Adam step on 10 million", tolerance: 1e-4) { device in
      manualSeed(0)
      let weight = Tensor.randn([10_000_000]).to(device)
      weight.requiresGrad = true
      weight.grad = Tensor.randn([10_000_000]).to(device)
      let optimizer = Adam([weight], lr: 1e-3)
      return { count in
        for _ in 0..<count { optimizer.step() }
        return [weight.detach()[0].item(), weight.detach().abs().mean().item()]
      }
    },
  ]

  /// - Parameter prepare: function that makes a model, its optimizer and its loss, after seed 0.
  private static func training(
    _ name: String, _ prepare: @escaping @Sendable (Device) -> (Module, Optimizer, () -> Tensor)
  ) -> Workload {
    Workload(name, tolerance: 1e-4) { device in
      manualSeed(0)
      let (_, optimizer, loss) = prepare(device)
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
}

/// A GPT with four transformer layers and a vocabulary of 64 characters.
private final class GPT: Module {
  let embedding = Embedding(64, 128)
  let positions = Embedding(64, 128)
  let layers = ModuleList(
    (0..<4).map { _ in
      TransformerEncoderLayer(
        128, 4, dimFeedforward: 512, dropout: 0, activation: .gelu, batchFirst: true,
        normFirst: true)
    })
  let norm = LayerNorm(128)
  let head = Linear(128, 64)

  override func forward(_ x: Tensor) -> Tensor {
    var y = embedding(x) + positions(Tensor.arange(x.shape[1], device: x.device))
    for case let layer as TransformerEncoderLayer in layers {
      y = layer(y, srcMask: nil, isCausal: true)
    }
    return head(norm(y))
  }
}
