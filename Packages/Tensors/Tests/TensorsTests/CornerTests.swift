import Testing

@testable import Tensors

private func numbers(_ tensor: Tensor?) -> [Double] { tensor?.scalars(as: Double.self) ?? [] }

/// Whether numbers are the same, NaN and the sign of 0 included.
private func same(_ a: [Double], _ b: [Double]) -> Bool {
  a.count == b.count
    && zip(a, b).allSatisfy { ($0.isNaN && $1.isNaN) || ($0 == $1 && $0.sign == $1.sign) }
}

private let nan = Double.nan
private let inf = Double.infinity

/// The gradient of the sum of a function's results.
private func gradient(_ x: [Double], _ function: (Tensor) -> Tensor) -> [Double] {
  let leaf = Tensor(x, requiresGrad: true)
  function(leaf).sum().backward()
  return numbers(leaf.grad)
}

/// What PyTorch gives at the edges of operations' domains.
@Suite struct CornerTests {
  /// A number that does not fit into a small integer keeps its lowest bits, whatever the processor
  /// and the position in a vector.
  @Test(arguments: [DType.float16, .bfloat16, .float32, .float64], testedDevices)
  func smallWholeNumbersAreLowestBits(dtype: DType, device: Device) {
    let given = [-4.0, -1.5, 300, 1001, -129, 40_960]
    let expected: [(DType, [Double])] = [
      (.uint8, [252, 255, 44, dtype == .bfloat16 ? 232 : 233, 127, 0]),
      (.int8, [-4, -1, 44, dtype == .bfloat16 ? -24 : -23, 127, 0]),
      (.int16, [-4, -1, 300, dtype == .bfloat16 ? 1000 : 1001, -129, -24_576]),
    ]
    for copies in [1, 3, 20] {
      let x = Tensor(given, dtype: dtype, device: device).repeat([copies])
      for (small, numbers) in expected {
        let wanted = Array(repeatElement(numbers, count: copies).joined())
        #expect(x.to(small).scalars(as: Double.self) == wanted, "\(small)")
      }
    }
  }

  @Test func limitsThatCross() {
    let x = Tensor([0.0, 5])
    #expect(numbers(x.clamp(min: 3, max: 1)) == [1, 1])
    #expect(numbers(Tensor([0, 5]).clamp(min: 3, max: 1)) == [1, 1])
    #expect(same(numbers(x.clamp(min: nan, max: 1)), [nan, nan]))
    #expect(same(numbers(Tensor([0, 5]).clamp(min: nan, max: 1)), [nan, nan]))
    #expect(gradient([0, 5, 2]) { $0.clamp(min: 3, max: 1) } == [0, 0, 0])
    #expect(gradient([0, 5, 2]) { $0.clamp(min: nan, max: 1) } == [0, 0, 0])
  }

  @Test func nothingOfAnOperand() {
    let (a, b) = (Tensor([[1.0, 2]]), Tensor([[3.0], [4.0]]))
    let nans = Tensor([[nan]])
    #expect(numbers(nans.addmm(a, b, beta: 0)) == [11])
    #expect(numbers(Tensor([[2.0]]).addmm(nans, nans, alpha: 0)) == [2])
    let whole = Tensor([[1]]).addmm(Tensor([[2, 3]]), Tensor([[4], [5]]), beta: 3, alpha: 2)
    #expect(whole.dtype == .int64 && numbers(whole) == [49])
  }

  @Test func normsAtZero() {
    let x = [0.0, 2, -3, 0]
    #expect(same(gradient(x) { $0.norm(-1) }.map(abs), [0, 0, 0, 0]))
    #expect(gradient([0, 0]) { $0.norm(2) } == [0, 0])
    let half = gradient(x) { $0.norm(0.5) }
    #expect(zip(half, [0, 2.2247448, -1.8164966, 0]).allSatisfy { abs($0 - $1) < 1e-5 })
    let cubic = gradient(x) { $0.norm(3) }
    #expect(zip(cubic, [0, 0.3738361, -0.8411312, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func theOrigin() {
    let (y, x) = (Tensor(0.0, requiresGrad: true), Tensor(0.0, requiresGrad: true))
    y.atan2(x).backward()
    #expect(numbers(y.grad) == [0] && numbers(x.grad) == [0])
  }

