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

  /// A matrix transposed, a vector or scalar as it is: `torch.t`.
  public func t() -> Tensor {
    guard ndim <= 2 else {
      fatalError("t: a tensor of shape \(shape) has more than 2 dims; use transpose or permute")
    }
    return ndim < 2 ? self : transpose(0, 1)
  }

  /// The elements in arrays, nested as deeply as the type that is asked for: `torch.Tensor.tolist`.
  ///
  ///     let rows: [[Int]] = Tensor([[1, 2], [3, 4]]).tolist()
  ///
  /// Stops the program where the tensor has another number of dims.
  public func tolist<List: NestedList>(as type: List.Type = List.self) -> List {
    guard ndim == type.depth else {
      fatalError("tolist: a tensor of shape \(shape) is no \(type); it has \(ndim) dims")
    }
    return .nested(scalars(as: type.Leaf.self)[...], shape[...])
  }
}

/// What ``Tensor/tolist(as:)`` gives: a number, or an array of such, nested to any depth.
public protocol NestedList {
  /// The numbers at the bottom.
  associatedtype Leaf: TensorElement
  /// How many arrays are in each other.
  static var depth: Int { get }
  /// Some numbers, row by row, in a shape.
  static func nested(_ leaves: ArraySlice<Leaf>, _ shape: ArraySlice<Int>) -> Self
}

extension NestedList where Self: TensorElement {
  public static var depth: Int { 0 }
  /// The only number.
  public static func nested(_ leaves: ArraySlice<Self>, _ shape: ArraySlice<Int>) -> Self {
    leaves.first!
  }
}

extension Bool: NestedList {}
extension UInt8: NestedList {}
extension Int8: NestedList {}
extension Int16: NestedList {}
extension Int32: NestedList {}
extension Int64: NestedList {}
extension Int: NestedList {}
extension Float: NestedList {}
extension Double: NestedList {}

extension Array: NestedList where Element: NestedList {
  public static var depth: Int { Element.depth + 1 }
  /// Some numbers, row by row, in a shape.
  public static func nested(
    _ leaves: ArraySlice<Element.Leaf>, _ shape: ArraySlice<Int>
  ) -> [Element] {
    let size = shape.dropFirst().reduce(1, *)
    return (0..<shape.first!).map { row in
      .nested(leaves.dropFirst(row * size).prefix(size), shape.dropFirst())
    }
  }
}

extension Tensor: Sequence {
  /// The parts along dim 0, as in `for row in tensor`; views.
  public func makeIterator() -> IndexingIterator<[Tensor]> {
    guard ndim > 0 else { fatalError("a scalar has no parts to go through; use item()") }
    return unbind().makeIterator()
  }

  /// The length of dim 0.
  public var underestimatedCount: Int { shape.first ?? 0 }
}

// What Python answers with a tensor and Swift's operators would answer with one Bool.
extension Tensor {
  /// Use `.<`.
  @available(
    *, unavailable,
    message: "use .<, which compares element by element; with .item() for one number"
  )
  public static func < (a: Tensor, b: Tensor) -> Bool { fatalError() }
  /// Use `.>`.
  @available(
    *, unavailable,
    message: "use .>, which compares element by element; with .item() for one number"
  )
  public static func > (a: Tensor, b: Tensor) -> Bool { fatalError() }
  /// Use `.<=`.
  @available(
    *, unavailable,
    message: "use .<=, which compares element by element; with .item() for one number"
  )
  public static func <= (a: Tensor, b: Tensor) -> Bool { fatalError() }
  /// Use `.>=`.
  @available(
    *, unavailable,
    message: "use .>=, which compares element by element; with .item() for one number"
  )
  public static func >= (a: Tensor, b: Tensor) -> Bool { fatalError() }
  /// Use `.==`.
  @available(
    *, unavailable, message: "use .== for each element, equal(_:) for all, === for the same tensor"
  )
  public static func == (a: Tensor, b: Tensor) -> Bool { fatalError() }
  /// Use `.!=`.
  @available(
    *, unavailable, message: "use .!= for each element, !equal(_:) for all, !== for the same tensor"
  )
  public static func != (a: Tensor, b: Tensor) -> Bool { fatalError() }
}

extension [Int]: TensorIndexConvertible {
  /// Some places along a dim, as in `x[.all, [0, 2]]`; a copy.
  public var tensorIndex: TensorIndex { Tensor(self, device: .cpu).tensorIndex }
}
