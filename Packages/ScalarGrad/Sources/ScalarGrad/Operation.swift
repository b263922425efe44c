import Foundation

/// An operation that computes a value. The raw value is its symbol in drawings.
///
/// Each operation takes two lines: its value, and its derivatives with respect to its inputs. The
/// rest of automatic differentiation is the chain rule.
enum Operation: String {
  case given = ""
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case power = "**"
  case negate = "neg"
  case max, exp, log, tanh, sigmoid, relu, sin, cos, sqrt, abs

  /// The result for the inputs `a` and `b`. Unary operations ignore `b`.
  func value(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .given: a
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .power: Foundation.pow(a, b)
    case .negate: -a
    case .max: Swift.max(a, b)
    case .exp: Foundation.exp(a)
    case .log: Foundation.log(a)
    case .tanh: Foundation.tanh(a)
    case .sigmoid: 1 / (1 + Foundation.exp(-a))
    case .relu: Swift.max(a, 0)
    case .sin: Foundation.sin(a)
    case .cos: Foundation.cos(a)
    case .sqrt: a.squareRoot()
    case .abs: Swift.abs(a)
    }
  }

  /// ∂y/∂a and ∂y/∂b, where `y` is the result for `a` and `b`.
  ///
  /// For numbers, they are numbers. For values, they are values that have a history too, which
  /// makes second derivatives possible.
  func gradients<N: Arithmetic>(_ a: N, _ b: N, _ y: N) -> (N, N) {
    switch self {
    case .given: (0, 0)
    case .add: (1, 1)
    case .subtract: (1, -1)
    case .multiply: (b, a)
    case .divide: (1 / b, -y / b)
    case .power: (b.data == 0 ? 0 : b * a ** (b - 1), a.data > 0 ? y * a.log() : 0)
    case .negate: (-1, 0)
    case .max: a.data == b.data ? (0.5, 0.5) : a.data > b.data ? (1, 0) : (0, 1)
    case .exp: (y, 0)
    case .log: (1 / a, 0)
    case .tanh: (1 - y * y, 0)
    case .sigmoid: (y * (1 - y), 0)
    case .relu: (a.data > 0 ? 1 : 0, 0)
    case .sin: (a.cos(), 0)
    case .cos: (-a.sin(), 0)
    case .sqrt: (0.5 / y, 0)
    case .abs: (a.data == 0 ? 0 : a.data > 0 ? 1 : -1, 0)
    }
  }

  /// The derivatives as formulas for people, in the names of the inputs and the result.
  func formulas(_ a: String, _ b: String, _ y: String) -> [String] {
    switch self {
    case .given: []
    case .add: ["1", "1"]
    case .subtract: ["1", "-1"]
    case .multiply: [b, a]
    case .divide: ["1/\(b)", "-\(y)/\(b)"]
    case .power: ["\(b)·\(a)^(\(b) - 1)", "\(y)·log \(a)"]
    case .negate: ["-1"]
    case .max: ["1 where \(a) > \(b), else 0", "1 where \(b) > \(a), else 0"]
    case .exp: [y]
    case .log: ["1/\(a)"]
    case .tanh: ["1 - \(y)²"]
    case .sigmoid: ["\(y)·(1 - \(y))"]
    case .relu: ["1 where \(a) > 0, else 0"]
    case .sin: ["cos \(a)"]
    case .cos: ["-sin \(a)"]
    case .sqrt: ["1/(2·\(y))"]
    case .abs: ["the sign of \(a)"]
    }
  }
}

/// The type that derivatives are computed in: numbers or values.
protocol Arithmetic: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  var data: Double { get }
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  static func ** (a: Self, b: Self) -> Self
  static prefix func - (a: Self) -> Self
  func log() -> Self
  func sin() -> Self
  func cos() -> Self
}

extension Value: Arithmetic {}

extension Double: Arithmetic {
  var data: Double { self }
  static func ** (a: Double, b: Double) -> Double { Operation.power.value(a, b) }
  func log() -> Double { Operation.log.value(self, 0) }
  func sin() -> Double { Operation.sin.value(self, 0) }
  func cos() -> Double { Operation.cos.value(self, 0) }
}