  @Test func tiesAndNaN() {
    #expect(gradient([1, 3, 3, 5, 2]) { $0.median() } == [0, 0.5, 0.5, 0, 0])
    #expect(gradient([1, 3, 3]) { $0.max() } == [0, 0.5, 0.5])
    #expect(gradient([1, 3, 3, nan]) { $0.max() } == [0, 0, 0, 1])
    #expect(gradient([1, 3, 3, nan]) { $0.median() } == [0, 0, 0, 1])
    let (a, b) = (
      Tensor([1.0, nan, 2], requiresGrad: true), Tensor([2.0, 1, nan], requiresGrad: true)
    )
    for function in [{ $0.maximum($1) }, { $0.minimum($1) }] as [(Tensor, Tensor) -> Tensor] {
      (a.grad, b.grad) = (nil, nil)
      function(a, b).sum().backward()
      #expect(numbers(a.grad)[1...] == [1, 1] && numbers(b.grad)[1...] == [1, 1])
    }
  }

  @Test func gradientsAtNaN() {
    let x = [nan, -inf, inf, 0, -3, 3]
    #expect(gradient(x) { $0.relu() } == [1, 0, 1, 0, 0, 1])
    #expect(gradient(x) { $0.hardtanh() } == [1, 0, 0, 1, 0, 0])
    #expect(gradient(x) { $0.hardtanh(min: 0, max: 6) } == [1, 0, 0, 0, 0, 1])
    #expect(gradient(x) { $0.elu() }[..<4] == [1, 0, 1, 1])
    #expect(abs(gradient(x) { $0.selu() }[0] - 1.0507010) < 1e-6)
    #expect(gradient(x) { $0.leakyRelu(negativeSlope: 0.5) } == [0.5, 0.5, 1, 0.5, 0.5, 1])
    #expect(gradient(x) { $0.hardswish() } == [1, 0, 1, 0.5, 0, 1])
    #expect(same(numbers(Tensor(x).hardswish()), [nan, nan, inf, 0, -0.0, 3]))
  }

