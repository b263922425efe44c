import Tensors
import Testing

@Suite struct MakingTests {
  @Test func fromNestedArrays() {
    let x = Tensor([[1.5, 2], [3, 4], [5, 6]])
    #expect(x.shape == [3, 2] && x.dtype == .float32 && x.numel == 6 && x.ndim == 2)
    #expect(x.scalars(as: Float.self) == [1.5, 2, 3, 4, 5, 6])
    #expect(Tensor([1, 2]).dtype == .int64)
    #expect(Tensor([true, false]).dtype == .bool)
    #expect(Tensor([[1, 2], [3, 4]], requiresGrad: true).dtype == .float32)
    #expect(Tensor(3).shape == [] && Tensor([Float]()).shape == [0])
    let literal: Tensor = 2.5
    #expect(literal.item() == 2.5)
    // Expressions of literals alone stay literals.
    let (shifted, flipped, product) = (1 << 20, ~1, 2 * 0.5)
    #expect(type(of: shifted) == Int.self && type(of: flipped) == Int.self)
    #expect(type(of: product) == Double.self)
  }

  @Test func raggedArraysThrowOrStop() async {
    #expect(throws: TensorDataError.ragged(index: 1, shape: [1], expected: [2])) {
      try Tensor(validating: [[1, 2], [3]])
    }
    await expectMessage(
      "Tensor: ragged array: the part at index 1 has shape [1]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([[1.0, 2], [3]])
      })
    #expect(throws: TensorDataError.wrongCount(3, shape: [2, 2])) {
      try Tensor([1, 2, 3], shape: [2, 2])
    }
  }

  @Test func filled() {
    #expect(Tensor.zeros([2, 0]).numel == 0)
    #expect(Tensor.ones([2], dtype: .int32).scalars(as: Int32.self) == [1, 1])
    #expect(Tensor.full([2], 7).dtype == .int64)
    #expect(Tensor.arange(0, 10, step: 3).scalars(as: Int.self) == [0, 3, 6, 9])
    #expect(Tensor.arange(0.0, 1, step: 0.25).scalars(as: Double.self) == [0, 0.25, 0.5, 0.75])
    #expect(Tensor.arange(3).scalars(as: Int.self) == [0, 1, 2])
  }

  /// In a separate process, where nothing else draws random numbers.
  @Test func theDefaultGeneratorIsSeeded() async {
    await #expect(processExitsWith: .success) {
      manualSeed(3)
      let first = Tensor.randn([20])
      manualSeed(3)
      #expect(first.equal(.randn([20])))
      #expect(!first.equal(.randn([20])))
    }
  }

  @Test func impossibleShapesStop() async {
    await expectMessage(
      "zeros",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([-1])
      })
    await expectMessage(
      "sizes must not be negative",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([1 << 40, 1 << 40])
      })
    await expectMessage(
      "at most 64",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([Int](repeating: 1, count: 65))
      })
  }

  @Test func itemNeedsOneElement() async {
    #expect(Tensor([[7]]).item(as: Int.self) == 7)
    await expectMessage(
      "item: a tensor of shape [2] has 2 elements",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([1, 2]).item()
      })
  }
}

@Suite struct ViewTests {
  private let x = Tensor.arange(24).reshape(2, 3, 4)

  @Test func viewsShareMemory() {
    let x = Tensor.zeros([2, 3])
    x[1].copy(from: Tensor([1.0, 2, 3]))
    x.T[0].copy(from: Tensor([8.0, 9]))
    #expect(x.scalars(as: Int.self) == [8, 0, 0, 9, 2, 3])
  }

