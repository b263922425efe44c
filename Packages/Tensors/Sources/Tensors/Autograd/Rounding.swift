// Half precision is for storage rather than computation: with half-precision inputs, an operation
// of several steps computes in float32 and rounds once, at its end. So does its derivative, which
// goes through the same conversions.

/// A tensor or an optional tensor. For Flambeau's packages only.
@_spi(Flambeau)
public protocol TensorOrNone {
  /// The tensor, if there is one.
  var tensor: Tensor? { get }
  /// The same in float32, if it is in half precision.
  var withoutHalves: Self { get }
}

@_spi(Flambeau) extension Tensor: TensorOrNone {
  public var tensor: Tensor? { self }
  public var withoutHalves: Tensor { dtype.isHalf ? to(.float32) : self }
}

@_spi(Flambeau) extension Tensor?: TensorOrNone {
  public var tensor: Tensor? { self }
  public var withoutHalves: Tensor? { map(\.withoutHalves) }
}

/// The result of an operation of several steps, computed in float32 and rounded at the end if an
/// input is in half precision. For Flambeau's packages only.
///
/// - Parameter precision: the need for which autocast leaves the result in float32.
@_spi(Flambeau)
public func roundedOnce<each Input: TensorOrNone>(
  _ inputs: repeat each Input, precision: AutocastPolicy = .none,
  _ compute: (repeat each Input) -> Tensor
) -> Tensor {
  var given: [Tensor] = []
  for input in repeat each inputs {
    if let tensor = input.tensor { given.append(tensor) }
  }
  guard given.contains(where: \.dtype.isHalf) else { return compute(repeat each inputs) }
  let dtype = Tensor.resultType(given)
  let result = compute(repeat (each inputs).withoutHalves)
  return Autocast.current?.grants(precision) ?? false ? result : result.to(dtype)
}
