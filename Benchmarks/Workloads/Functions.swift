import Tensors

extension Workload {
  /// Element-wise functions of a million numbers: in three dtypes, and forward and backward.
  static let functions: [Workload] =
    Elementwise.unary.flatMap(variants) + Elementwise.binary.flatMap(variants)
    + Elementwise.tests.map { function($0) } + Elementwise.integer.map { function($0, .int64) }
    + otherFunctions

  private static let otherFunctions = [
    operation("add, 4 million", of: normal([4_000_000], [4_000_000])) { $0[0] + $0[1] },
    operation("exp, 4 million", of: normal([4_000_000])) { $0[0].exp() },
    operation("add of a transposed, 1000²", of: normal([1000, 1000], [1000, 1000])) {
      $0[0] + $0[1].T
    },
    operation("add of a row, 1000²", of: normal([1000, 1000], [1000])) { $0[0] + $0[1] },
    operation("add of a row, 125,000×8", of: normal([125_000, 8], [8])) { $0[0] + $0[1] },
    operation("add of a column, 125,000×8", of: normal([125_000, 8], [125_000, 1])) {
      $0[0] + $0[1]
    },
    operation("multiply by a number, 1 million", of: normal([1_000_000])) { $0[0] * 2.5 },
    operation("power 3, 1 million", of: normal([1_000_000])) { $0[0].pow(3) },
    operation("to bfloat16, 1 million", of: normal([1_000_000])) { $0[0].to(.bfloat16) },
    operation("to float64, 1 million", of: normal([1_000_000])) { $0[0].to(.float64) },
    operation("linspace, 1 million", of: { [.zeros([1])] }) {
      .linspace(0, 1, steps: 1_000_000, device: $0[0].device)
    },
  ]

  private static func variants(_ row: Elementwise) -> [Workload] {
    let backward = row.isDifferentiable ? [function(row, backward: true)] : []
    return [function(row)] + backward + [function(row, .float64), function(row, .bfloat16)]
  }

  /// The name says everything that functions.py needs to find the peer.
  private static func function(
    _ row: Elementwise, _ dtype: DType = .float32, backward: Bool = false
  ) -> Workload {
    let name =
      row.name + (dtype == .float32 ? "" : " of \(dtype)") + (backward ? " backward" : "")
      + ", 1 million"
    let make: Inputs = { row.inputs(dtype) }
    return backward
      ? gradient(name, of: make, row.function) : operation(name, of: make, row.function)
  }
}

/// A row of the tables of elementwise.h, whose name it has.
struct Elementwise: Sendable {
  let name: String
  /// The interval of the first input; nil: normal numbers.
  let interval: (low: Double, high: Double)?
  let isDifferentiable: Bool
  let function: @Sendable ([Tensor]) -> Tensor
  private let inputCount: Int

  private init(
    _ name: String, _ inputCount: Int, in interval: (Double, Double)? = nil,
    isDifferentiable: Bool = true, _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.name = name
    self.inputCount = inputCount
    self.interval = interval
    self.isDifferentiable = isDifferentiable
    self.function = function
  }

  fileprivate func inputs(_ dtype: DType) -> [Tensor] {
    let drawn: DType = dtype == .float64 ? .float64 : .float32
    return (0..<inputCount).map { place in
      if dtype == .int64 { return .randint(1, 50, [1_000_000]) }
      guard place == 0, let (low, high) = interval else {
        return Tensor.randn([1_000_000], dtype: drawn).to(dtype)
      }
      return (Tensor.rand([1_000_000], dtype: drawn) * (high - low) + low).to(dtype)
    }
  }

