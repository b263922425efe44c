extension Value {
  private convenience init(_ operation: Operation, _ a: Value, _ b: Value) {
    self.init(operation.value(a.data, b.data), operation, a, b)
  }

  private convenience init(_ operation: Operation, _ a: Value) {
    self.init(operation.value(a.data, 0), operation, a, nil)
  }

  /// The sum.
  public static func + (a: Value, b: Value) -> Value { Value(.add, a, b) }
  /// The difference.
  public static func - (a: Value, b: Value) -> Value { Value(.subtract, a, b) }
  /// The product.
  public static func * (a: Value, b: Value) -> Value { Value(.multiply, a, b) }
  /// The quotient.
  public static func / (a: Value, b: Value) -> Value { Value(.divide, a, b) }
  /// The power; its derivative with respect to the exponent is defined for positive bases.
  public static func ** (a: Value, b: Value) -> Value { Value(.power, a, b) }
  /// The negative.
  public static prefix func - (a: Value) -> Value { Value(.negate, a) }

  /// Adds; the variable becomes the sum.
  public static func += (a: inout Value, b: Value) { a = a + b }
  /// Subtracts; the variable becomes the difference.
  public static func -= (a: inout Value, b: Value) { a = a - b }
  /// Multiplies; the variable becomes the product.
  public static func *= (a: inout Value, b: Value) { a = a * b }
  /// Divides; the variable becomes the quotient.
  public static func /= (a: inout Value, b: Value) { a = a / b }

  /// eˣ
  public func exp() -> Value { Value(.exp, self) }
  /// The natural logarithm.
  public func log() -> Value { Value(.log, self) }
  /// The hyperbolic tangent.
  public func tanh() -> Value { Value(.tanh, self) }
  /// 1 / (1 + e⁻ˣ)
  public func sigmoid() -> Value { Value(.sigmoid, self) }
  /// max(0, x). Its derivative at 0 is taken as 0.
  public func relu() -> Value { Value(.relu, self) }
  /// The sine of an angle in radians.
  public func sin() -> Value { Value(.sin, self) }
  /// The cosine of an angle in radians.
  public func cos() -> Value { Value(.cos, self) }
  /// The square root.
  public func sqrt() -> Value { Value(.sqrt, self) }
  /// The absolute value. Its derivative at 0 is taken as 0.
  public func abs() -> Value { Value(.abs, self) }
  /// The larger of the two. If they are equal, each gets half of the gradient.
  public func max(_ other: Value) -> Value { Value(.max, self, other) }
}

/// Arithmetic with numbers that are not literals, on either side. It is generic so that overload
/// resolution takes a literal for a `Value`.
extension Value {
  /// The sum.
  public static func + (a: Value, b: some BinaryFloatingPoint) -> Value { a + Value(Double(b)) }
  /// The difference.
  public static func - (a: Value, b: some BinaryFloatingPoint) -> Value { a - Value(Double(b)) }
  /// The product.
  public static func * (a: Value, b: some BinaryFloatingPoint) -> Value { a * Value(Double(b)) }
  /// The quotient.
  public static func / (a: Value, b: some BinaryFloatingPoint) -> Value { a / Value(Double(b)) }
  /// The power; its derivative with respect to the exponent is defined for positive bases.
  public static func ** (a: Value, b: some BinaryFloatingPoint) -> Value { a ** Value(Double(b)) }
  /// The sum.
  public static func + (a: some BinaryFloatingPoint, b: Value) -> Value { Value(Double(a)) + b }
  /// The difference.
  public static func - (a: some BinaryFloatingPoint, b: Value) -> Value { Value(Double(a)) - b }
  /// The product.
  public static func * (a: some BinaryFloatingPoint, b: Value) -> Value { Value(Double(a)) * b }
  /// The quotient.
  public static func / (a: some BinaryFloatingPoint, b: Value) -> Value { Value(Double(a)) / b }
  /// The power; its derivative with respect to the exponent is defined for positive bases.
  public static func ** (a: some BinaryFloatingPoint, b: Value) -> Value { Value(Double(a)) ** b }
}
