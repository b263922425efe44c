// Comparisons and tests, element by element, with broadcasting. Their results are bool.

extension Operator {
  static let `where` = Operator(
    "where", .none,
    .wrt(.y, saving: .x, "g where the condition holds, else 0") { g, condition in
      Tensor.where(condition, g, 0)
    }.ofOneOperation().symmetric(),
    .wrt(.z, saving: .x, "g where it does not, else 0") { g, condition in
      Tensor.where(condition, 0, g)
    }.ofOneOperation().symmetric())
}

extension Tensor {
  /// Where elements are equal: `torch.eq`; bool.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { compared(.equal, a, b) }
  /// Where elements differ: `torch.ne`; bool.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { compared(.notEqual, a, b) }
  /// Where the left side is less: `torch.lt`; bool.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { compared(.less, a, b) }
  /// Where the left side is less or equal: `torch.le`; bool.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { compared(.lessOrEqual, a, b) }
  /// Where the left side is greater: `torch.gt`; bool.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { compared(.greater, a, b) }
  /// Where the left side is greater or equal: `torch.ge`; bool.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { compared(.greaterOrEqual, a, b) }

  /// Whether both are other than 0: `torch.logical_and`.
  public func logicalAnd(_ other: Tensor) -> Tensor { compared(.logicalAnd, self, other) }
  /// Whether one or both are other than 0: `torch.logical_or`.
  public func logicalOr(_ other: Tensor) -> Tensor { compared(.logicalOr, self, other) }
  /// Whether just one is other than 0: `torch.logical_xor`.
  public func logicalXor(_ other: Tensor) -> Tensor { compared(.logicalXor, self, other) }
  /// Whether it is 0: `torch.logical_not`.
  public func logicalNot() -> Tensor { test(.logicalNot, self) }

  /// Where elements are not numbers; bool.
  public func isnan() -> Tensor { test(.isnan, self) }
  /// Where elements are infinite; bool.
  public func isinf() -> Tensor { test(.isinf, self) }
  /// Whether it is neither NaN nor infinite.
  public func isfinite() -> Tensor { test(.isfinite, self) }

  /// Whether |a - b| ≤ atol + rtol · |b|, or both are the same infinity: `torch.isclose`.
  public func isclose(
    _ other: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNaN: Bool = false
  ) -> Tensor {
    guard rtol >= 0, atol >= 0 else {
      fatalError("isclose: rtol \(rtol) and atol \(atol); neither may be negative")
    }
    return noGrad {
      let (a, b) = aligned(self, other, for: "isclose", .all)
      let (x, y) = (Tensor(a).to(.float64), Tensor(b).to(.float64))
      let isNear = (x - y).abs() .<= y.abs() * rtol + atol
      let isSame = (x .== y) | (isNear & x.isfinite() & y.isfinite())
      return equalNaN ? isSame | (x.isnan() & y.isnan()) : isSame
    }
  }

  /// Whether all elements are close: `torch.allclose`.
  public func allclose(
    _ other: Tensor, rtol: Double = 1e-5, atol: Double = 1e-8, equalNaN: Bool = false
  ) -> Bool {
    !isclose(other, rtol: rtol, atol: atol, equalNaN: equalNaN).logicalNot().anyTrue
  }

  /// Whether shape and all elements are the same: `torch.equal`. NaN is unequal to itself.
  public func equal(_ other: Tensor) -> Bool {
    shape == other.shape && !(self .!= other).anyTrue
  }

  /// The elements of one tensor where a condition is true, of another elsewhere: `torch.where`.
  public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    choose(condition, a, b).recorded(.where, condition, a, b)
  }

  /// With `value`, in this tensor's dtype, where the mask is true: `torch.masked_fill`.
  public func maskedFill(_ mask: Tensor, _ value: some TensorElement) -> Tensor {
    .where(mask, Tensor(Tensor(exactly: value).view.converted(to: dtype)), self)
  }

  // So that `-.infinity` is a Double's.
  /// With `value`, in this tensor's dtype, where the mask is true: `x.maskedFill(mask, -.infinity)`.
  public func maskedFill(_ mask: Tensor, _ value: Double) -> Tensor {
    .where(mask, Tensor(Tensor(exactly: value).view.converted(to: dtype)), self)
  }
}
