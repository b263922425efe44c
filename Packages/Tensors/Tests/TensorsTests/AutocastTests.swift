import Testing

@testable import Tensors

@Suite struct AutocastTests {
  /// The dtypes of PyTorch's autocast, on the CPU with bfloat16 and on a GPU with float16.
  @Test(arguments: testedDevices)
  func operationsChooseTheirDtype(device: Device) {
    device.withDefault {
      let dtype: DType = device == .cpu ? .bfloat16 : .float16
      let (x, w) = (Tensor.rand([4, 3]), Tensor.rand([2, 3], requiresGrad: true))
      let (bias, image) = (Tensor.rand([2], requiresGrad: true), Tensor.rand([1, 1, 4, 4]))
      autocast(device.kind) {
        let y = x.linear(w, bias: bias)
        #expect(y.dtype == dtype && x.matmul(w.T).dtype == dtype)
        #expect(image.conv2d(Tensor.rand([1, 1, 2, 2])).dtype == dtype)
        #expect(y.relu().dtype == dtype && (y + x[0, 0]).dtype == dtype)
        #expect((y + x[.all, ..<2]).dtype == .float32)
        let square = y[..<2]
        for precise in [
          y.crossEntropy(Tensor([0, 1, 0, 1])), y.prod(), square.trace(),
          y.pad([1, 0], mode: .reflect), square.qr().r, square.svd().s,
          Tensor.eye(2, dtype: dtype).inverse(), Tensor.eye(2, dtype: dtype).cholesky(),
        ] { #expect(precise.dtype == .float32) }
        // PyTorch's list for the CPU is shorter than that for GPUs.
        for (index, result) in [
          y.exp(), y.log(), y.softmax(dim: 1), y.logSoftmax(dim: 1), y.sum(), y.pow(2.0),
          y.layerNorm([2]), y.cumsum(dim: 0), y.mean(), y.norm(), y.logsumexp(dims: [1]), y.tan(),
        ].enumerated() {
          #expect(result.dtype == (device == .cpu ? dtype : .float32), "\(index)")
        }
        #expect(x.prelu(w[0, 0]).dtype == dtype)
        #expect(x.to(.float64).matmul(w.T.to(.float64)).dtype == .float64)
        autocast(device.kind, enabled: false) { #expect(x.matmul(w.T).dtype == .float32) }
      }
      #expect(x.matmul(w.T).dtype == .float32)
    }
  }

  @Test(arguments: testedDevices)
  func gradientsAreThoseOfFullPrecision(device: Device) {
    device.withDefault {
      let generator = Generator(seed: 1)
      let x = Tensor.randn([8, 6], generator: generator)
      let w = Tensor.randn([5, 6], generator: generator, requiresGrad: true)
      let target = Tensor([0, 1, 2, 3, 4, 0, 1, 2])
      func loss() -> Tensor { x.linear(w).relu().crossEntropy(target).mean() }
      loss().backward()
      let exact = w.grad!
      w.grad = nil
      // Backward may be called inside too.
      autocast(device.kind, dtype: .bfloat16) { loss().backward() }
      #expect(w.grad!.dtype == .float32 && w.grad!.allclose(exact, rtol: 0.05, atol: 0.02))
    }
  }

  /// A weight that is used twice is converted once, and again after it has changed.
  @Test func parametersAreConvertedOnce() {
    let (x, w) = (Tensor.ones([1, 2]), Tensor([[1.0, 2]], requiresGrad: true))
    autocast(.cpu) {
      #expect(w.forProducts === w.forProducts && x.forProducts !== x.forProducts)
      noGrad { w.fill(Float(3)) }
      #expect(x.linear(w).item() == 6)
    }
  }

  @Test func otherTypesStop() async {
    await expectMessage(
      "autocast: float64; it must be float16 or bfloat16",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        autocast(dtype: .float64) {}
      })
  }
}
