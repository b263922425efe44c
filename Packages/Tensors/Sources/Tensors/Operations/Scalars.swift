// Operators with a number that is not a literal on one side; literals become tensors. Such numbers
// take the tensor's dtype in the same way, unless they are of a higher category.

extension Tensor {
  /// Element-wise sum; shapes are broadcast.
  public static func + (a: Tensor, b: some TensorElement) -> Tensor { a + a.scalar(b) }
  /// Element-wise difference; shapes are broadcast.
  public static func - (a: Tensor, b: some TensorElement) -> Tensor { a - a.scalar(b) }
  /// Element-wise product; shapes are broadcast.
  public static func * (a: Tensor, b: some TensorElement) -> Tensor { a * a.scalar(b) }
  /// Element-wise quotient, in floating point; shapes are broadcast.
  public static func / (a: Tensor, b: some TensorElement) -> Tensor { a / a.scalar(b) }
  /// Element-wise sum; shapes are broadcast.
  public static func + (a: some TensorElement, b: Tensor) -> Tensor { b.scalar(a) + b }
  /// Element-wise difference; shapes are broadcast.
  public static func - (a: some TensorElement, b: Tensor) -> Tensor { b.scalar(a) - b }
  /// Element-wise product; shapes are broadcast.
  public static func * (a: some TensorElement, b: Tensor) -> Tensor { b.scalar(a) * b }
  /// Element-wise quotient, in floating point; shapes are broadcast.
  public static func / (a: some TensorElement, b: Tensor) -> Tensor { b.scalar(a) / b }

  /// Adds in place; the right side is broadcast.
  public static func += (a: inout Tensor, b: some TensorElement) { a += a.scalar(b) }
  /// Subtracts in place; the right side is broadcast.
  public static func -= (a: inout Tensor, b: some TensorElement) { a -= a.scalar(b) }
  /// Multiplies in place; the right side is broadcast.
  public static func *= (a: inout Tensor, b: some TensorElement) { a *= a.scalar(b) }
  /// Divides in place, in floating point; the right side is broadcast.
  public static func /= (a: inout Tensor, b: some TensorElement) { a /= a.scalar(b) }

  /// Where elements are equal: `torch.eq`; bool.
  public static func .== (a: Tensor, b: some TensorElement) -> Tensor { a .== a.scalar(b) }
  /// Where elements differ: `torch.ne`; bool.
  public static func .!= (a: Tensor, b: some TensorElement) -> Tensor { a .!= a.scalar(b) }
  /// Where the left side is less: `torch.lt`; bool.
  public static func .< (a: Tensor, b: some TensorElement) -> Tensor { a .< a.scalar(b) }
  /// Where the left side is less or equal: `torch.le`; bool.
  public static func .<= (a: Tensor, b: some TensorElement) -> Tensor { a .<= a.scalar(b) }
  /// Where the left side is greater: `torch.gt`; bool.
  public static func .> (a: Tensor, b: some TensorElement) -> Tensor { a .> a.scalar(b) }
  /// Where the left side is greater or equal: `torch.ge`; bool.
  public static func .>= (a: Tensor, b: some TensorElement) -> Tensor { a .>= a.scalar(b) }

  /// A number as an operand with this tensor.
  func scalar<Number: TensorElement>(_ number: Number) -> Tensor {
    if literal != nil {
      if let number = number as? Double { return Tensor(literal: number, value: number) }
      if let number = number as? Int { return Tensor(literal: number, value: Double(number)) }
    }
    let own = Number.dtype
    let dtype: DType =
      if own.isFloatingPoint {
        self.dtype.isFloatingPoint ? self.dtype : .float32
      } else if self.dtype == .bool {
        own == .bool ? .bool : .int64
      } else {
        self.dtype
      }
    return Tensor(Tensor(exactly: number).view.converted(to: dtype))
  }

  /// Creates a scalar tensor in the number's own dtype.
  convenience init<Number: TensorElement>(exactly number: Number) {
    self.init(StridedView(empty: .scalar, dtype: Number.dtype, device: .cpu))
    Swift.withUnsafeBytes(of: number, view.initialize)
  }
}
