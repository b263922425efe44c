// Spellings from Python and PyTorch that Swift has other ones for: the compiler says which.

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

  /// Use `scalars(as:)`, `tolist(as:)` or `NPY.write`.
  @available(
    *, unavailable, message: "use scalars(as:) or tolist(as:); NPY.write makes a file for NumPy"
  )
  public func numpy() -> [Double] { fatalError() }
  /// Use an array.
  @available(*, unavailable, message: "write the tensors as an array: Tensor.cat([x, y])")
  public static func cat(_ first: Tensor, _ rest: Tensor..., dim: Int = 0) -> Tensor {
    fatalError()
  }
  /// Use an array.
  @available(*, unavailable, message: "write the tensors as an array: Tensor.stack([x, y])")
  public static func stack(_ first: Tensor, _ rest: Tensor..., dim: Int = 0) -> Tensor {
    fatalError()
  }
  /// Use `.ellipsis`.
  @available(*, unavailable, message: "use .ellipsis: x[.ellipsis, 0]")
  public subscript(
    _ dots: (UnboundedRange_) -> Void, _ indices: any TensorIndexConvertible...
  ) -> Tensor { fatalError() }
}

/// Use the method.
@available(*, unavailable, message: "use the method: x.exp()")
public func exp(_ x: Tensor) -> Tensor { fatalError() }
/// Use the method.
@available(*, unavailable, message: "use the method: x.log()")
public func log(_ x: Tensor) -> Tensor { fatalError() }
/// Use the method.
@available(*, unavailable, message: "use the method: x.sqrt()")
public func sqrt(_ x: Tensor) -> Tensor { fatalError() }
/// Use the method.
@available(*, unavailable, message: "use the method: x.sin()")
public func sin(_ x: Tensor) -> Tensor { fatalError() }
/// Use the method.
@available(*, unavailable, message: "use the method: x.cos()")
public func cos(_ x: Tensor) -> Tensor { fatalError() }
/// Use the method.
@available(*, unavailable, message: "use the method: x.tanh()")
public func tanh(_ x: Tensor) -> Tensor { fatalError() }
/// Use the method.
@available(*, unavailable, message: "use the method: x.abs()")
public func abs(_ x: Tensor) -> Tensor { fatalError() }
/// Use the method.
@available(*, unavailable, message: "use the method: x.pow(exponent), or x ** exponent")
public func pow(_ x: Tensor, _ exponent: Tensor) -> Tensor { fatalError() }
/// Use the method.
@available(
  *, unavailable, message: "use the method: x.maximum(y), or x.max() for the largest element"
)
public func max(_ a: Tensor, _ b: Tensor) -> Tensor { fatalError() }
/// Use the method.
@available(
  *, unavailable, message: "use the method: x.minimum(y), or x.min() for the smallest element"
)
public func min(_ a: Tensor, _ b: Tensor) -> Tensor { fatalError() }