  @Test func shapesStridesAndOffsets() {
    #expect(x.permute(2, 0, 1).strides == [1, 12, 4] && x.T.shape == [4, 3, 2])
    #expect(x.select(1, -1).storageOffset == 8 && x.select(1, -1).shape == [2, 4])
    #expect(!x.transpose(0, 2).isContiguous && x.transpose(0, 2).contiguous().isContiguous)
    #expect(
      x.flatten(startDim: 1).shape == [2, 12] && x.flatten(startDim: 0, endDim: 1).shape == [6, 4])
    #expect(x.unsqueeze(-1).shape == [2, 3, 4, 1] && x.unsqueeze(0).squeeze().shape == [2, 3, 4])
    #expect(Tensor.zeros([1, 2, 1]).squeeze(0).shape == [2, 1])
    #expect(Tensor.zeros([2, 1]).expand([3, -1, 5]).strides == [0, 1, 0])
    #expect(Tensor(1).flatten().shape == [1])
  }

  @Test func parts() {
    let five = Tensor.arange(5)
    #expect(five.split(2).map(\.shape) == [[2], [2], [1]] && five.chunk(3).count == 3)
    #expect(five.chunk(4).map { $0.scalars(as: Int.self) } == [[0, 1], [2, 3], [4]])
    #expect(five.split([0, 5]).map(\.numel) == [0, 5] && five.unbind().count == 5)
    #expect(five.asStrided([2, 2], [2, 1]).scalars(as: Int.self) == [0, 1, 2, 3])
    #expect(five[2...].asStrided([2], [1]).scalars(as: Int.self) == [2, 3])
    #expect(Tensor.zeros([2, 3]).diagonal(offset: 5).shape == [0])
    let shared = Tensor.zeros([3, 3])
    noGrad { shared.diagonal().copy(from: Tensor([1.0, 2, 3])) }
    #expect(shared.sum().item() == 6 && shared[1, 1].item() == 2, "views share memory")
  }

  @Test func indexing() {
    func numbers(_ part: Tensor) -> [Int] { part.scalars() }
    #expect(numbers(x[1, 2]) == [20, 21, 22, 23])
    #expect(numbers(x[-1, 0, -1]) == [15])
    #expect(numbers(x[0, 1..<3, 0]) == [4, 8])
    #expect(numbers(x[0, 1..., 0]) == [4, 8] && numbers(x[0, ...1, 0]) == [0, 4])
    #expect(numbers(x[0, ..<1, 0]) == [0] && numbers(x[0, 0...1, 0]) == [0, 4])
    #expect(x[.all, -1].shape == [2, 4])
    #expect(x[.ellipsis, .newAxis].shape == [2, 3, 4, 1] && x[.newAxis].shape == [1, 2, 3, 4])
    #expect(x[.ellipsis, 0].shape == [2, 3])
    #expect(numbers(x[0, 0][.step(2)]) == [0, 2])
    #expect(numbers(x[0, 0][.range(-3, nil, step: 2)]) == [1, 3])
    #expect(x[5..<9].shape == [0, 3, 4], "ends beyond the dim are cut")
    #expect(x[Tensor([[1, 0], [1, 1]])].shape == [2, 2, 3, 4])
    #expect(numbers(x[Tensor([1, -2])].select(1, 0).select(1, 0)) == [12, 0])
  }

  @Test func badViewsStop() async {
    await expectMessage(
      "view: a tensor of shape [3, 2] and strides [1, 3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 3]).T.view(6)
      })
    await expectMessage(
      "reshape: a tensor of shape [2, 3] has 6 elements",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 3]).reshape(4, -1)
      })
    await expectMessage(
      "transpose: no dim 2",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 3]).transpose(0, 2)
      })
    await expectMessage(
      "permute: [0, 0] does not name each dim",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 3]).permute(0, 0)
      })
    await expectMessage(
      "select: index 3 is out of range in dim 1",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 3])[0..<2, 3]
      })
    await expectMessage(
      "subscript: 3 indices for a tensor of shape [2, 3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 3])[0, 0, 0]
      })
    await expectMessage(
      "narrow: 2 elements from index 2 are not all in dim 0",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([3]).narrow(0, start: 2, length: 2)
      })
    await expectMessage(
      "asStrided: shape [3], strides [2] and offset 0 reach beyond a storage of 4 elements",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([4]).asStrided([3], [2])
      })
    await expectMessage(
      "split: [1, 1] do not add up to dim 0",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([4]).split([1, 1])
      })
    await expectMessage(
      "unfold: windows of 5 at steps of 1",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([4]).unfold(0, size: 5, step: 1)
      })
    await expectMessage(
      "unflatten: [3, 2] do not multiply to 4, the size of dim",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([4]).unflatten(0, [3, 2])
      })
    await expectMessage(
      "expand: shape [2] does not broadcast to [3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2]).expand([3])
      })
    await expectMessage(
      "gather: index 3 is out of range in dim 0 of a tensor of shape [3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([3]).gather(dim: 0, index: Tensor([0, 3]))
      })
    await expectMessage(
      "scatterAdd: index -1 is out of range",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([3]).scatterAdd(dim: 0, index: Tensor([-1]), source: .zeros([1]))
      })
    await expectMessage(
      "subscript: index -4 is out of range in dim 0 of a tensor of shape [3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([3])[Tensor([-4])]
      })
    await expectMessage(
      "subscript: indices of shapes [2], [3] do not broadcast",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([3, 3])[Tensor([0, 1]), Tensor([0, 1, 2])]
      })
    await expectMessage(
      "subscript: a mask of shape [2] from dim 0 on of a tensor of shape [3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([3])[Tensor([true, false])]
      })
    await expectMessage(
      "subscript: shape [2] does not broadcast to the chosen part's [3]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Tensor.zeros([3])[Tensor([0, 1, 2])] = Tensor([1.0, 2])
      })
    await expectMessage(
      "subscript: an index of float32",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([3])[Tensor([0.5])]
      })
  }
}

