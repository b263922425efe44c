// Arithmetic and comparisons as methods, and Python's arithmetic operators.

extension Tensor {
  /// a + b; shapes are broadcast: `torch.add`.
  public func add(_ other: Tensor) -> Tensor { self + other }
  /// a + alpha · b; shapes are broadcast: `torch.add`.
  public func add(_ other: Tensor, alpha: some TensorElement) -> Tensor { self + other * alpha }
  /// a - b; shapes are broadcast: `torch.sub`.
  public func sub(_ other: Tensor) -> Tensor { self - other }
  /// a - alpha · b; shapes are broadcast: `torch.sub`.
  public func sub(_ other: Tensor, alpha: some TensorElement) -> Tensor { self - other * alpha }
  /// a · b; shapes are broadcast: `torch.mul`.
  public func mul(_ other: Tensor) -> Tensor { self * other }
  /// a / b, in floating point; shapes are broadcast: `torch.div`.
  public func div(_ other: Tensor) -> Tensor { self / other }
  /// -x: `torch.neg`.
  public func neg() -> Tensor { -self }

  /// Where elements are equal: `torch.eq`; bool.
  public func eq(_ other: Tensor) -> Tensor { self .== other }
  /// Where an element is equal to a number; bool.
  public func eq(_ number: some TensorElement) -> Tensor { self .== scalar(number) }
  /// Where elements differ: `torch.ne`; bool.
  public func ne(_ other: Tensor) -> Tensor { self .!= other }
  /// Where an element differs from a number; bool.
  public func ne(_ number: some TensorElement) -> Tensor { self .!= scalar(number) }
  /// Where the left side is less: `torch.lt`; bool.
  public func lt(_ other: Tensor) -> Tensor { self .< other }
  /// Where an element is less than a number; bool.
  public func lt(_ number: some TensorElement) -> Tensor { self .< scalar(number) }
  /// Where the left side is less or equal: `torch.le`; bool.
  public func le(_ other: Tensor) -> Tensor { self .<= other }
  /// Where an element is at most a number; bool.
  public func le(_ number: some TensorElement) -> Tensor { self .<= scalar(number) }
  /// Where the left side is greater: `torch.gt`; bool.
  public func gt(_ other: Tensor) -> Tensor { self .> other }
  /// Where an element is greater than a number; bool.
  public func gt(_ number: some TensorElement) -> Tensor { self .> scalar(number) }
  /// Where the left side is greater or equal: `torch.ge`; bool.
  public func ge(_ other: Tensor) -> Tensor { self .>= other }
  /// Where an element is at least a number; bool.
  public func ge(_ number: some TensorElement) -> Tensor { self .>= scalar(number) }

  /// xᵉ: `torch.pow`. It binds tighter than `*`, as does `-x`, unlike in Python: `-x ** 2` is `(-x)
  /// ** 2`.
  public static func ** (x: Tensor, exponent: Tensor) -> Tensor { x.pow(exponent) }
  /// xᵉ for a number e.
  public static func ** (x: Tensor, exponent: some TensorElement) -> Tensor { x.pow(exponent) }
  /// A number raised to the power of each element.
  public static func ** (x: some TensorElement, exponent: Tensor) -> Tensor {
    exponent.scalar(x).pow(exponent)
  }
  /// The remainder of a / b, with the sign of b: `torch.remainder`.
  public static func % (a: Tensor, b: Tensor) -> Tensor { a.remainder(b) }
  /// The remainder of a / b, with the sign of b.
  public static func % (a: Tensor, b: some TensorElement) -> Tensor { a.remainder(a.scalar(b)) }
}
