// Element-wise comparisons and tests, with broadcasting. Their results are bool.

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

  /// Whether both elements are nonzero: `torch.logical_and`; bool.
  public func logicalAnd(_ other: Tensor) -> Tensor { compared(.logicalAnd, self, other) }
  /// Whether at least one element is nonzero: `torch.logical_or`; bool.
  public func logicalOr(_ other: Tensor) -> Tensor { compared(.logicalOr, self, other) }
  /// Whether exactly one element is nonzero: `torch.logical_xor`; bool.
  public func logicalXor(_ other: Tensor) -> Tensor { compared(.logicalXor, self, other) }
  /// Whether an element is 0: `torch.logical_not`; bool.
  public func logicalNot() -> Tensor { test(.logicalNot, self) }

  /// Where elements are NaN: `torch.isnan`; bool.
  public func isnan() -> Tensor { test(.isnan, self) }
  /// Where elements are infinite: `torch.isinf`; bool.
  public func isinf() -> Tensor { test(.isinf, self) }
  /// Where elements are neither NaN nor infinite: `torch.isfinite`; bool.
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

  /// Whether both tensors have the same shape and elements: `torch.equal`. NaN is unequal to
  /// itself.
  public func equal(_ other: Tensor) -> Bool {
    shape == other.shape && !(self .!= other).anyTrue
  }

  /// The elements of `a` where a condition is true, of `b` elsewhere: `torch.where`.
  public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    choose(condition, a, b).recorded(.where, condition, a, b)
  }

  /// A copy with `value`, in this tensor's dtype, where the mask is true: `torch.masked_fill`.
  public func maskedFill(_ mask: Tensor, _ value: some TensorElement) -> Tensor {
    filled(mask, Tensor(exactly: value))
  }

  // So that `-.infinity` is inferred as a Double.
  /// A copy with `value`, in this tensor's dtype, where the mask is true: `x.maskedFill(mask,
  /// -.infinity)`.
  public func maskedFill(_ mask: Tensor, _ value: Double) -> Tensor {
    filled(mask, Tensor(exactly: value))
  }

  private func filled(_ mask: Tensor, _ value: Tensor) -> Tensor {
    .where(mask, Tensor(value.view.converted(to: dtype)), self)
  }
}
