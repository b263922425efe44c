import Foundation
import Tensors
import Testing

/// Tensors on a GPU, real or simulated.
@Suite(.enabled(if: CUDA.isAvailable)) struct CUDATensorTests {
  @Test func tensorsGoThereAndBack() {
    let x = Tensor([[1.0, 2], [3, 4]], requiresGrad: true)
    let y = x.T.to("cuda:0")
    #expect(y.device == .cuda() && y.shape == [2, 2] && x.device == .cpu)
    #expect(y.scalars(as: Int.self) == [1, 3, 2, 4])
    (y * y).sum().backward()
    #expect(x.grad!.device == .cpu && x.grad!.equal(2 * x.detach()))
    #expect(y.to(.cuda()) === y)
    #expect(y.detach().description == "tensor([[1., 3.],\n        [2., 4.]], device='cuda:0')")
  }

  @Test func numbersMeetTensorsOfAnyDevice() {
    let x = Tensor([1.0, 2, 3], device: .cuda())
    let scale = Tensor([2.0], requiresGrad: true)
    #expect((2 * x + 1).scalars(as: Int.self) == [3, 5, 7])
    #expect((x .> 1.5).scalars(as: Bool.self) == [false, true, true])
    #expect((Tensor(2.0) - x).scalars(as: Int.self) == [1, 0, -1])
    #expect(Tensor.where(x .> 1, x, 0).scalars(as: Int.self) == [0, 2, 3])
    // A CPU scalar, and its gradient.
    let y = scale[0] * x
    #expect(y.device == .cuda())
    y.sum().backward()
    #expect(scale.grad!.device == .cpu && scale.grad!.item() == 6)
    var z = Tensor([1.0, 2], device: .cuda())
    z += Tensor(3.0)
    #expect(z.scalars(as: Int.self) == [4, 5])
  }

  @Test func tensorsOnTwoDevicesStop() async {
    await expectMessage(
      "add: one tensor is on cpu, the other on cuda:0; move one with to(_:)",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([1.0]) + Tensor([1.0], device: .cuda())
      })
    await expectMessage(
      "matmul: one tensor is on cuda:0, another on cpu; move one with to(_:)",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.ones([2, 2], device: .cuda()).matmul(.ones([2, 2]))
      })
    await expectMessage(
      "gather: the tensor is on cpu, the index on cuda:0",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([1.0]).gather(dim: 0, index: Tensor([0], device: .cuda()))
      })
  }

  @Test func indicesOutOfRangeAreToldLater() async {
    await expectMessage(
      "gather: index 5 is out of range on cuda:0, in an earlier call; set FLAMBEAU_CUDA_SYNC=1",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let y = Tensor([1.0, 2], device: .cuda()).indexSelect(0, Tensor([5], device: .cuda()))
        _ = y.item()
      })
    await expectMessage(
      "indexSelect: index 5 is out of range in dim 0 of a tensor of shape [2]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        setenv("FLAMBEAU_CUDA_SYNC", "1", 1)
        _ = Tensor([1.0, 2], device: .cuda()).indexSelect(0, Tensor([5], device: .cuda()))
      })
  }

  /// As many random numbers as needed to see their distribution, and the same for the same seed on
  /// every GPU.
  @Test func randomNumbersAreDistributedAsTheyShould() {
    let generator = Generator(seed: 7)
    let device = Device.cuda()
    let uniform = Tensor.rand([20_000], dtype: .float64, device: device, generator: generator)
    #expect(
      abs(uniform.mean().item() - 0.5) < 0.01 && abs(uniform.variance().item() - 1 / 12) < 0.002)
    #expect(uniform.amin().item() >= 0 && uniform.amax().item() < 1)
    let normal = Tensor.randn([20_000], dtype: .float64, device: device, generator: generator)
    #expect(abs(normal.mean().item()) < 0.02 && abs(normal.std().item() - 1) < 0.02)
    let exponential = Tensor.exponential([20_000], device: device, generator: generator)
    #expect(abs(exponential.mean().item() - 1) < 0.03)
    let integers = Tensor.randint(-3, 4, [7000], device: device, generator: generator)
    #expect((integers + 3).bincount(minLength: 7).amin().item() > 850)
    let order = Tensor.randperm(1000, device: device, generator: generator)
    #expect(order.sort().values.equal(.arange(1000, device: device)))
    #expect(!order.equal(.arange(1000, device: device)))
    generator.manualSeed(7)
    #expect(
      Tensor.rand([20_000], dtype: .float64, device: device, generator: generator).equal(uniform))
  }

  @Test func graphsRepeatWork() {
    let device = Device.cuda()
    let x = Tensor([1.0, 2, 3], device: device)
    let y = Tensor.zeros([3], device: device)
    let noise = Tensor.zeros([1000], device: device)
    func step() {
      y.copy(from: (x * x).exp().log() + 1)
      noise.copy(from: .rand([1000], device: device))
    }
    step()
    let graph = CUDA.Graph(capturing: step)
    y.fill(0.0)
    graph.replay()
    #expect(y.allclose(Tensor([2.0, 5, 10], device: device)))
    let before = noise.clone()
    x.copy(from: Tensor([0.0, 1, 2], device: device))
    graph.replay()
    #expect(y.allclose(Tensor([1.0, 2, 5], device: device)))
    #expect(!noise.equal(before), "each replay has numbers of its own")
  }

  @Test func whatCannotBeCapturedStops() async {
    await expectMessage(
      "CUDA.Graph: waiting for the GPU, as item() and scalars() do, cannot be captured",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let x = Tensor([1.0], device: .cuda())
        _ = CUDA.Graph { _ = x.item() }
      })
    await expectMessage(
      "CUDA.Graph: a copy from host memory, as Tensor([1, 2]) makes, cannot be captured",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = CUDA.Graph { _ = Tensor([1.0, 2], device: .cuda()) }
      })
  }

  @Test func pinnedMemoryIsCopiedWhileTheProgramGoesOn() {
    let x = Tensor((0..<5000).map(Float.init)).pinMemory()
    #expect(x.isPinned && x.device == .cpu && !Tensor([1.0]).isPinned && x.pinMemory() === x)
    let there = x.to(.cuda(), nonBlocking: true)
    let back = (there + 1).to(.cpu, nonBlocking: true)
    CUDA.synchronize()
    #expect(back.isPinned && back.equal(x + 1))
    // Without nonBlocking the source may change at once.
    let copy = x.to(.cuda())
    x.fill(Float(0))
    #expect(copy.equal(there))
  }

  @Test(.enabled(if: CUDA.isSimulator))
  func tensorsGoFromGPUToGPU() async {
    await #expect(processExitsWith: .success) {
      setenv("FLAMBEAU_SIMULATOR_DEVICES", "2", 1)
      let x = Tensor([1.0, 2, 3], device: "cuda:0")
      let y = (x + 1).to("cuda:1")
      #expect(y.device == .cuda(1) && (y * 2).scalars(as: Int.self) == [4, 6, 8])
      #expect(y.to("cuda:0").equal(x + 1))
    }
  }

  @Test func memoryComesBack() async {
    await #expect(processExitsWith: .success) {
      let before = CUDA.memoryAllocated()
      var x: Tensor? = Tensor.ones([1000, 100], device: .cuda())
      #expect(CUDA.memoryAllocated() >= before + 400_000 && x!.sum().item() == 100_000)
      x = nil
      #expect(CUDA.memoryAllocated() == before && CUDA.maxMemoryAllocated() > before)
    }
  }

  /// Freed blocks are reused, split and merged as needed.
  @Test func memoryIsKept() async {
    await #expect(processExitsWith: .success) {
      setenv("FLAMBEAU_CUDA_CACHE", "1", 1)
      var kept: [Tensor] = []
      for round in 0..<3 {
        kept = (1..<40).map { Tensor.ones([$0 * 500 + round], device: .cuda()) }
        let sums = kept.map { $0.sum().item() }
        #expect(sums == (1..<40).map { Double($0 * 500 + round) })
      }
      let reserved = CUDA.memoryReserved()
      #expect(reserved <= 4 << 20 && reserved >= CUDA.memoryAllocated())
      kept = []
      CUDA.emptyCache()
      #expect(CUDA.memoryReserved() == 0 && CUDA.memoryAllocated() == 0)
    }
  }
}