@Suite struct ArithmeticTests {
  @Test func rowsByIndex() {
    let x = Tensor([[1, 2], [3, 4], [5, 6]])
    #expect(x[Tensor([[2, -3]])].equal(Tensor([[[5, 6], [1, 2]]])))
    #expect(x[Tensor.zeros([0], dtype: .int64)].shape == [0, 2])
  }

  @Test func scalarsOnEitherSide() {
    let x = Tensor([1.0, 2])
    func numbers(_ tensor: Tensor) -> [Double] { tensor.scalars() }
    #expect(numbers(x + 1) == [2, 3] && numbers(1 + x) == [2, 3])
    #expect(numbers(x - 1) == [0, 1] && numbers(1 - x) == [0, -1])
    #expect(numbers(x * 2.5) == [2.5, 5] && numbers(2.5 * x) == [2.5, 5])
    #expect(numbers(x / 2) == [0.5, 1] && numbers(2 / x) == [2, 1])
    #expect(numbers(x.pow(2)) == [1, 4])
    #expect((x .> 1).scalars(as: Bool.self) == [false, true])
  }

  /// A literal keeps its full precision, and takes the dtype of the other operand.
  @Test func numbersInTheProgram() {
    let x = Tensor([1.0], dtype: .float64)
    let (tenth, three) = (0.1, 3)
    #expect((x * 0.1).item() == 0.1 && (x * tenth).item() == 0.1 && (0.1 * x * x).item() == 0.1)
    #expect((x / 3).item() == 1.0 / 3 && (three / x).item() == 3 && (x - 0.3).item() == 1 - 0.3)
    #expect((x.pow(0.1) .> 0.1).item(as: Bool.self) && x.maximum(1.1).item() == 1.1)
    #expect((Tensor(1.0) + 0.1).dtype == .float32 && (Tensor(1.0) * x * 0.1).dtype == .float64)
    #expect((Tensor(Int32(7)) + 1).dtype == .int32 && (Tensor(Int32(7)) + three).dtype == .int32)
    #expect((Tensor([1, 2]) * 0.5).dtype == .float32 && (Tensor([true]) * 2).dtype == .int64)
    let c = 0.1
    let twice: Tensor = x * (2 * c)
    #expect(twice.item() == 0.2 && (x * (0.1 * 2 + c)).item() == 0.1 * 2 + 0.1)
    let number: Tensor = 0.1
    #expect(number.dtype == .float32 && (number + number).dtype == .float32)
    #expect((number * x).item() == 0.1)
  }

  @Test func numbersTakeTheTensorsDtype() {
    #expect((Tensor([1, 2]) + 1).dtype == .int64)
    #expect((Tensor([1, 2]) + 1.5).dtype == .float32)
    #expect((Tensor([1, 2]) / 2).scalars(as: Double.self) == [0.5, 1])
    #expect((Tensor([1.0], dtype: .float64) * 2).dtype == .float64)
    #expect((Tensor([true]) + 1).dtype == .int64)
    #expect((Tensor([UInt8(250)]) + 10).scalars(as: Int.self) == [4], "wraps, as in PyTorch")
    #expect(Tensor([1, 2]).exp().dtype == .float32)
  }