  @Test func remaindersKeepTheSignOfZero() {
    #expect(
      same(
        numbers(Tensor([2.0, -2, 5, -5]).remainder(Tensor([-1.0, 1, inf, inf]))), [0, -0.0, 5, inf])
    )
  }

  @Test func nanIsPrintedWithoutASign() {
    let x = Tensor([-nan, nan, 1])
    #expect("\(x)" == "tensor([nan, nan, 1.])")
    #expect("\(x * 0.3)" == "tensor([   nan,    nan, 0.3000])")
  }

  @Test func whatIsHiddenFromAll() {
    for device in testedDevices {
      device.withDefault {
        let inputs = (0..<3).map { number in
          let x = Tensor.randn([2, 4, 8], generator: Generator(seed: UInt64(number)))
          x.requiresGrad = true
          return x
        }
        let visible = Tensor.ones([2, 4, 4], dtype: .bool)
        visible[1] = Tensor(false)
        let added = Tensor.zeros([2, 4, 4]).maskedFill(visible.logicalNot(), -inf)
        for mask in [visible, added] {
          let y = inputs[0].scaledDotProductAttention(inputs[1], inputs[2], mask: mask)
          #expect(y[1].abs().sum().item() == 0 && y[0].abs().sum().item() > 0)
          y.sum().backward()
          for x in inputs {
            #expect(x.grad!.isfinite().all().item(as: Bool.self), "\(device)")
            #expect(x.grad![1].abs().sum().item() == 0)
            x.grad = nil
          }
        }
      }
    }
  }

  @Test func integersInPlaceOfFractions() {
    #expect(numbers(Tensor([-3, 2, 5]).hardtanh(min: -1, max: 3)) == [-1, 2, 3])
    #expect(Tensor([-3, 2, 5]).hardtanh().dtype == .int64)
    let mask = Tensor([true, false])
    #expect(Tensor([true, true]).maskedFill(mask, 0).equal(Tensor([false, true])))
    #expect(Tensor([1, 1]).maskedFill(mask, 3.7).equal(Tensor([3, 1])))
    let weighted = Tensor([1, 2]).bincount(weights: Tensor([1, 2]))
    #expect(weighted.dtype == .float64 && numbers(weighted) == [0, 1, 2])
    #expect(Tensor([1, 2], dtype: .uint8).bincount().equal(Tensor([0, 1, 1])))
    #expect(abs(Tensor([1, 2]).logsumexp(dims: [0]).item() - 2.3132617) < 1e-6)
    #expect(
      Tensor.arange(16).reshape(1, 4, 4).maxPool2d([2, 2]).equal(Tensor([[[5, 7], [13, 15]]])))
  }

  /// The tolerance of an infinity is infinite, but nothing else is close to one.
  @Test func onlyTheSameInfinityIsClose() {
    let x = Tensor([1, Double.infinity, -.infinity, .infinity, .nan])
    let y = Tensor([Double.infinity, 1, .infinity, .infinity, .nan])
    #expect(x.isclose(y).equal(Tensor([false, false, false, true, false])))
    #expect(x.isclose(y, equalNaN: true)[4].item() == 1)
  }

  @Test func convolutionsOfIntegers() {
    for dtype in [DType.int64, .int32, .uint8] {
      let x = Tensor.arange(9).reshape(1, 1, 3, 3).to(dtype)
      let w = Tensor.ones([1, 1, 2, 2], dtype: dtype)
      let y = x.conv2d(w, bias: Tensor.ones([1], dtype: dtype))
      #expect(y.dtype == dtype && numbers(y) == [9, 13, 21, 25])
      let back = x[.all, .all, ..<2, ..<2].convTranspose2d(w)
      #expect(back.dtype == dtype && numbers(back) == [0, 1, 1, 3, 8, 5, 3, 7, 4])
    }
    let grouped = Tensor.arange(8).reshape(1, 2, 4).conv1d(
      Tensor([[[1, 1]], [[1, -1]]]), groups: 2)
    #expect(numbers(grouped) == [1, 3, 5, -1, -1, -1])
  }

  @Test func transposedConvolutionsThatLeaveRoom() {
    let y = (Tensor.arange(4).to(.float32) + 1).reshape(1, 1, 2, 2).convTranspose2d(
      Tensor.full([1, 1, 1, 1], 2.0), outputPadding: [1, 1], dilation: [2, 2])
    #expect(numbers(y) == [2, 4, 0, 6, 8, 0, 0, 0, 0])
  }

  @Test func withoutABatch() {
    let x = Tensor.arange(9).to(.float32)
    #expect(x.reshape(1, 3, 3).conv2d(.ones([2, 1, 2, 2])).shape == [2, 2, 2])
    #expect(x.reshape(1, 3, 3).convTranspose2d(.ones([1, 2, 2, 2])).shape == [2, 4, 4])
    #expect(x.reshape(3, 3).conv1d(.ones([1, 3, 2])).shape == [1, 2])
    #expect(x.reshape(3, 3).convTranspose1d(.ones([3, 1, 2])).shape == [1, 4])
  }

  @Test func whatHasNoDims() {
    let x = Tensor(3.0)
    #expect(x.gather(dim: 0, index: Tensor(0)).equal(x))
    #expect(x.gather(dim: 0, index: Tensor([0, 0])).equal(Tensor([3.0, 3])))
    #expect(x.indexSelect(0, Tensor([0])).equal(x) && x.indexSelect(0, Tensor(0)).equal(x))
    #expect(x.scatter(dim: 0, index: Tensor(0), source: Tensor(5.0)).equal(Tensor(5.0)))
    #expect(x.scatterAdd(dim: 0, index: Tensor(0), source: Tensor(5.0)).equal(Tensor(8.0)))
    #expect(Tensor([1.0, 2]).indexSelect(0, Tensor(1)).equal(Tensor([2.0])))
    #expect(Tensor(1.0).unfold(0, size: 1, step: 1).equal(Tensor([1.0])))
    #expect(Tensor(1.0).unfold(0, size: 0, step: 1).shape == [0])
  }

  @Test func smallIndices() {
    let (x, index) = (Tensor([1.0, 2, 3]), Tensor([2, 0], dtype: .int32))
    #expect(x.gather(dim: 0, index: index).equal(Tensor([3.0, 1])))
    #expect(x.indexSelect(0, index).equal(Tensor([3.0, 1])) && x[index].equal(Tensor([3.0, 1])))
    #expect(
      x.scatterAdd(dim: 0, index: index, source: Tensor([1.0, 1])).equal(Tensor([2.0, 2, 4])))
  }

  @Test func cutsAtTheEdges() {
    let x = Tensor.arange(6).to(.float32).reshape(1, 6)
    #expect(numbers(x.pad([-1, 2], mode: .reflect)) == [1, 2, 3, 4, 5, 4, 3])
    #expect(numbers(x.pad([-1, 2], mode: .replicate)) == [1, 2, 3, 4, 5, 5, 5])
    #expect(numbers(x.pad([-1, 2], mode: .circular)) == [1, 2, 3, 4, 5, 1, 2])
  }

  @Test func averagesOfIntegers() {
    let x = Tensor([[[-5, -3, 1, 7, 8, 9]]])
    #expect(numbers(x.avgPool1d(3, stride: 1)) == [-2, 1, 5, 8])
    #expect(numbers(x.avgPool1d(2, stride: 1, padding: 1)) == [-2, -4, -1, 4, 7, 8, 4])
    let edges = x.avgPool1d(2, stride: 1, padding: 1, countIncludePad: false)
    #expect(numbers(edges) == [-5, -4, -1, 4, 7, 8, 9] && edges.dtype == .int64)
  }

  @Test func functionsOfBool() {
    let x = Tensor([true, false])
    #expect(x.sign().dtype == .bool && x.sign().equal(x))
    #expect(x.square().dtype == .int64 && numbers(x.square()) == [1, 0])
  }

  @Test func dimsOfOneStretchInProducts() {
    let a = Tensor([[[3.0]]], requiresGrad: true)
    let b = Tensor([[[1.0, 2]], [[4, 5]]])
    let y = Tensor.tensordot(a, b, dims: ([0, 1], [2, 0]))
    #expect(numbers(y) == [36] && y.shape == [1, 1])
    y.sum().backward()
    #expect(numbers(a.grad) == [12])
    let whole = Tensor.tensordot(
      Tensor([[1], [2]], dtype: .int16), Tensor([3, 4], dtype: .int16), dims: ([1], [0]))
    #expect(whole.dtype == .int16 && numbers(whole) == [7, 14])
  }

  @Test func partsCountFromTheEnd() {
    let x = Tensor([1, 2, 3, 4])
    #expect(numbers(x.narrow(0, start: -2, length: 2)) == [3, 4])
    #expect(x.narrow(0, start: -1, length: 0).shape == [0])
  }

  @Test func nothingAtAll() {
    let nothing = Tensor.zeros([0])
    #expect(Tensor.cat([nothing, .ones([2, 3])]).shape == [2, 3])
    #expect(Tensor.cat([.ones([2, 3]), nothing.to(.float64)], dim: 1).dtype == .float64)
    #expect(Tensor.cat([nothing, nothing]).shape == [0])
    #expect(nothing.median().item().isNaN)
    #expect(Tensor.zeros([0, 3]).median(dim: 1).values.shape == [0])
  }

  @Test func solutionsForVectors() {
    let a = Tensor.eye(3).expand([2, 3, 3]) * 2
    #expect(a.solve(.ones([2, 3])).shape == [2, 3] && a.solve(.ones([3])).shape == [2, 3])
    #expect((Tensor.eye(2) * 2).solve(.ones([2, 2])).shape == [2, 2])
  }

  @Test func aGradientOutlivesItsRequirement() {
    let p = Tensor([1.0, 2], requiresGrad: true)
    p.sum().backward()
    p.requiresGrad = false
    #expect(numbers(p.grad) == [1, 1] && !(p * 2).requiresGrad)
    p.requiresGrad = true
    (p * 2).sum().backward()
    #expect(numbers(p.grad) == [3, 3])
    let q = Tensor([1.0])
    q.grad = Tensor([5.0])
    #expect(numbers(q.grad) == [5])
    q.grad = nil
    #expect(q.grad == nil && !q.requiresGrad)
  }
}

