import COperations

// The operations that kernels implement, as the table in COperations' elementwise.h lists them.

extension UnaryOperation: @retroactive CaseIterable, @retroactive CustomStringConvertible {
  public static let allCases = (0..<UInt8(FLAMBEAU_UNARY_COUNT)).map { Self(rawValue: $0)! }
  public var description: String { String(cString: flambeau_unary_name(self)) }
  /// Whether it is defined on floating-point numbers only.
  public var takesFloatingPoint: Bool { rawValue >= UInt8(FLAMBEAU_UNARY_ARITHMETIC_COUNT) }
}

extension BinaryOperation: @retroactive CaseIterable, @retroactive CustomStringConvertible {
  public static let allCases = (0..<UInt8(FLAMBEAU_BINARY_COUNT)).map { Self(rawValue: $0)! }
  public var description: String { String(cString: flambeau_binary_name(self)) }
  /// Whether it is defined on floating-point numbers only.
  public var takesFloatingPoint: Bool { rawValue >= UInt8(FLAMBEAU_BINARY_ARITHMETIC_COUNT) }
}

extension Comparison: @retroactive CaseIterable, @retroactive CustomStringConvertible {
  public static let allCases = (0..<UInt8(FLAMBEAU_COMPARISON_COUNT)).map { Self(rawValue: $0)! }
  public var description: String { String(cString: flambeau_comparison_name(self)) }
}
