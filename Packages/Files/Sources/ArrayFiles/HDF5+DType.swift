import CHDF5
import Tensors

extension HDF5 {
  /// The HDF5 type that a dtype's elements are written as.
  public static func storedType(of dtype: DType) throws -> HDF5Handle {
    // HDF5 has no bfloat16: its bits are stored, and an attribute names it.
    dtype == .bfloat16
      ? try HDF5Handle(H5Tcopy(hdf5_native_uint16()), close: H5Tclose) : try type(of: dtype)
  }

  /// The HDF5 type of a dtype's elements in memory.
  public static func type(of dtype: DType) throws -> HDF5Handle {
    func copy(_ type: hid_t) throws -> HDF5Handle { try HDF5Handle(H5Tcopy(type), close: H5Tclose) }
    switch dtype {
    case .bool: return try HDF5Handle(hdf5_make_bool(), close: H5Tclose)
    case .uint8: return try copy(hdf5_native_uint8())
    case .int8: return try copy(hdf5_native_int8())
    case .int16: return try copy(hdf5_native_int16())
    case .int32: return try copy(hdf5_native_int32())
    case .int64: return try copy(hdf5_native_int64())
    case .float16: return try HDF5Handle(hdf5_make_float16(), close: H5Tclose)
    case .bfloat16: return try HDF5Handle(hdf5_make_bfloat16(), close: H5Tclose)
    case .float32: return try copy(hdf5_native_float())
    case .float64: return try copy(hdf5_native_double())
    }
  }

  /// How a dataset's elements are read.
  public struct Element {
    /// The dtype of the tensor, which can represent all values of the HDF5 type.
    public let dtype: DType
    /// The HDF5 type that libhdf5 converts elements to in memory; its size is that of the dtype.
    public let memoryType: HDF5Handle
    private let isUnsigned: Bool

    /// The type of the elements that libhdf5 writes to memory.
    public var stored: StoredType { isUnsigned ? .uint64 : .plain(dtype) }

    init(_ dtype: DType, _ memoryType: HDF5Handle, isUnsigned: Bool = false) {
      (self.dtype, self.memoryType, self.isUnsigned) = (dtype, memoryType, isUnsigned)
    }

    /// 16-bit elements whose bits the file stores as integers.
    public static func bits(_ dtype: DType) throws -> Element {
      Element(dtype, try HDF5Handle(H5Tcopy(hdf5_native_uint16()), close: H5Tclose))
    }

    /// Converts what libhdf5 wrote to elements of the dtype, in place.
    ///
    /// - Throws: ``HDF5Failure`` if a number does not fit into int64.
    public func finish(_ memory: UnsafeMutableRawBufferPointer) throws {
      do {
        try memory.makeElements(from: stored, swapped: false)
      } catch let failure as TooLargeNumber {
        throw HDF5Failure(reason: failure.reason)
      }
    }
  }

  /// How elements of an HDF5 type, of any byte order, are read; nil if no dtype can represent them.
  public static func element(of type: HDF5Handle) throws -> Element? {
    func plain(_ dtype: DType?) throws -> Element? {
      try dtype.map { Element($0, try self.type(of: $0)) }
    }
    let bool = try self.type(of: .bool)
    if H5Tequal(type.id, bool.id) > 0 { return Element(.bool, bool) }
    let size = H5Tget_size(type.id)
    switch H5Tget_class(type.id) {
    case H5T_INTEGER where H5Tget_sign(type.id) == H5T_SGN_NONE && size == 8:
      return Element(
        .int64, try HDF5Handle(H5Tcopy(hdf5_native_uint64()), close: H5Tclose), isUnsigned: true)
    case H5T_INTEGER where H5Tget_sign(type.id) == H5T_SGN_NONE:
      return try plain([1: .uint8, 2: .int32, 4: .int64][size])
    case H5T_INTEGER: return try plain([1: .int8, 2: .int16, 4: .int32, 8: .int64][size])
    case H5T_FLOAT: return try plain(floatingPoint(type))
    // Some programs store Booleans as bit fields.
    case H5T_BITFIELD where size == 1:
      return Element(.uint8, try HDF5Handle(H5Tcopy(hdf5_native_bits8()), close: H5Tclose))
    default: return nil
    }
  }

  /// The narrowest dtype that can represent all values of a floating-point type.
  private static func floatingPoint(_ type: HDF5Handle) -> DType? {
    var (exponent, fraction) = (0, 0)
    guard hdf5_float_layout(type.id, &exponent, &fraction) else { return nil }
    let widths: [(dtype: DType, exponent: Int, fraction: Int)] = [
      (.float16, 5, 10), (.bfloat16, 8, 7), (.float32, 8, 23), (.float64, 11, 52),
    ]
    return widths.first { exponent <= $0.exponent && fraction <= $0.fraction }?.dtype
  }

  /// A description of an unsupported type, for messages.
  public static func description(of type: HDF5Handle) -> String {
    switch H5Tget_class(type.id) {
    case H5T_STRING: "text"
    case H5T_COMPOUND: "a compound of \(H5Tget_nmembers(type.id)) members"
    case H5T_REFERENCE: "references"
    case H5T_ENUM: "an enumeration"
    case H5T_OPAQUE: "opaque bytes"
    case H5T_VLEN: "lists of different lengths"
    case H5T_ARRAY: "arrays"
    default: "numbers of \(H5Tget_size(type.id)) bytes"
    }
  }

  /// Whether a dataset has a null dataspace, without any elements.
  public static func isNull(_ dataset: HDF5Handle) throws -> Bool {
    let space = try HDF5Handle(H5Dget_space(dataset.id), close: H5Sclose)
    return H5Sget_simple_extent_type(space.id) == H5S_NULL
  }

  /// The shape of a dataset.
  public static func shape(of dataset: HDF5Handle) throws -> [Int] {
    let space = try HDF5Handle(H5Dget_space(dataset.id), close: H5Sclose)
    let rank = H5Sget_simple_extent_ndims(space.id)
    guard (0...32).contains(rank) else { throw HDF5Failure(reason: lastError()) }
    var sizes = [hsize_t](repeating: 0, count: Int(rank))
    guard H5Sget_simple_extent_dims(space.id, &sizes, nil) >= 0 else {
      throw HDF5Failure(reason: lastError())
    }
    return try sizes.map { size in
      guard let size = Int(exactly: size) else { throw HDF5Failure(reason: "a size of \(size)") }
      return size
    }
  }
}
