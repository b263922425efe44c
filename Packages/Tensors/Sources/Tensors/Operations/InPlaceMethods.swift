// In-place operations under PyTorch's names, which end in an underscore. Each returns the tensor
// that it has changed.

extension Tensor {
  /// x += other, which is broadcast: `torch.Tensor.add_`.
  @discardableResult
  public func add_(_ other: Tensor) -> Tensor { updated(.add, other) }
  /// x += alpha · other: `torch.Tensor.add_`.
  @discardableResult
  public func add_(_ other: Tensor, alpha: some TensorElement) -> Tensor { add_(other * alpha) }
  /// x -= other, which is broadcast: `torch.Tensor.sub_`.
  @discardableResult
  public func sub_(_ other: Tensor) -> Tensor { updated(.subtract, other) }
  /// x -= alpha · other: `torch.Tensor.sub_`.
  @discardableResult
  public func sub_(_ other: Tensor, alpha: some TensorElement) -> Tensor { sub_(other * alpha) }
  /// x *= other, which is broadcast: `torch.Tensor.mul_`.
  @discardableResult
  public func mul_(_ other: Tensor) -> Tensor { updated(.multiply, other) }
  /// x /= other, which is broadcast, in floating point: `torch.Tensor.div_`.
  @discardableResult
  public func div_(_ other: Tensor) -> Tensor { updated(.divide, other) }
  /// x = xᵉ: `torch.Tensor.pow_`.
  @discardableResult
  public func pow_(_ exponent: Tensor) -> Tensor { updated(.power, exponent) }
  /// x = x mod other, with the sign of other: `torch.Tensor.remainder_`.
  @discardableResult
  public func remainder_(_ other: Tensor) -> Tensor { updated(.remainder, other) }

  /// x += a number: `torch.Tensor.add_`.
  @discardableResult
  public func add_(_ number: some TensorElement) -> Tensor { add_(scalar(number)) }
  /// x -= a number: `torch.Tensor.sub_`.
  @discardableResult
  public func sub_(_ number: some TensorElement) -> Tensor { sub_(scalar(number)) }
  /// x *= a number: `torch.Tensor.mul_`.
  @discardableResult
  public func mul_(_ number: some TensorElement) -> Tensor { mul_(scalar(number)) }
  /// x /= a number: `torch.Tensor.div_`.
  @discardableResult
  public func div_(_ number: some TensorElement) -> Tensor { div_(scalar(number)) }
  /// x = xᵉ for a number e: `torch.Tensor.pow_`.
  @discardableResult
  public func pow_(_ exponent: some TensorElement) -> Tensor { pow_(scalar(exponent)) }

  /// x = |x|: `torch.Tensor.abs_`.
  @discardableResult
  public func abs_() -> Tensor { updated(.abs) }
  /// x = -x: `torch.Tensor.neg_`.
  @discardableResult
  public func neg_() -> Tensor { updated(.negate) }
  /// x = eˣ: `torch.Tensor.exp_`.
  @discardableResult
  public func exp_() -> Tensor { updated(.exp) }
  /// x = log x: `torch.Tensor.log_`.
  @discardableResult
  public func log_() -> Tensor { updated(.log) }
  /// x = √x: `torch.Tensor.sqrt_`.
  @discardableResult
  public func sqrt_() -> Tensor { updated(.sqrt) }
  /// x = 1/√x: `torch.Tensor.rsqrt_`.
  @discardableResult
  public func rsqrt_() -> Tensor { updated(.rsqrt) }
  /// x = x²: `torch.Tensor.square_`.
  @discardableResult
  public func square_() -> Tensor { updated(.square) }
  /// x = 1/x: `torch.Tensor.reciprocal_`.
  @discardableResult
  public func reciprocal_() -> Tensor { updated(.reciprocal) }
  /// x = max(x, 0): `torch.Tensor.relu_`.
  @discardableResult
  public func relu_() -> Tensor { updated(.relu) }
  /// x = 1/(1 + e⁻ˣ): `torch.Tensor.sigmoid_`.
  @discardableResult
  public func sigmoid_() -> Tensor { updated(.sigmoid) }
  /// x = tanh x: `torch.Tensor.tanh_`.
  @discardableResult
  public func tanh_() -> Tensor { updated(.tanh) }
  /// x = ⌊x⌋: `torch.Tensor.floor_`.
  @discardableResult
  public func floor_() -> Tensor { updated(.floor) }
  /// x = ⌈x⌉: `torch.Tensor.ceil_`.
  @discardableResult
  public func ceil_() -> Tensor { updated(.ceil) }
  /// x = x rounded to the nearest integer, ties to even: `torch.Tensor.round_`.
  @discardableResult
  public func round_() -> Tensor { updated(.round) }
  /// x = x rounded towards 0: `torch.Tensor.trunc_`.
  @discardableResult
  public func trunc_() -> Tensor { updated(.trunc) }

  /// Clamps x to the range from `min` to `max`, either of which may be omitted:
  /// `torch.Tensor.clamp_`.
  @discardableResult
  public func clamp_(min: Double? = nil, max: Double? = nil) -> Tensor {
    guard min != nil || max != nil else { fatalError("clamp_: give min, max or both") }
    let hasNaN = min?.isNaN == true || max?.isNaN == true
    guard dtype.isFloatingPoint, !hasNaN else { return copy_(clamp(min: min, max: max)) }
    update(.clamp, with: min ?? -.infinity, max ?? .infinity)
    return self
  }

  /// Sets all elements to 0: `torch.Tensor.zero_`.
  @discardableResult
  public func zero_() -> Tensor { fill_(0) }

  /// Sets all elements to a number: `torch.Tensor.fill_`.
  @discardableResult
  public func fill_<Number: TensorElement & TensorData>(_ value: Number) -> Tensor
  where Number.Scalar == Number {
    fill(value)
    return self
  }

  /// Sets all elements to the only element of a tensor: `torch.Tensor.fill_`.
  @discardableResult
  public func fill_(_ value: Tensor) -> Tensor {
    guard value.numel == 1 else {
      fatalError(
        "fill_: a tensor of shape \(value.shape); it takes a number, or a tensor of one element")
    }
    return copy_(value.reshape([]))
  }

  /// Copies the elements of another tensor, which is broadcast: `torch.Tensor.copy_`.
  @discardableResult
  public func copy_(_ other: Tensor) -> Tensor {
    copy(from: other)
    return self
  }

  /// Draws all elements uniformly from [`from`, `to`): `torch.Tensor.uniform_`.
  @discardableResult
  public func uniform_(
    _ from: Double = 0, _ to: Double = 1, generator: Generator = .default
  ) -> Tensor {
    copy_(.uniformLike(self, low: from, high: to, generator: generator))
  }

  /// Draws all elements from a normal distribution: `torch.Tensor.normal_`.
  @discardableResult
  public func normal_(
    mean: Double = 0, std: Double = 1, generator: Generator = .default
  ) -> Tensor {
    copy_(.normalLike(self, mean: mean, std: std, generator: generator))
  }

  private func updated(_ operation: Operator, _ other: Tensor) -> Tensor {
    update(operation, other)
    return self
  }

  private func updated(_ operation: Operator) -> Tensor {
    update(operation)
    return self
  }
}
