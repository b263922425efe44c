import Devices
import Foundation

// What the operations are, as elementwise.h has them for the kernels.

func value(_ operation: UnaryOperation, _ x: Double, _ p: Double, _ q: Double) -> Double {
  switch operation {
  case .negate: -x
  case .abs: abs(x)
  case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
  case .square: x * x
  case .relu: x < 0 ? 0 : x
  case .bitwiseNot: .nan
  case .exp: exp(x)
  case .expm1: expm1(x)
  case .exp2: exp2(x)
  case .log: log(x)
  case .log1p: log1p(x)
  case .log2: log2(x)
  case .log10: log10(x)
  case .sqrt: x.squareRoot()
  case .rsqrt: 1 / x.squareRoot()
  case .reciprocal: 1 / x
  case .sin: sin(x)
  case .cos: cos(x)
  case .tan: tan(x)
  case .asin: asin(x)
  case .acos: acos(x)
  case .atan: atan(x)
  case .sinh: sinh(x)
  case .cosh: cosh(x)
  case .tanh: tanh(x)
  case .asinh: asinh(x)
  case .acosh: acosh(x)
  case .atanh: atanh(x)
  case .erf: erf(x)
  case .erfc: erfc(x)
  case .floor: x.rounded(.down)
  case .ceil: x.rounded(.up)
  case .round: x.rounded(.toNearestOrEven)
  case .trunc: x.rounded(.towardZero)
  case .frac: x - x.rounded(.towardZero)
  case .clamp: (x < p ? p : x) > q ? q : x < p ? p : x
  case .sigmoid: 1 / (1 + exp(-x))
  case .logSigmoid: (x < 0 ? x : 0) - log1p(exp(-abs(x)))
  case .leakyRelu: x > 0 ? x : x * p
  case .elu: (x > 0 ? x : p * expm1(x)) * q
  case .gelu: x * (1 + erf(x * 0.5.squareRoot())) / 2
  case .geluTanh: x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))) / 2
  case .silu: x / (1 + exp(-x))
  case .mish: x * tanh((x > 0 ? x : 0) + log1p(exp(-abs(x))))
  case .softplus: x * p > q ? x : log1p(exp(x * p)) / p
  case .softsign: x / (1 + abs(x))
  case .hardsigmoid: x < -3 ? 0 : x > 3 ? 1 : (x + 3) / 6
  case .hardswish: x * (x < -3 ? 0 : x > 3 ? 6 : x + 3) / 6
  }
}

func value(_ operation: UnaryOperation, _ x: Int64) -> Int64 {
  switch operation {
  case .negate: 0 &- x
  case .abs: x < 0 ? 0 &- x : x
  case .sign: x.signum()
  case .square: x &* x
  case .relu: max(x, 0)
  case .bitwiseNot: ~x
  default: fatalError("\(operation): there are no whole numbers of it")
  }
}

func value(_ operation: BinaryOperation, _ a: Double, _ b: Double) -> Double {
  switch operation {
  case .add: a + b
  case .subtract: a - b
  case .multiply: a * b
  case .divide: a / b
  case .maximum: a.isNaN || b.isNaN ? .nan : a > b ? a : b
  case .minimum: a.isNaN || b.isNaN ? .nan : a < b ? a : b
  case .gate: b <= 0 ? 0 : a
  case .remainder:
    fmod(a, b) != 0 && (fmod(a, b) < 0) != (b < 0) ? fmod(a, b) + b : fmod(a, b)
  case .floorDivide:
    b == 0
      ? a / b
      : ((a - fmod(a, b)) / b + 0.5).rounded(.down)
        - (fmod(a, b) != 0 && (fmod(a, b) < 0) != (b < 0) ? 1 : 0)
  case .power: pow(a, b)
  case .atan2: atan2(a, b)
  case .logaddexp: a == b ? a + log(2) : max(a, b) + log1p(exp(-abs(a - b)))
  case .bitwiseAnd, .bitwiseOr, .bitwiseXor, .shiftLeft, .shiftRight: .nan
  }
}

/// Of whole numbers that have so many bits.
func value(_ operation: BinaryOperation, _ a: Int64, _ b: Int64, _ bits: Int64) -> Int64 {
  switch operation {
  case .add: a &+ b
  case .subtract: a &- b
  case .multiply: a &* b
  case .maximum: max(a, b)
  case .minimum: min(a, b)
  case .gate: b <= 0 ? 0 : a
  case .bitwiseAnd: a & b
  case .bitwiseOr: a | b
  case .bitwiseXor: a ^ b
  case .shiftLeft: (0..<bits).contains(b) ? a << b : 0
  case .shiftRight: (0..<bits).contains(b) ? a >> b : a < 0 ? -1 : 0
  case .floorDivide: floorDivide(a, b)
  case .remainder: a &- b &* floorDivide(a, b)
  case .power: power(a, b)
  case .divide, .atan2, .logaddexp: fatalError("\(operation): there are no whole numbers of it")
  }
}

private func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
  if b == 0 { return 0 }
  if b == -1 { return 0 &- a }
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0)
}

private func power(_ a: Int64, _ b: Int64) -> Int64 {
  if b < 0 { return a == 1 ? 1 : a == -1 ? (b & 1 == 0 ? 1 : -1) : 0 }
  var (result, base, rest) = (Int64(1), a, b)
  while rest > 0 {
    if rest & 1 == 1 { result = result &* base }
    (base, rest) = (base &* base, rest >> 1)
  }
  return result
}

func value<Number: Comparable & ExpressibleByIntegerLiteral>(
  _ comparison: Comparison, _ a: Number, _ b: Number
) -> Bool {
  switch comparison {
  case .equal: a == b
  case .notEqual: a != b
  case .less: a < b
  case .lessOrEqual: a <= b
  case .greater: a > b
  case .greaterOrEqual: a >= b
  case .logicalAnd: a != 0 && b != 0
  case .logicalOr: a != 0 || b != 0
  case .logicalXor: (a != 0) != (b != 0)
  }
}

func value(_ test: ElementTest, _ x: Double) -> Bool {
  switch test {
  case .isnan: x.isNaN
  case .isinf: x.isInfinite
  case .isfinite: x.isFinite
  case .isposinf: x == .infinity
  case .isneginf: x == -.infinity
  case .logicalNot: x == 0
  }
}