/// Numbers that are not converted through a narrower type.
@Suite struct ExactNumberTests {
  @Test func fills() {
    let z = Tensor.zeros([2], dtype: .float64)
    z.fill(0.1)
    #expect(z[0].item() == 0.1)
    z[1] = 0.3
    #expect(z[1].item() == 0.3)
    #expect(Tensor.full([1], 0.1, dtype: .float64).item() == 0.1)
    #expect(Tensor.fullLike(z, 0.1)[0].item() == 0.1)
    let whole = Tensor.zeros([1], dtype: .int64)
    whole.fill(1 << 53 + 1)
    #expect(whole.item(as: Int.self) == 1 << 53 + 1)
  }

  @Test func wholeRamps() {
    let start = 1 << 53
    let far = Tensor.arange(start, start + 4)
    #expect(far.scalars(as: Int.self) == [start, start + 1, start + 2, start + 3])
    #expect(Tensor.arange(.min, .min + 2).scalars(as: Int.self) == [.min, .min + 1])
    #expect(Tensor.arange(5, 0, step: -2).scalars(as: Int.self) == [5, 3, 1])
    #expect(Tensor.arange(0.0, 3.1, dtype: .int64).scalars(as: Int.self) == [0, 1, 2])
    #expect(Tensor.arange(-3.0, 0.0, dtype: .uint8).scalars(as: Int.self) == [253, 254, 255])
    #expect(Tensor.arange(0.1, -7.9, step: -4.0, dtype: .int8).scalars(as: Int.self) == [0, -4])
    #expect(
      Tensor.linspace(0, 10, steps: 5, dtype: .int64).scalars(as: Int.self) == [0, 2, 5, 7, 10])
    #expect(Tensor.linspace(4.3, 50, steps: 50, dtype: .int64)[1].item(as: Int.self) == 4)
    let line = Tensor.linspace(0.1, 0.7, steps: 7, dtype: .float64)
    #expect(line[0].item() == 0.1 && line[-1].item() == 0.7)
  }
}