  @Test func comparisonsAndEquality() {
    let (a, b) = (Tensor([1, 2, 3]), Tensor([3, 2, 1]))
    #expect((a .== b).scalars(as: Bool.self) == [false, true, false])
    #expect((a .!= b).scalars(as: Bool.self) == [true, false, true])
    #expect((a .<= b).scalars(as: Bool.self) == [true, true, false])
    #expect((a .>= 2).scalars(as: Bool.self) == [false, true, true])
    #expect(a.equal(Tensor([1, 2, 3])) && !a.equal(b) && !a.equal(Tensor([[1, 2, 3]])))
    #expect(!Tensor(Double.nan).equal(Tensor(Double.nan)))
  }

  @Test func reductions() {
    let x = Tensor([[1.0, 5], [3, 2]])
    #expect(x.sum().item() == 11 && x.mean().item() == 2.75 && x.max().item() == 5)
    #expect(x.argmax().item(as: Int.self) == 1)
    #expect(x.argmax(dim: 0).scalars(as: Int.self) == [1, 0])
    #expect(x.argmax(dim: 1, keepDim: true).shape == [2, 1])
    #expect(Tensor([true, true]).sum().dtype == .int64)
    #expect(Tensor.zeros([0, 3]).sum(dim: 0).scalars(as: Double.self) == [0, 0, 0])
    #expect(Tensor([1.0, .nan, 3]).amax().item().isNaN)
    #expect(Tensor([1.0, .nan, 3]).argmax().item(as: Int.self) == 1)
    #expect(Tensor(2.0).sum(dim: 0).item() == 2)
  }

  @Test func integerMatrixProduct() {
    let product = Tensor([[1, 2], [3, 4]]) • Tensor([[0, 1], [1, 0]]).T
    #expect(product.dtype == .int64 && product.scalars(as: Int.self) == [2, 1, 4, 3])
    #expect((Tensor.zeros([2, 0]) • Tensor.zeros([0, 3])).equal(.zeros([2, 3])))
  }

  @Test func equalElementsShareTheGradientOfAmax() {
    let x = Tensor([2.0, 1, 2], requiresGrad: true)
    x.amax().backward()
    #expect(x.grad?.scalars(as: Double.self) == [0.5, 0, 0.5])
  }

  @Test func badOperandsStop() async {
    await expectMessage(
      "add: shapes [2] and [3] do not broadcast",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([1, 2]) + Tensor([1, 2, 3])
      })
    await expectMessage(
      "matmul: shapes [2, 3] and [2, 3] do not fit: 3 columns on the left, 2 rows",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 3]) • Tensor.zeros([2, 3])
      })
    await expectMessage(
      "einsum: “ij,jk” for shapes [[2, 3], [2, 2]]: a letter has the sizes 3 and 2",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.einsum("ij,jk", .zeros([2, 3]), .zeros([2, 2]))
      })
    await expectMessage(
      "einsum: “ij->k” for shapes [[2, 3]]: the result has a letter that no operand has",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.einsum("ij->k", .zeros([2, 3]))
      })
    await expectMessage(
      "matmul: shapes [] and [2]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor(1.0) • Tensor([1.0, 2])
      })
    await expectMessage(
      "linear: input [2, 3], weight [4, 2], bias none",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2, 3]).linear(.zeros([4, 2]))
      })
    await expectMessage(
      "mean: a tensor of int64",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([1, 2]).mean()
      })
    await expectMessage(
      "sum: dim -1 is named twice in [0, -1]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([2]).sum(dims: [0, -1])
      })
    await expectMessage(
      "amax: a tensor of shape [0]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros([0]).amax()
      })
    await expectMessage(
      "stack: tensor 0 has shape [1], tensor 1 has [2]",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.stack([.zeros([1]), .zeros([2])])
      })
    await expectMessage(
      "negate: a tensor of bool",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = -Tensor([true])
      })
    await expectMessage(
      "CUDA.isAvailable",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor([1.0]).to("mps")
      })
  }
}
