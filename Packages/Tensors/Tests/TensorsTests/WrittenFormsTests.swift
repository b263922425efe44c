import Tensors
import Testing

/// Tensors as users of PyTorch write them.
@Suite struct WrittenFormsTests {
  private let x = Tensor([[1.0, -2, 3], [4, 5, -6]])

  @Test func reductionsTakeOneDimOrSeveral() {
    #expect(x.sum(dim: 0).equal(x.sum(dims: [0])))
    #expect(x.prod(dim: 1).equal(x.prod(dims: [1])))
    #expect(x.mean(dim: 1).equal(Tensor([2.0 / 3, 1])))
    #expect(x.std(dim: 1, keepDim: true).equal(x.std(dims: [1], keepDim: true)))
    #expect(x.variance(dim: 0, correction: 0).equal(Tensor([2.25, 12.25, 20.25])))
    #expect(x.amax(dim: 1).equal(Tensor([3.0, 5])) && x.amin(dim: 0).equal(Tensor([1.0, -2, -6])))
    #expect(x.logsumexp(dim: -1).equal(x.logsumexp(dims: [-1])))
    #expect(
      x.norm(dim: 1).equal(x.norm(2, dims: [1])) && x.norm(1, dim: 0).equal(Tensor([5.0, 7, 9])))
    #expect((x .> 0).all(dim: 0).equal(Tensor([true, false, false])))
    #expect((x .> 4).any(dim: 1).equal(Tensor([false, true])))
    #expect((x .> 0).countNonzero(dim: 1).equal(Tensor([2, 2])))
  }

  @Test func oneSizeForTwo() {
    let image = Tensor.arange(64).to(.float32).reshape(1, 1, 8, 8)
    #expect(image.maxPool2d(2).equal(image.maxPool2d([2, 2], stride: [2, 2])))
    #expect(image.maxPool2d(3, stride: 1, padding: 1).shape == [1, 1, 8, 8])
    #expect(image.avgPool2d(2, stride: [2, 1]).shape == [1, 1, 4, 7])
    #expect(image.adaptiveAvgPool2d(1).item() == 31.5 && image.adaptiveMaxPool2d(1).item() == 63)
    #expect(image.interpolate(scaleFactor: 2).equal(image.interpolate(scaleFactor: [2, 2])))
    #expect(image.interpolate(size: 4).equal(image.interpolate(size: [4, 4])))
    let weight = Tensor.ones(2, 1, 3, 3)
    #expect(
      image.conv2d(weight, stride: 2, padding: 1)
        .equal(image.conv2d(weight, stride: [2, 2], padding: [1, 1])))
    #expect(image.convTranspose2d(weight.transpose(0, 1), stride: 2).shape == [1, 2, 17, 17])
  }

  @Test func wrongSizesStop() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Tensor.ones(1, 1, 4, 4).maxPool2d([2, 2, 2])
    }
    expectMessage("maxPool2d: stride [2, 2, 2]; expected one number, or 2", result)
  }

  @Test func operatorsOfPython() {
    #expect((x ** 2).equal(x * x) && (2 ** Tensor([1, 3])).equal(Tensor([2, 8])))
    #expect((x ** Tensor([1.0, 2, 1])).equal(Tensor([[1.0, 4, 3], [4, 25, -6]])))
    let exponent = 2.0
    #expect((x.abs() ** exponent ** 0.5).allclose(x.abs().pow(2.0.squareRoot())))
    #expect((x % 2).equal(Tensor([[1.0, 0, 1], [0, 1, 0]])))
    #expect((Tensor([5, -5]) % Tensor([3, 3])).equal(Tensor([2, 1])))
    #expect((3 * x ** 2).equal(x.square() * 3))
  }

  @Test func sizesAndLengths() async {
    #expect(x.size(0) == 2 && x.size(-1) == 3 && x.count == 2)
    #expect(x.viewAs(Tensor.zeros(3, 2)).shape == [3, 2])
    #expect(x.expand(2, -1, -1).equal(x.expand([2, -1, -1])) && x.flip(0).equal(x.flip([0])))
    #expect(
      x.repeat(2, 1).equal(Tensor.cat([x, x])) && x.tile(2).equal(Tensor.cat([x, x], dim: 1)))
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Tensor.ones(2, 3).size(2)
    }
    expectMessage("size: no dim 2 in a tensor of shape [2, 3]", result)
  }

  @Test func conversionsByName() {
    let types: [(Tensor, DType)] = [
      (x.float(), .float), (x.double(), .double), (x.half(), .half), (x.bfloat16(), .bfloat16),
      (x.long(), .long), (x.int(), .int), (x.bool(), .bool),
    ]
    for (converted, dtype) in types { #expect(converted.dtype == dtype) }
    #expect(DType.short == .int16 && x.cpu() === x)
    #expect(x.long().equal(Tensor([[1, -2, 3], [4, 5, -6]])))
  }

  @Test func comparisonsAsMethods() {
    let y = Tensor([1.0, 5, 3])
    #expect(x.eq(y).equal(x .== y) && x.ne(y).equal(x .!= y) && x.lt(y).equal(x .< y))
    #expect(x.le(y).equal(x .<= y) && x.gt(y).equal(x .> y) && x.ge(y).equal(x .>= y))
    #expect(x.gt(0).equal(x .> 0) && x.eq(4).equal(x .== 4) && x.ne(1).equal(x .!= 1))
    #expect(x.lt(1.5).equal(x .< 1.5) && x.le(1).equal(x .<= 1) && x.ge(3).equal(x .>= 3))
  }

  @Test func masksAndSlices() {
    let masked = x.maskedFill(x .< 0, -.infinity)
    #expect(masked.equal(Tensor([[1, -Double.infinity, 3], [4, 5, -.infinity]]).float()))
    let ids = [1, 2, 3, 4]
    #expect(Tensor(ids[1..<3]).equal(Tensor([2, 3])))
    #expect(Tensor([[1, 2], [3, 4]][..<1]).equal(Tensor([[1, 2]])))
    #expect(Tensor([5, 6]).tolist(as: ArraySlice<Int>.self) == [5, 6])
    let filled = Tensor.zeros(2, 2)
    #expect(filled.fill_(Tensor([3.0])).equal(Tensor.full([2, 2], 3.0)))
    let drawn = Tensor.randint(4, [50], generator: Generator(seed: 3))
    #expect(drawn.equal(Tensor.randint(0, 4, [50], generator: Generator(seed: 3))))
    #expect(drawn.max().item() == 3)
  }

  @Test func methodsInPlaceOfOperators() {
    let y = Tensor([1.0, 2, 3])
    #expect(x.add(y, alpha: 2).equal(x + y * 2) && x.sub(y, alpha: 0.5).equal(x - y * 0.5))
    #expect(x.add(1).equal(x + 1) && x.mul(y).equal(x * y) && x.div(2).equal(x / 2))
    #expect(x.sub(y).neg().equal(y - x))
    #expect(x.t().equal(x.T) && y.t().equal(y))
  }

  @Test func inPlace() {
    let a = x.clone()
    let b = a.add_(1).mul_(2).sub_(Tensor([2.0, 2, 2])).div_(2)
    #expect(b === a && a.equal(x))
    a.add_(x, alpha: 2).sub_(x, alpha: 0.5)
    #expect(a.equal(x * 2.5))
    #expect(a.copy_(x).neg_().equal(-x) && a.abs_().equal(x.abs()) && a.pow_(2).equal(x * x))
    #expect(
      a.sqrt_().equal(x.abs()) && a.square_().equal(x * x) && a.remainder_(4).equal((x * x) % 4))
    #expect(
      a.copy_(x).relu_().equal(x.relu()) && a.clamp_(min: 1, max: 3).equal(x.clamp(min: 1, max: 3)))
    #expect(
      a.exp_().equal(x.clamp(min: 1, max: 3).exp()) && a.log_().allclose(x.clamp(min: 1, max: 3)))
    #expect(
      a.fill_(4).rsqrt_().equal(.fullLike(x, 0.5)) && a.reciprocal_().equal(.fullLike(x, 2.0)))
    #expect(
      a.zero_().sigmoid_().equal(.fullLike(x, 0.5)) && a.tanh_().equal(.fullLike(x, 0.5).tanh()))
    let halves = Tensor([-1.5, 0.5, 2.5])
    #expect(halves.clone().floor_().equal(Tensor([-2.0, 0, 2])))
    #expect(halves.clone().ceil_().equal(Tensor([-1.0, 1, 3])))
    #expect(halves.clone().round_().equal(Tensor([-2.0, 0, 2])))
    #expect(halves.clone().trunc_().equal(Tensor([-1.0, 0, 2])))
    #expect(Tensor([1, 5, 9]).clamp_(max: 6).equal(Tensor([1, 5, 6])))
    // A limit that is NaN makes all of them NaN, as in clamp.
    #expect(Tensor([1.0, 2]).clamp_(min: .nan).isnan().all().item(as: Bool.self))
    // Memory is filled in its own order, as in PyTorch.
    let (turned, plain) = (Tensor.zeros(2, 3).T, Tensor.zeros(2, 3))
    turned.uniform_(generator: Generator(seed: 2))
    #expect(turned.T.equal(plain.uniform_(generator: Generator(seed: 2))))
    let drawn = Tensor.zeros(100).uniform_(2, 3, generator: Generator(seed: 0))
    #expect(drawn.min().item() >= 2 && drawn.max().item() < 3)
    #expect(
      Tensor.zeros(8).normal_(mean: 1, std: 2, generator: Generator(seed: 0)).equal(
        .normal(mean: 1, std: 2, [8], generator: Generator(seed: 0))))
  }

  @Test func gradientsFollowChangesInPlace() {
    let w = Tensor([1.0, 2], requiresGrad: true)
    let y = (w * 3).mul_(w).add_(w, alpha: 2)
    y.sum().backward()
    #expect(w.grad!.equal(Tensor([8.0, 14])))
    noGrad { for p in [w] { p.sub_(p.grad!, alpha: 0.5) } }
    #expect(w.equal(Tensor([-3.0, -5])))
  }

  @Test func rowsAndLists() {
    var sums: [Double] = []
    for row in x { sums.append(row.sum().item()) }
    #expect(sums == [2, 3] && x.map { $0.shape } == [[3], [3]])
    let rows: [[Double]] = x.tolist()
    #expect(rows == [[1, -2, 3], [4, 5, -6]])
    let number: Int = Tensor(7).tolist()
    #expect(number == 7 && Tensor.zeros(2, 0).tolist() == [[Float](), []])
    #expect(Tensor([[true]]).tolist(as: [[Bool]].self) == [[true]])
  }

  @Test func placesInBrackets() {
    #expect(x[.all, [0, 2]].equal(Tensor([[1.0, 3], [4, -6]])))
    #expect(x[[1, 1]].equal(Tensor.stack([x[1], x[1]])))
    let y = x.clone()
    y[.all, [0, -1]] = 0
    #expect(y.equal(Tensor([[0.0, -2, 0], [0, 5, 0]])))
  }

  @Test func sizesOneByOne() {
    #expect(Tensor.zeros(2, 3).shape == [2, 3] && Tensor.ones(2).equal(Tensor([1.0, 1])))
    #expect(Tensor.empty(0, 4, dtype: .int64).shape == [0, 4] && Tensor.zeros().shape == [])
    func same(_ a: (Generator) -> Tensor, _ b: (Generator) -> Tensor) -> Bool {
      a(Generator(seed: 1)).equal(b(Generator(seed: 1)))
    }
    #expect(same({ .rand(2, 3, generator: $0) }, { .rand([2, 3], generator: $0) }))
    #expect(same({ .randn(4, generator: $0) }, { .randn([4], generator: $0) }))
  }

  @Test func scalarsHaveNoRows() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      for _ in Tensor(1) {}
    }
    expectMessage("a scalar cannot be iterated over", result)
  }

  @Test func listsOfAnotherDepthStop() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let _: [Double] = Tensor.ones(2, 2).tolist()
    }
    expectMessage(
      "tolist: a tensor of shape [2, 2] does not fit Array<Double>; it has 2 dims", result)
  }
}
