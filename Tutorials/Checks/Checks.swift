import Foundation

/// Checks a claim about an exercise, and says on one line whether it holds.
///
/// - Parameter hint: What to think about where it does not hold.
public func check(_ claim: String, _ holds: Bool, hint: String = "") {
  print(holds ? "✓ \(claim)" : "✗ \(claim)\(hint.isEmpty ? "" : "\n  \(hint)")")
  fflush(nil)
}

/// Checks that a result is what is expected.
public func check<Result: Equatable>(
  _ claim: String, _ result: Result, is expected: Result, hint: String = ""
) {
  let comparison = "yours gives \(result), expected is \(expected)"
  check(claim, result == expected, hint: hint.isEmpty ? comparison : "\(comparison)\n  \(hint)")
}

/// Checks that a number is what is expected, but for rounding.
public func check(
  _ claim: String, _ result: Double, near expected: Double, within tolerance: Double = 1e-6,
  hint: String = ""
) {
  let comparison = "yours gives \(result), expected is \(expected)"
  check(
    claim, abs(result - expected) <= tolerance * max(1, abs(expected)),
    hint: hint.isEmpty ? comparison : "\(comparison)\n  \(hint)")
}

/// Checks that numbers are what is expected, but for rounding.
public func check(
  _ claim: String, _ result: [Double], near expected: [Double], within tolerance: Double = 1e-6,
  hint: String = ""
) {
  let comparison = "yours gives \(result), expected is \(expected)"
  let isNear =
    result.count == expected.count
    && zip(result, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  check(claim, isNear, hint: hint.isEmpty ? comparison : "\(comparison)\n  \(hint)")
}
