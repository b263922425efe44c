import Testing

@testable import Tensors

/// Padding of several dims and resizing, beside the same by indices.
struct PaddingTests {
  /// The index that an element of a padded dim is a copy of.
  private static func source(_ place: Int, _ size: Int, _ mode: PaddingMode) -> Int {
    switch mode {
    case .reflect: place < 0 ? -place : place < size ? place : 2 * (size - 1) - place
    case .circular: (place + size) % size
    default: min(max(place, 0), size - 1)
    }
  }

  private static func padded(_ x: Tensor, _ sizes: [Int], _ mode: PaddingMode) -> Tensor {
    (0..<sizes.count / 2).reduce(x) { x, pair in
      let dim = x.ndim - 1 - pair
      let size = x.shape[dim]
      let places = (-sizes[2 * pair]..<size + sizes[2 * pair + 1]).map { source($0, size, mode) }
      return x.indexSelect(dim, Tensor(places, device: x.device))
    }
  }

  private static let modes: [PaddingMode] = [.reflect, .replicate, .circular]

  @Test(arguments: modes, testedDevices)
  func severalDims(mode: PaddingMode, device: Device) {
    device.withDefault {
      for sizes in [[2, 3], [3, 1, 0, 2], [1, 1, 2, 3, 2, 0]] {
        let x = Tensor.randn([2, 3, 5, 4], requiresGrad: true)
        let same = x.detach().clone()
        same.requiresGrad = true
        let y = x.transpose(2, 3).pad(sizes, mode: mode)
        let expected = Self.padded(same.transpose(2, 3), sizes, mode)
        #expect(y.equal(expected))
        let weights = Tensor.randn(y.shape)
        (y * weights).sum().backward()
        (expected * weights).sum().backward()
        #expect(x.grad!.allclose(same.grad!, rtol: 1e-5, atol: 1e-6), "\(sizes)")
      }
    }
  }

  @Test(arguments: modes, [DType.bool, .uint8, .int64, .float16, .bfloat16, .float64])
  func dtypes(mode: PaddingMode, dtype: DType) {
    let x = Tensor.randint(0, 2, [3, 4, 5]).to(dtype)
    let sizes = [2, 1, 1, 3]
    #expect(x.pad(sizes, mode: mode).equal(Self.padded(x, sizes, mode)))
    let zeros = x.pad([1, 2], value: 1)
    #expect(zeros.dtype == dtype && zeros[.all, .all, 1..<6].equal(x))
    #expect(zeros[.all, .all, 0].equal(.ones([3, 4], dtype: dtype)))
  }

  @Test(arguments: [DType.float16, .bfloat16])
  func halvesAddUpInFloat32(dtype: DType) {
    // The gradients of the first element are 256 and 1 and 1, of which each 1 is lost in bfloat16.
    let x = Tensor.zeros([1, 3], dtype: dtype, requiresGrad: true)
    let big = dtype == .bfloat16 ? 256 : 2048
    (x.pad([2, 0], mode: .replicate) * Tensor([[1, 1, big, 0, 0]]).to(dtype)).sum().backward()
    #expect(x.grad![0, 0].item() == Double(big + 2))
  }

  @Test(arguments: testedDevices)
  func resizing(device: Device) {
    device.withDefault {
      let x = Tensor.randn([2, 3, 9, 70], requiresGrad: true)
      let (height, width) = (23, 40)
      let y = x.interpolate(size: [height, width], mode: .bilinear)
      // The same as a product with a matrix for each dim.
      func matrix(_ count: Int, _ size: Int) -> Tensor {
        Tensor.eye(size).unsqueeze(0).interpolate(size: [count], mode: .linear)[0].T
      }
      let expected = matrix(height, 9).matmul(x.detach()).matmul(matrix(width, 70).T)
      #expect(y.allclose(expected, rtol: 1e-4, atol: 1e-5))
      let weights = Tensor.randn(y.shape)
      (y * weights).sum().backward()
      let gradient = matrix(height, 9).T.matmul(weights).matmul(matrix(width, 70))
      #expect(x.grad!.allclose(gradient, rtol: 1e-4, atol: 1e-5))
    }
  }

  @Test(arguments: testedDevices)
  func infiniteElementsStayApart(device: Device) {
    device.withDefault {
      let x = Tensor([[[1, Double.infinity, 2, 3]]]).float()
      x.requiresGrad = true
      let y = x.interpolate(size: [2])
      #expect(y.equal(Tensor([[[1.0, 2.0]]]).float()))
      // Some gradients have fewer terms than others.
      let z = Tensor([[[1, 2, 3]]]).float()
      z.requiresGrad = true
      let weights = Tensor([[[Float.infinity, 1, 1, 1, 1]]])
      (z.interpolate(size: [5]) * weights).sum().backward()
      #expect(z.grad!.equal(Tensor([[[Float.infinity, 2, 1]]])))
    }
  }

  @Test func resizingOfIntegersAndVolumes() {
    let x = Tensor.arange(24).reshape(1, 2, 3, 4)
    #expect(x.interpolate(size: [6, 8])[0, 1, 5, 7].item() == 23)
    let volume = x.float().reshape(1, 1, 2, 3, 4)
    volume.requiresGrad = true
    let y = volume.interpolate(scaleFactor: 2)
    #expect(y.shape == [1, 1, 4, 6, 8] && y[0, 0, 3, 5, 7].item() == 23)
    y.sum().backward()
    #expect(volume.grad!.equal(.full([1, 1, 2, 3, 4], 8)))
  }

  @Test func partsByIndex() {
    let x = Tensor.arange(24).reshape(2, 3, 4)
    let rows = Tensor([[0, -1], [-2, 1]])
    #expect(x[.all, rows].shape == [2, 2, 2, 4])
    #expect(x[.all, rows][1, 1, 0].equal(x[1, 1]) && x[.all, rows][0, 0, 1].equal(x[0, 2]))
    #expect(x[.all, .all, Tensor(-1)].equal(x[.all, .all, 3]))
    #expect(x[Tensor([1, -1])].equal(.stack([x[1], x[1]])))
    #expect(x[.all, Tensor.zeros([0], dtype: .int64)].shape == [2, 0, 4])
  }

  @Test func resultsDoNotDependOnThreads() {
    let threads = numThreads
    defer { numThreads = threads }
    func results(_ count: Int) -> [Tensor] {
      numThreads = count
      let generator = Generator(seed: 3)
      let x = Tensor.randn([2, 3, 150, 170], generator: generator)
      x.requiresGrad = true
      let y = x.interpolate(size: [310, 90], mode: .bilinear).pad([3, 2, 1, 4], mode: .reflect)
      (y * y).sum().backward()
      let long = Tensor.randn([300_000], generator: generator)
      let index = Tensor.randint(0, 300_000, [200_000], generator: generator)
      return [y, x.grad!, long.dot(long.flip(0)), long[index]]
    }
    for (one, three) in zip(results(1), results(3)) { #expect(one.equal(three)) }
  }
}
