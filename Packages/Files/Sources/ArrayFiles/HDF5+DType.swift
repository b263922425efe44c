import CHDF5
import Tensors

extension HDF5 {
  /// The HDF5 type of a dtype's elements.
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
    // HDF5 has no such type: its bits are stored, and an attribute names it.
    case .bfloat16: return try copy(hdf5_native_uint16())
    case .float32: return try copy(hdf5_native_float())
    case .float64: return try copy(hdf5_native_double())
    }
  }

  /// The dtype that holds all that an HDF5 type can, whatever its order of bytes; nil where none does.
  public static func dtype(holding type: HDF5Handle) throws -> DType? {
    let bool = try self.type(of: .bool)
    if H5Tequal(type.id, bool.id) > 0 { return .bool }
    let size = H5Tget_size(type.id)
    switch H5Tget_class(type.id) {
    case H5T_INTEGER where H5Tget_sign(type.id) == H5T_SGN_NONE:
      return [1: .uint8, 2: .int32, 4: .int64][size]
    case H5T_INTEGER: return [1: .int8, 2: .int16, 4: .int32, 8: .int64][size]
    case H5T_FLOAT: return [2: .float16, 4: .float32, 8: .float64][size]
    default: return nil
    }
  }

  /// The sizes of a dataset.
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
