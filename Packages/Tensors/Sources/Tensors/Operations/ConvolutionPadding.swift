/// The padding of a convolution: sizes, or what makes the output as large as the input.
public enum ConvolutionPadding: Sendable, Hashable {
  /// As much as gives the output the size of the input, with a stride of 1; where that is an odd number, one more
  /// at the end: `padding="same"`.
  case sameSize
  /// None: `padding="valid"`.
  case none
  /// On both sides of each dim: one number for all dims, or one for each.
  case sizes([Int])
}

/// What a convolution takes as its padding: `padding: 1`, `padding: [1, 2]`, `padding: .same`, `padding: .valid`.
public protocol ConvolutionPaddingConvertible {
  /// As a padding.
  var convolutionPadding: ConvolutionPadding { get }
}

extension Int: ConvolutionPaddingConvertible {
  /// As the padding on both sides of each dim.
  public var convolutionPadding: ConvolutionPadding { .sizes([self]) }
}

extension [Int]: ConvolutionPaddingConvertible {
  /// As the padding on both sides, one size for each dim.
  public var convolutionPadding: ConvolutionPadding { .sizes(self) }
}

extension ConvolutionPadding: ConvolutionPaddingConvertible {
  /// Itself.
  public var convolutionPadding: ConvolutionPadding { self }
}

extension ConvolutionPaddingConvertible where Self == ConvolutionPadding {
  /// As much as gives the output the size of the input: ``ConvolutionPadding/sameSize``.
  public static var same: ConvolutionPadding { .sameSize }
  /// No padding: `padding="valid"`.
  public static var valid: ConvolutionPadding { .none }
}

extension ConvolutionPadding {
  /// The sizes before and after each dim, for windows of a kernel and dilation. Stops the program, naming the
  /// operation, where there is no such padding. For Flambeau's packages only.
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
