import CKernels
import COperations

// The operations on one element, with the arithmetic of elementwise.h, for devices that go through memory by
// themselves.

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
  /// Whether it gives an element's place instead of its value.
  public var isIndex: Bool { self == .indexOfMaximum || self == .indexOfMinimum }

  /// Where the total starts; nil where one of the elements is chosen.
  public var start: Int? {
    var start = 0
    return flambeau_is_total(self, &start) ? start : nil
  }

  /// A total that has taken in one more element, whose result has a centre.
  public func joined(_ total: Double, _ x: Double, center: Double) -> Double {
    flambeau_joined_total(self, total, x, center)
  }

  /// A total of whole numbers that has taken in one more.
  public func joined(_ total: Int64, _ x: Int64, center: Int64) -> Int64 {
    flambeau_joined_whole_total(self, total, x)
  }
}
