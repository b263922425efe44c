import Tensors
import Testing

private struct Draw: Decodable {
  let name: String
  let shape: [Int]
  let values: [Double]
}

/// A draw in half precision, with the dtype at the end of its name.
private func halves(_ draw: Draw, _ generator: Generator) throws -> Tensor {
  let parts = draw.name.split(separator: ", ").map(String.init)
  let dtype = try #require(parts.last.flatMap { DType($0) })
  let drawn: Tensor =
    switch parts[0] {
    case "rand": .rand(draw.shape, dtype: dtype, generator: generator)
    case "randn": .randn(draw.shape, dtype: dtype, generator: generator)
    case "uniform": .uniform(draw.shape, low: -0.1, high: 0.3, dtype: dtype, generator: generator)
    case "normal": .normal(mean: 0.1, std: 0.3, draw.shape, dtype: dtype, generator: generator)
    case "exponential": .exponential(draw.shape, dtype: dtype, generator: generator)
    default: fatalError("no draw is called “\(draw.name)”")
    }
  #expect(drawn.dtype == dtype)
  return drawn.to(.float32)
}

/// One generator, the same draws in the same order as PyTorch's.
@Test(arguments: [UInt64(0), 1, 1_234_567_890_123])
func randomNumbersArePyTorchs(seed: UInt64) throws {
  let draws: [String: [Draw]] = golden("random")
  let generator = Generator(seed: seed)
  let weights = Tensor([[0.5, 0.0, 2.0, 1.5], [1.0, 1.0, 1.0, 7.0]])
  let across = Tensor.ones([4, 5]).T
  for draw in try #require(draws["\(seed)"]) {
    let (tensor, tolerance): (Tensor, Double) =
      switch draw.name {
      case "rand": (.rand(draw.shape, generator: generator), 0)
      case "rand, float64": (.rand(draw.shape, dtype: .float64, generator: generator), 0)
      case "randn, few", "randn, 16", "randn, 37":
        (.randn(draw.shape, generator: generator), 1e-6)
      case "randn, float64": (.randn(draw.shape, dtype: .float64, generator: generator), 1e-12)
      case "randint": (.randint(-3, 40, draw.shape, generator: generator), 0)
      case "randint, wide": (.randint(0, 1 << 40, draw.shape, generator: generator), 0)
      case "randperm": (.randperm(draw.shape[0], generator: generator), 0)
      case "uniform":
        (.uniform(draw.shape, low: -0.125, high: 0.125, generator: generator), 0)
      case "normal": (.normal(mean: 3, std: 0.5, draw.shape, generator: generator), 1e-6)
      case "normal, tensors":
        (
          .normal(
            mean: .linspace(0, 2, steps: 3), std: Tensor([[0.5], [2.0]]), generator: generator),
          1e-6
        )
      case "exponential": (.exponential(draw.shape, rate: 2, generator: generator), 1e-6)
      case "bernoulli, probability":
        (.bernoulli(draw.shape, probability: 0.3, generator: generator), 0)
      case "bernoulli": (Tensor.linspace(0.1, 0.9, steps: 9).bernoulli(generator: generator), 0)
      case "bernoulli, float64":
        (Tensor.linspace(0.1, 0.9, steps: 9, dtype: .float64).bernoulli(generator: generator), 0)
      case "multinomial": (weights.multinomial(3, generator: generator), 0)
      case "multinomial, one": (weights[1].multinomial(1, generator: generator), 0)
      case "multinomial, replacement":
        (weights.multinomial(12, replacement: true, generator: generator), 0)
      case "randLike, across": (.randLike(across, generator: generator), 0)
      case "randnLike, across": (.randnLike(across, generator: generator), 1e-6)
      case "bernoulli, across": ((across * 0.5).bernoulli(generator: generator), 0)
      default: try (halves(draw, generator), 0)
      }
    let expected = try Tensor(draw.values, shape: draw.shape)
    #expect(isClose(tensor, expected, tolerance: tolerance), "\(draw.name)")
  }
}

@Test func promotionIsPyTorchs() throws {
  let table: [String: [String]] = golden("promotion")
  #expect(table.count == DType.allCases.count * DType.allCases.count)
  for (pair, results) in table {
    let types = try pair.split(separator: " ").map { try #require(DType(String($0))) }
    let (one, other) = (Tensor.ones([1], dtype: types[0]), Tensor.ones([1], dtype: types[1]))
    let scalar = Tensor.ones([], dtype: types[1])
    #expect("\(Tensor.resultType(one, other))" == results[0], "\(pair)")
    #expect("\(Tensor.resultType(one, scalar))" == results[1], "\(pair), the second without dims")
  }
}

private struct Printed: Decodable {
  let shape: [Int]
  let values: [String]
  let text: String
}

@Test func tensorsPrintAsPyTorchs() throws {
  let cases: [String: Printed] = golden("printed")
  for (name, printed) in cases {
    let dtype: DType =
      switch name {
      case "integers", "long", "wide integers": .int64
      default: DType(name) ?? .float32
      }
    let numbers = try printed.values.map {
      try #require($0 == "True" ? 1 : $0 == "False" ? 0 : Double($0))
    }
    let tensor = try Tensor(numbers, shape: printed.shape, dtype: dtype)
    let expected = printed.text.replacing("torch.", with: "").replacing("(0, 3)", with: "[0, 3]")
      .replacing("True", with: "true").replacing("False", with: "false")
    #expect(tensor.description == expected, "\(name)")
  }
}
