/// Sizes along dims: one number for all of them, or one for each, as in `stride: 2` and `stride:
/// [2, 1]`.
public protocol Extent {
  /// One size, or one for each dim.
  var sizes: [Int] { get }
}

extension Int: Extent {
  /// The same size for all dims.
  public var sizes: [Int] { [self] }
}

extension [Int]: Extent {
  /// One size for each dim.
  public var sizes: [Int] { self }
}

extension Extent {
  /// The size along each of `dims` dims; stops the program, naming the operation, if there is
  /// another number of sizes. For Flambeau's packages only.
  @_spi(Flambeau) public func along(
    _ dims: Int, _ name: String, of operation: @autoclosure () -> String
  ) -> [Int] {
    let sizes = sizes
    guard sizes.count == 1 || sizes.count == dims else {
      fatalError("\(operation()): \(name) \(sizes); expected one number, or \(dims)")
    }
    return sizes.count == dims ? sizes : [Int](repeating: sizes[0], count: dims)
  }
}
