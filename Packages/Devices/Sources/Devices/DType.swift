import COperations

extension DType: @retroactive CaseIterable, @retroactive CustomStringConvertible {
  public static let allCases = (0..<UInt8(FLAMBEAU_DTYPE_COUNT)).map { DType(rawValue: $0)! }

  /// The name, as in `float32`.
  public var description: String { String(cString: flambeau_dtype_name(self)) }

  /// Creates the dtype with the given name, or nil if there is none.
  public init?(_ name: String) {
    guard let dtype = DType.allCases.first(where: { $0.description == name }) else { return nil }
    self = dtype
  }

  /// The size of an element in bytes: `torch.dtype.itemsize`.
  public var itemSize: Int { flambeau_dtype_size(self) }

  /// Whether it is a floating-point type: `torch.dtype.is_floating_point`.
  public var isFloatingPoint: Bool { flambeau_dtype_is_floating_point(self) }

  /// Whether it is float16 or bfloat16.
  public var isHalf: Bool { self == .float16 || self == .bfloat16 }

  /// The dtype that two operands are converted to if both have dims or neither has:
  /// `torch.promote_types`.
  public func promoted(with other: DType) -> DType {
    if self == other { return self }
    // The smallest type that holds the values of both.
    if self == .float16, other == .bfloat16 { return .float32 }
    if self == .bfloat16, other == .float16 { return .float32 }
    if self == .uint8, other == .int8 { return .int16 }
    if self == .int8, other == .uint8 { return .int16 }
    return rawValue > other.rawValue ? self : other
  }
}

/// PyTorch's shorter names.
extension DType {
  /// float32: `torch.float`.
  public static var float: DType { .float32 }
  /// float64: `torch.double`.
  public static var double: DType { .float64 }
  /// float16: `torch.half`.
  public static var half: DType { .float16 }
  /// int64: `torch.long`.
  public static var long: DType { .int64 }
  /// int32: `torch.int`.
  public static var int: DType { .int32 }
  /// int16: `torch.short`.
  public static var short: DType { .int16 }
}

/// A Swift type that a tensor's elements can be.
public protocol TensorElement: Sendable {
  /// The dtype of a tensor with these elements.
  static var dtype: DType { get }
}

extension Bool: TensorElement { public static var dtype: DType { .bool } }
extension UInt8: TensorElement { public static var dtype: DType { .uint8 } }
extension Int8: TensorElement { public static var dtype: DType { .int8 } }
extension Int16: TensorElement { public static var dtype: DType { .int16 } }
extension Int32: TensorElement { public static var dtype: DType { .int32 } }
extension Int64: TensorElement { public static var dtype: DType { .int64 } }
extension Int: TensorElement { public static var dtype: DType { .int64 } }
#if !(os(macOS) && arch(x86_64))
  /// Not on Intel Macs, where Swift has no Float16.
  extension Float16: TensorElement { public static var dtype: DType { .float16 } }
#endif
extension Float: TensorElement { public static var dtype: DType { .float32 } }
extension Double: TensorElement { public static var dtype: DType { .float64 } }
