// Arithmetic as methods and in the operators of Python.

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
  /// a / b, of floating point; shapes are broadcast: `torch.div`.
  public func div(_ other: Tensor) -> Tensor { self / other }
  /// -x: `torch.neg`.
  public func neg() -> Tensor { -self }

  /// xᵉ: `torch.pow`. It binds closer than `*`, and so does `-x`, unlike in Python: `-x ** 2` is
  /// `(-x) ** 2`.
  public static func ** (x: Tensor, exponent: Tensor) -> Tensor { x.pow(exponent) }
  /// xᵉ for a number e.
  public static func ** (x: Tensor, exponent: some TensorElement) -> Tensor { x.pow(exponent) }
  /// A number to the power of each element.
  public static func ** (x: some TensorElement, exponent: Tensor) -> Tensor {
    exponent.scalar(x).pow(exponent)
  }
  /// What is left of a / b, with the sign of b: `torch.remainder`.
  public static func % (a: Tensor, b: Tensor) -> Tensor { a.remainder(b) }
  /// What is left of a / b, with the sign of b.
  public static func % (a: Tensor, b: some TensorElement) -> Tensor { a.remainder(a.scalar(b)) }
}
