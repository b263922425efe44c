import CKernels
import COperations

// The operations on a single element, with the arithmetic of elementwise.h, for devices that
// iterate over elements themselves.

extension UnaryOperation {
  /// y = op(x) of an element of a dtype.
  public func apply(
    _ dtype: DType, _ x: UnsafeRawPointer, _ p: Double, _ q: Double,
    into y: UnsafeMutableRawPointer
  ) {
    flambeau_unary_contiguous(self, p, q, dtype, 1, y, x)
  }
}

extension BinaryOperation {
  /// y = op(a, b) of elements of a dtype.
  public func apply(
    _ dtype: DType, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, into y: UnsafeMutableRawPointer
  ) {
    flambeau_binary_contiguous(self, dtype, 1, y, a, b)
  }
}

extension Comparison {
  /// y = op(a, b) of elements of a dtype; y is bool.
  public func apply(
    _ dtype: DType, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, into y: UnsafeMutableRawPointer
  ) {
    let y = y.assumingMemoryBound(to: Bool.self)
    flambeau_compare(self, dtype, 1, [1], y, [0], a, [0], b, [0])
  }
}

extension ElementTest {
  /// y = op(x) of an element of a dtype; y is bool.
  public func apply(_ dtype: DType, _ x: UnsafeRawPointer, into y: UnsafeMutableRawPointer) {
    flambeau_test(self, dtype, 1, [1], y.assumingMemoryBound(to: Bool.self), [0], x, [0])
  }
}

extension Reduction {
  /// Whether the result is an element's index instead of its value.
  public var isIndex: Bool { self == .indexOfMaximum || self == .indexOfMinimum }

  /// The initial total; nil for reductions that select one of the elements.
  public var start: Int? {
    var start = 0
    return flambeau_is_total(self, &start) ? start : nil
  }

  /// The total joined with one more element, given the center of its result.
  public func joined(_ total: Double, _ x: Double, center: Double) -> Double {
    flambeau_joined_total(self, total, x, center)
  }

  /// The integer total joined with one more element.
  public func joined(_ total: Int64, _ x: Int64, center: Int64) -> Int64 {
    flambeau_joined_whole_total(self, total, x)
  }
}
