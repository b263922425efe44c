import COperations

// The operations that kernels implement, as the tables in COperations' elementwise.h list them.

extension UnaryOperation: @retroactive CaseIterable, @retroactive CustomStringConvertible {
  public static let allCases = (0..<UInt8(FLAMBEAU_UNARY_COUNT)).map { Self(rawValue: $0)! }
  public var description: String { String(cString: flambeau_unary_name(self)) }

  /// The dtypes that it is defined on.
  public var domain: Domain {
    Domain(rawValue, FLAMBEAU_UNARY_ARITHMETIC_COUNT, FLAMBEAU_UNARY_INTEGRAL_COUNT)
  }
}

extension BinaryOperation: @retroactive CaseIterable, @retroactive CustomStringConvertible {
  public static let allCases = (0..<UInt8(FLAMBEAU_BINARY_COUNT)).map { Self(rawValue: $0)! }
  public var description: String { String(cString: flambeau_binary_name(self)) }

  /// The dtypes that it is defined on.
  public var domain: Domain {
    Domain(rawValue, FLAMBEAU_BINARY_ARITHMETIC_COUNT, FLAMBEAU_BINARY_INTEGRAL_COUNT)
  }
}

extension Comparison: @retroactive CaseIterable, @retroactive CustomStringConvertible {
  public static let allCases = (0..<UInt8(FLAMBEAU_COMPARISON_COUNT)).map { Self(rawValue: $0)! }
  public var description: String { String(cString: flambeau_comparison_name(self)) }
}

extension ElementTest: @retroactive CaseIterable, @retroactive CustomStringConvertible {
  public static let allCases = (0..<UInt8(FLAMBEAU_TEST_COUNT)).map { Self(rawValue: $0)! }
  public var description: String { String(cString: flambeau_test_name(self)) }
}

/// The dtypes that an element-wise operation is defined on.
public enum Domain: Sendable {
  /// All dtypes.
  case all
  /// Integers and bool.
  case integral
  /// Floating point only.
  case floatingPoint

  /// The enums are ordered by domain: `forAll` and `integral` are the raw values at which the next
  /// domain starts.
  fileprivate init(_ place: UInt8, _ forAll: Int, _ integral: Int) {
    self = place < forAll ? .all : place < integral ? .integral : .floatingPoint
  }
}

extension Reduction: @retroactive CustomStringConvertible {
  public var description: String { String(cString: flambeau_reduction_name(self)) }
}

extension OptimizerRule: @retroactive CustomStringConvertible {
  public var description: String { String(cString: flambeau_optimizer_name(self)) }
}