  static let unary = [
    Elementwise("negate", 1) { -$0[0] },
    Elementwise("abs", 1) { $0[0].abs() },
    Elementwise("sign", 1) { $0[0].sign() },
    Elementwise("square", 1) { $0[0].square() },
    Elementwise("relu", 1) { $0[0].relu() },
    Elementwise("exp", 1) { $0[0].exp() },
    Elementwise("expm1", 1) { $0[0].expm1() },
    Elementwise("exp2", 1) { $0[0].exp2() },
    Elementwise("log", 1, in: (0.1, 2)) { $0[0].log() },
    Elementwise("log1p", 1, in: (0.1, 2)) { $0[0].log1p() },
    Elementwise("log2", 1, in: (0.1, 2)) { $0[0].log2() },
    Elementwise("log10", 1, in: (0.1, 2)) { $0[0].log10() },
    Elementwise("sqrt", 1, in: (0.1, 2)) { $0[0].sqrt() },
    Elementwise("rsqrt", 1, in: (0.1, 2)) { $0[0].rsqrt() },
    Elementwise("reciprocal", 1, in: (0.1, 2)) { $0[0].reciprocal() },
    Elementwise("sin", 1) { $0[0].sin() },
    Elementwise("cos", 1) { $0[0].cos() },
    Elementwise("tan", 1, in: (-0.9, 0.9)) { $0[0].tan() },
    Elementwise("asin", 1, in: (-0.9, 0.9)) { $0[0].asin() },
    Elementwise("acos", 1, in: (-0.9, 0.9)) { $0[0].acos() },
    Elementwise("atan", 1) { $0[0].atan() },
    Elementwise("sinh", 1) { $0[0].sinh() },
    Elementwise("cosh", 1) { $0[0].cosh() },
    Elementwise("tanh", 1) { $0[0].tanh() },
    Elementwise("asinh", 1) { $0[0].asinh() },
    Elementwise("acosh", 1, in: (1.1, 3)) { $0[0].acosh() },
    Elementwise("atanh", 1, in: (-0.9, 0.9)) { $0[0].atanh() },
    Elementwise("erf", 1) { $0[0].erf() },
    Elementwise("erfc", 1) { $0[0].erfc() },
    Elementwise("floor", 1) { $0[0].floor() },
    Elementwise("ceil", 1) { $0[0].ceil() },
    Elementwise("round", 1) { $0[0].round() },
    Elementwise("trunc", 1) { $0[0].trunc() },
    Elementwise("frac", 1) { $0[0].frac() },
    Elementwise("clamp", 1) { $0[0].clamp(min: -0.5, max: 0.75) },
    Elementwise("sigmoid", 1) { $0[0].sigmoid() },
    Elementwise("logSigmoid", 1) { $0[0].logSigmoid() },
    Elementwise("leakyRelu", 1) { $0[0].leakyRelu() },
    Elementwise("elu", 1) { $0[0].elu() },
    Elementwise("gelu", 1) { $0[0].gelu() },
    Elementwise("geluTanh", 1) { $0[0].gelu(approximate: .tanh) },
    Elementwise("silu", 1) { $0[0].silu() },
    Elementwise("mish", 1) { $0[0].mish() },
    Elementwise("softplus", 1) { $0[0].softplus() },
    Elementwise("softsign", 1) { $0[0].softsign() },
    Elementwise("hardsigmoid", 1) { $0[0].hardsigmoid() },
    Elementwise("hardswish", 1) { $0[0].hardswish() },
  ]

  static let binary = [
    Elementwise("add", 2) { $0[0] + $0[1] },
    Elementwise("subtract", 2) { $0[0] - $0[1] },
    Elementwise("multiply", 2) { $0[0] * $0[1] },
    Elementwise("divide", 2) { $0[0] / $0[1] },
    Elementwise("maximum", 2) { $0[0].maximum($0[1]) },
    Elementwise("minimum", 2) { $0[0].minimum($0[1]) },
    Elementwise("remainder", 2) { $0[0].remainder($0[1]) },
    Elementwise("floorDivide", 2, isDifferentiable: false) { $0[0].floorDivide($0[1]) },
    Elementwise("power", 2, in: (0.1, 2)) { $0[0].pow($0[1]) },
    Elementwise("atan2", 2) { $0[0].atan2($0[1]) },
    Elementwise("logaddexp", 2) { $0[0].logaddexp($0[1]) },
  ]

  /// Comparisons and tests, whose results are bool.
  static let tests = [
    Elementwise("equal", 2) { $0[0] .== $0[1] },
    Elementwise("notEqual", 2) { $0[0] .!= $0[1] },
    Elementwise("less", 2) { $0[0] .< $0[1] },
    Elementwise("lessOrEqual", 2) { $0[0] .<= $0[1] },
    Elementwise("greater", 2) { $0[0] .> $0[1] },
    Elementwise("greaterOrEqual", 2) { $0[0] .>= $0[1] },
    Elementwise("logicalAnd", 2) { $0[0].logicalAnd($0[1]) },
    Elementwise("logicalOr", 2) { $0[0].logicalOr($0[1]) },
    Elementwise("logicalXor", 2) { $0[0].logicalXor($0[1]) },
    Elementwise("isnan", 1) { $0[0].isnan() },
    Elementwise("isinf", 1) { $0[0].isinf() },
    Elementwise("isfinite", 1) { $0[0].isfinite() },
    Elementwise("logicalNot", 1) { $0[0].logicalNot() },
  ]

  static let integer = [
    Elementwise("bitwiseNot", 1) { ~$0[0] },
    Elementwise("bitwiseAnd", 2) { $0[0] & $0[1] },
    Elementwise("bitwiseOr", 2) { $0[0] | $0[1] },
    Elementwise("bitwiseXor", 2) { $0[0] ^ $0[1] },
    Elementwise("shiftLeft", 2) { $0[0] << $0[1] },
    Elementwise("shiftRight", 2) { $0[0] >> $0[1] },
    Elementwise("add", 2) { $0[0] + $0[1] },
    Elementwise("multiply", 2) { $0[0] * $0[1] },
    Elementwise("remainder", 2) { $0[0].remainder($0[1]) },
    Elementwise("floorDivide", 2) { $0[0].floorDivide($0[1]) },
  ]
}
