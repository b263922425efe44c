/// Sizes along dims: one number for all of them, or one for each, as in `stride: 2` and `stride: [2, 1]`.
public protocol Extent {
  /// One size, or one for each dim.
  var sizes: [Int] { get }
}

extension Int: Extent {
  /// As one size for each dim.
  public var sizes: [Int] { [self] }
}

extension [Int]: Extent {
  /// As one size for each dim.
  public var sizes: [Int] { self }
}

extension Extent {
  /// One size for each of so many dims; stops the program, naming the operation, where there are others. For
  /// Flambeau's packages only.
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
