import Foundation

/// A number, or nested arrays of numbers, that a tensor can be created from and its elements
/// returned in.
public protocol TensorData {
  /// The type of the numbers.
  associatedtype Scalar: TensorElement
  /// Returns the length at each depth; throws ``TensorDataError`` if rows differ in length.
  func tensorShape() throws -> [Int]
  /// Appends all of its numbers in row-major order.
  func appendScalars(to scalars: inout [Scalar])
  /// The depth of nesting; 0 for a number.
  static var depth: Int { get }
  /// Returns numbers, given in row-major order, nested in a shape.
  static func nested(_ scalars: ArraySlice<Scalar>, _ shape: ArraySlice<Int>) -> Self
}

extension TensorData where Self: TensorElement {
  public func tensorShape() -> [Int] { [] }
  /// Appends itself.
  public func appendScalars(to scalars: inout [Self]) { scalars.append(self) }
  public static var depth: Int { 0 }
  /// Returns the only number.
  public static func nested(_ scalars: ArraySlice<Self>, _ shape: ArraySlice<Int>) -> Self {
    scalars.first!
  }
}

extension Bool: TensorData {}
extension UInt8: TensorData {}
extension Int8: TensorData {}
extension Int16: TensorData {}
extension Int32: TensorData {}
extension Int64: TensorData {}
extension Int: TensorData {}
extension Float: TensorData {}
extension Double: TensorData {}

extension Array: TensorData where Element: TensorData {
  public func tensorShape() throws -> [Int] {
    guard let first, !(Element.self is any TensorElement.Type) else { return [count] }
    let inner = try first.tensorShape()
    for (index, element) in enumerated().dropFirst() {
      let other = try element.tensorShape()
      guard other == inner else {
        throw TensorDataError.ragged(index: index, shape: other, expected: inner)
      }
    }
    return [count] + inner
  }

  /// Appends all scalars in row-major order.
  public func appendScalars(to scalars: inout [Element.Scalar]) {
    if let own = self as? [Element.Scalar] { return scalars += own }
    for element in self { element.appendScalars(to: &scalars) }
  }

  public static var depth: Int { Element.depth + 1 }
  /// Returns numbers, given in row-major order, nested in a shape.
  public static func nested(
    _ scalars: ArraySlice<Element.Scalar>, _ shape: ArraySlice<Int>
  ) -> [Element] {
    let size = shape.dropFirst().reduce(1, *)
    return (0..<shape.first!).map { row in
      .nested(scalars.dropFirst(row * size).prefix(size), shape.dropFirst())
    }
  }
}

extension ArraySlice: TensorData where Element: TensorData {
  public func tensorShape() throws -> [Int] { try Array(self).tensorShape() }

  /// Appends all scalars in row-major order.
  public func appendScalars(to scalars: inout [Element.Scalar]) {
    Array(self).appendScalars(to: &scalars)
  }

  public static var depth: Int { [Element].depth }
  /// Returns numbers, given in row-major order, nested in a shape.
  public static func nested(
    _ scalars: ArraySlice<Element.Scalar>, _ shape: ArraySlice<Int>
  ) -> ArraySlice<Element> {
    [Element].nested(scalars, shape)[...]
  }
}

/// An error in data that a tensor is created from.
public enum TensorDataError: Error, Equatable, LocalizedError {
  /// Parts at the same depth have different shapes.
  case ragged(index: Int, shape: [Int], expected: [Int])
  /// The number of scalars is not the shape's number of elements.
  case wrongCount(Int, shape: [Int])

  public var errorDescription: String? {
    switch self {
    case .ragged(let index, let shape, let expected):
      "ragged array: the part at index \(index) has shape \(shape), those before it \(expected)"
    case .wrongCount(let count, let shape):
      "\(count) elements do not fill the shape \(shape)"
    }
  }
}

extension Tensor {
  /// Creates a tensor from numbers: `torch.tensor`.
  ///
  ///     Tensor([[1, 2], [3, 4]], requiresGrad: true)
  ///
  /// By default, the dtype is that of the numbers, but float32 for `Double`s or with
  /// `requiresGrad`. Stops the program if rows differ in length; ``init(validating:dtype:device:)``
  /// throws instead.
  public convenience init<Data: TensorData>(
    _ data: Data, dtype: DType? = nil, device: Device = .default, requiresGrad: Bool = false
  ) {
    do {
      try self.init(
        validating: data, dtype: dtype ?? (requiresGrad ? .float32 : nil), device: device)
    } catch {
      fatalError("Tensor: \(error.localizedDescription)")
    }
    self.requiresGrad = requiresGrad
  }

  /// Creates a tensor from numbers whose rows may differ in length, such as a program's input.
  ///
  /// - Throws: ``TensorDataError/ragged(index:shape:expected:)``.
  public convenience init<Data: TensorData>(
    validating data: Data, dtype: DType? = nil, device: Device = .default
  ) throws {
    let shape = try data.tensorShape()
    var scalars: [Data.Scalar] = []
    data.appendScalars(to: &scalars)
    let own = Data.Scalar.dtype
    let wanted = dtype ?? (own == .float64 ? .float32 : own)
    try self.init(scalars, shape: shape, dtype: wanted, device: device)
  }

  /// Creates a tensor of the given shape from elements in row-major order.
  ///
  /// - Throws: ``TensorDataError/wrongCount(_:shape:)``.
  public convenience init<Element: TensorElement>(
    _ scalars: [Element], shape: [Int], dtype: DType? = nil, device: Device = .default
  ) throws {
    let view = StridedView(
      empty: Layout(contiguous: Tensor.checked(shape, for: "Tensor")), dtype: Element.dtype,
      device: device)
    guard scalars.count == view.layout.numel else {
      throw TensorDataError.wrongCount(scalars.count, shape: shape)
    }
    scalars.withUnsafeBytes(view.initialize)
    let wanted = dtype ?? Element.dtype
    self.init(wanted == view.dtype ? view : Tensor(view).to(wanted).view)
  }

  /// Returns the shape, after checking that its sizes are not negative and not too large.
  static func checked(_ shape: [Int], for operation: String) -> [Int] {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: Swift.max(size, 1))
      if size < 0 || overflow || product > Int.max / 8 {
        fatalError(
          "\(operation): a tensor cannot have the shape \(shape): sizes must not be negative, and "
            + "their product must fit in memory")
      }
      count = product
    }
    if shape.count > Layout.maximumRank {
      fatalError(
        "\(operation): \(shape.count) dims are too many; a tensor has at most \(Layout.maximumRank)"
      )
    }
    return shape
  }
}

/// A number literal in place of a tensor, as in `x * 0.1`, takes the other operand's dtype, unless
/// it is of a higher category: a floating-point literal promotes integers to float32.
extension Tensor: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public convenience init(floatLiteral value: Double) { self.init(literal: value, value: value) }
  public convenience init(integerLiteral value: Int) {
    self.init(literal: value, value: Double(value))
  }
}
