// Halves are numbers to store, not to compute with: an operation of several steps computes in float32 where it is
// given halves, and rounds once, at its end. So does its derivative, which passes the same conversions.

/// A tensor, or none. For Flambeau's packages only.
@_spi(Flambeau)
public protocol TensorOrNone {
  /// The tensor, if there is one.
  var tensor: Tensor? { get }
  /// The same in float32, if it is of halves.
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

/// What an operation of several steps makes of its inputs, where some are of halves computed in float32 and rounded at
/// the end. For Flambeau's packages only.
///
/// - Parameter precision: where autocast leaves the result in float32.
@_spi(Flambeau)
public func roundedOnce<each Input: TensorOrNone>(
  _ inputs: repeat each Input, precision: PrecisionNeed = .none,
  _ compute: (repeat each Input) -> Tensor
) -> Tensor {
  var given: [Tensor] = []
  for input in repeat each inputs {
    if let tensor = input.tensor { given.append(tensor) }
  }
  // A number takes the dtype of what it meets.
  let strong = given.filter { $0.literal == nil && $0.ndim > 0 }
  let types = (strong.isEmpty ? given : strong).map(\.dtype)
  let dtype = types.dropFirst().reduce(types[0]) { $1.promoted(with: $0) }
  guard given.contains(where: \.dtype.isHalf) else { return compute(repeat each inputs) }
  let result = compute(repeat (each inputs).withoutHalves)
  return Autocast.current?.grants(precision) ?? false ? result : result.to(dtype)
}
