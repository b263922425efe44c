@_spi(Flambeau) import ArrayFiles
import CHDF5

// Attributes and strings in HDF5 files.

extension HDF5Handle {
  func write(attribute name: String, _ value: Int) throws {
    var value = Int64(value)
    try write(attribute: name, type: hdf5_native_int64(), &value)
  }

  func write(attribute name: String, _ text: String) throws {
    let type = try Self.textType(text.utf8.count)
    var bytes = Array(text.utf8)
    try write(attribute: name, type: type.id, &bytes)
  }

  private func write(attribute name: String, type: hid_t, _ value: UnsafeRawPointer) throws {
    let space = try HDF5Handle(H5Screate(H5S_SCALAR), close: H5Sclose)
    let attribute = try HDF5Handle(
      H5Acreate2(id, name, type, space.id, hdf5_default(), hdf5_default()), close: H5Aclose)
    try HDF5Failure.check(H5Awrite(attribute.id, type, value))
  }

  func has(attribute name: String) -> Bool { H5Aexists(id, name) > 0 }

  /// The value of an integer attribute; nil if it is not a single integer.
  func integer(attribute name: String) throws -> Int? {
    let attribute = try HDF5Handle(H5Aopen(id, name, hdf5_default()), close: H5Aclose)
    let space = try HDF5Handle(H5Aget_space(attribute.id), close: H5Sclose)
    let type = try HDF5Handle(H5Aget_type(attribute.id), close: H5Tclose)
    guard H5Tget_class(type.id) == H5T_INTEGER, H5Sget_simple_extent_npoints(space.id) == 1 else {
      return nil
    }
    var value: Int64 = 0
    try HDF5Failure.check(H5Aread(attribute.id, hdf5_native_int64(), &value))
    return Int(value)
  }

  /// The value of a fixed-length string attribute; empty if it is something else.
  func text(attribute name: String) throws -> String {
    let attribute = try HDF5Handle(H5Aopen(id, name, hdf5_default()), close: H5Aclose)
    let type = try HDF5Handle(H5Aget_type(attribute.id), close: H5Tclose)
    guard H5Tget_class(type.id) == H5T_STRING, H5Tis_variable_str(type.id) == 0,
      H5Tget_size(type.id) <= 1 << 16, H5Aget_storage_size(attribute.id) == H5Tget_size(type.id)
    else { return "" }
    var bytes = [UInt8](repeating: 0, count: H5Tget_size(type.id))
    try HDF5Failure.check(H5Aread(attribute.id, type.id, &bytes))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes a string as a dataset, since attributes are limited in length.
  func write(text: String, named name: String) throws {
    let type = try Self.textType(text.utf8.count)
    let space = try HDF5Handle(H5Screate(H5S_SCALAR), close: H5Sclose)
    let creation = try HDF5Handle(H5Pcreate(hdf5_dataset_creation()), close: H5Pclose)
    try HDF5Failure.check(H5Pset_obj_track_times(creation.id, false))
    let dataset = try HDF5Handle(
      H5Dcreate2(id, name, type.id, space.id, hdf5_default(), creation.id, hdf5_default()),
      close: H5Dclose)
    let bytes = Array(text.utf8) + [0]
    try HDF5Failure.check(
      H5Dwrite(
        dataset.id, type.id, hdf5_whole_dataspace(), hdf5_whole_dataspace(), hdf5_default(), bytes))
  }

  private static func textType(_ length: Int) throws -> HDF5Handle {
    let type = try HDF5Handle(H5Tcopy(hdf5_c_string()), close: H5Tclose)
    try HDF5Failure.check(H5Tset_size(type.id, max(length, 1)))
    try HDF5Failure.check(H5Tset_cset(type.id, H5T_CSET_UTF8))
    return type
  }
}