/// Results have PyTorch's memory order.
@Suite struct LayoutTests {
  @Test func elementwiseResultsKeepStrides() {
    let a = Tensor.ones([2, 3, 4]).permute(2, 0, 1)
    #expect(a.strides == [1, 12, 4])
    let own = [1, 12, 4]
    #expect((a * 0.5).strides == own && a.exp().strides == own && (a .> 0).strides == own)
    #expect(a.clone().strides == own && a.to(.float64).strides == own)
    #expect(Tensor.zerosLike(a).strides == own && Tensor.randLike(a).strides == own)
    #expect(Tensor.where(a .> 0, a, a).strides == own && a.isnan().strides == own)
    let plain = Tensor.ones([4, 2, 3])
    #expect((a + plain).strides == own && (plain + a).strides == [6, 3, 1])
    #expect((a + Tensor.ones([3])).strides == own && (Tensor.ones([3]) + a).strides == own)
    #expect((1 - a).strides == own)
    let part = a[.all, .all, .step(2)]
    #expect((part * 2).strides == [1, 8, 4] && Tensor.zerosLike(part).strides == [1, 8, 4])
    #expect(a.sum(dim: 0).strides == [3, 1])
    #expect(Tensor.ones([3]).expand([4, 3]).clone().strides == [3, 1])
  }

  @Test func conversionsKeepStrides() {
    let x = Tensor.arange(6).reshape(2, 3).T
    #expect(x.to(.float64).strides == [1, 3] && x.sin().strides == [1, 3])
    #expect((x + x.to(.float32)).strides == [1, 3])
  }

  @Test func whatWorksAlongRowsIsContiguous() {
    let x = Tensor.rand([2, 3, 4])
    for y in [
      x.softmax(dim: 1), x.cumsum(dim: 0), x.argsort(dim: 1), x.transpose(0, 2).softmax(dim: 0),
    ] {
      #expect(y.isContiguous)
    }
  }

  @Test func valuesStayInTheirPlaces() {
    let x = Tensor.arange(24).reshape(2, 3, 4).permute(2, 0, 1).to(.float32)
    let y = x.contiguous()
    #expect((x * 2 + 1).equal(y * 2 + 1) && (x - y).abs().sum().item() == 0)
    #expect(x.clone().equal(y) && x.to(.int64).equal(y.to(.int64)))
    #expect((y + x.exp().log()).allclose(y * 2, rtol: 1e-5))
    for device in testedDevices {
      #expect(x.to(device).strides == x.strides && x.to(device).to(.cpu).equal(y))
    }
  }
}
