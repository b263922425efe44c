/// The padding of a convolution: sizes, or what keeps the size of the input.
public enum ConvolutionPadding: Sendable, Hashable {
  /// What gives the output the size of the input, with a stride of 1; if its total is odd, the
  /// extra element is at the end: `padding="same"`.
  case sameSize
  /// No padding: `padding="valid"`.
  case none
  /// On both sides of each dim: one size for all dims, or one for each.
  case sizes([Int])
}

/// A type that can be given as a convolution's padding: `padding: 1`, `padding: [1, 2]`, `padding:
/// .same`, `padding: .valid`.
public protocol ConvolutionPaddingConvertible {
  /// The padding.
  var convolutionPadding: ConvolutionPadding { get }
}

extension Int: ConvolutionPaddingConvertible {
  /// This padding on both sides of each dim.
  public var convolutionPadding: ConvolutionPadding { .sizes([self]) }
}

extension [Int]: ConvolutionPaddingConvertible {
  /// The padding on both sides, one size for each dim.
  public var convolutionPadding: ConvolutionPadding { .sizes(self) }
}

extension ConvolutionPadding: ConvolutionPaddingConvertible {
  /// Itself.
  public var convolutionPadding: ConvolutionPadding { self }
}

extension ConvolutionPaddingConvertible where Self == ConvolutionPadding {
  /// What gives the output the size of the input, with a stride of 1:
  /// ``ConvolutionPadding/sameSize``.
  public static var same: ConvolutionPadding { .sameSize }
  /// No padding: `padding="valid"`.
  public static var valid: ConvolutionPadding { .none }
}

extension ConvolutionPadding {
  /// The padding before and after each dim for a kernel and dilation. Stops the program, naming the
  /// operation, if it is not defined. For Flambeau's packages only.
  @_spi(Flambeau) public func around(
    kernel: [Int], stride: [Int], dilation: [Int], of operation: @autoclosure () -> String
  ) -> (before: [Int], after: [Int]) {
    switch self {
    case .none:
      let zeros = [Int](repeating: 0, count: kernel.count)
      return (zeros, zeros)
    case .sizes(let sizes):
      let sizes = sizes.along(kernel.count, "padding", of: operation())
      return (sizes, sizes)
    case .sameSize:
      guard stride.allSatisfy({ $0 == 1 }) else {
        fatalError("\(operation()): padding .same with stride \(stride); it needs a stride of 1")
      }
      let total = zip(kernel, dilation).map { ($0 - 1) * $1 }
      return (total.map { $0 / 2 }, total.map { $0 - $0 / 2 })
    }
  }
}
