@_spi(Flambeau) import ArrayFiles
import CHDF5
import Foundation
import Tensors

/// How a state dict lies in an HDF5 file.
///
/// Groups follow the dots of the keys, and each tensor is a dataset: `layers.0.weight` is the dataset
/// `layers/0/weight`. Its attribute `index` is its place in the dict. The root's attributes `format`
/// and `version` say what the file is.
enum StateDictFormat {
  static let name = "flambeau.state_dict"
  static let version = 1

  static func write(_ state: StateDict, to path: String) throws {
    // Nested groups share their parents: what is made once is kept until all is written.
    let creation = try HDF5Handle(H5Pcreate(hdf5_file_creation()), close: H5Pclose)
    try HDF5Failure.check(H5Pset_link_creation_order(creation.id, hdf5_ordered()))
    let file = try HDF5Handle(
      H5Fcreate(path, hdf5_truncate(), creation.id, hdf5_default()), close: H5Fclose)
    try writeAttribute("format", name, of: file)
    try writeAttribute("version", version, of: file)
    for (index, entry) in state.enumerated() {
      let parts = entry.key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard parts.allSatisfy({ !$0.isEmpty && !$0.contains("/") && !$0.contains("\0") }) else {
        throw SerializationError.invalidKey(entry.key)
      }
      var parent = file
      for part in parts.dropLast() { parent = try group(part, in: parent) }
      try write(entry.value, named: parts.last!, index: index, in: parent)
    }
  }

  static func read(from path: String, device: Device) throws -> StateDict {
    let file = try HDF5Handle(H5Fopen(path, hdf5_read_only(), hdf5_default()), close: H5Fclose)
    guard H5Aexists(file.id, "format") > 0, try readText("format", of: file) == name else {
      throw HDF5Failure(reason: "it is HDF5, but lacks the attribute format = \(name)")
    }
    let version = try readInteger("version", of: file)
    guard version <= self.version else {
      throw SerializationError.newerVersion(path: path, version: version)
    }
    var entries: [(index: Int, key: String, tensor: Tensor)] = []
    try readGroup(file, prefix: "", into: &entries, device: device)
    entries.sort { $0.index < $1.index }
    return StateDict(entries.map { ($0.key, $0.tensor) }, uniquingKeysWith: { first, _ in first })
  }
}

// MARK: Groups

extension StateDictFormat {
  private static func group(_ name: String, in parent: HDF5Handle) throws -> HDF5Handle {
    if H5Lexists(parent.id, name, hdf5_default()) > 0 {
      return try HDF5Handle(H5Gopen2(parent.id, name, hdf5_default()), close: H5Gclose)
    }
    let creation = try HDF5Handle(H5Pcreate(hdf5_group_creation()), close: H5Pclose)
    try HDF5Failure.check(H5Pset_link_creation_order(creation.id, hdf5_ordered()))
    return try HDF5Handle(
      H5Gcreate2(parent.id, name, hdf5_default(), creation.id, hdf5_default()), close: H5Gclose)
  }

  private static func readGroup(
    _ group: HDF5Handle, prefix: String,
    into entries: inout [(index: Int, key: String, tensor: Tensor)],
    device: Device
  ) throws {
    var info = H5G_info_t()
    try HDF5Failure.check(H5Gget_info(group.id, &info))
    for place in 0..<info.nlinks {
      let name = try linkName(place, of: group)
      let object = try HDF5Handle(H5Oopen(group.id, name, hdf5_default()), close: H5Oclose)
      switch H5Iget_type(object.id) {
      case H5I_GROUP:
        try readGroup(object, prefix: prefix + name + ".", into: &entries, device: device)
      case H5I_DATASET:
        entries.append(
          (
            try readInteger("index", of: object), prefix + name,
            try readTensor(object, device: device)
          ))
      default:
        throw HDF5Failure(reason: "\(prefix + name) is neither a group nor a dataset")
      }
    }
  }

  private static func linkName(_ place: hsize_t, of group: HDF5Handle) throws -> String {
    func read(_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
      H5Lget_name_by_idx(
        group.id, ".", H5_INDEX_NAME, H5_ITER_INC, place, buffer, size, hdf5_default())
    }
    let length = read(nil, 0)
    guard length > 0 else { throw HDF5Failure(reason: HDF5.lastError()) }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) { buffer in
      _ = read(buffer.baseAddress, length + 1)
      return String(cString: buffer.baseAddress!)
    }
  }
}

// MARK: Tensors

extension StateDictFormat {
  private static func write(
    _ tensor: Tensor, named name: String, index: Int, in group: HDF5Handle
  ) throws {
    let source = tensor.to(.cpu).detach().contiguous()
    let type = try HDF5.type(of: source.dtype)
    let space = try HDF5Handle(
      H5Screate_simple(Int32(source.ndim), source.shape.map { hsize_t($0) }, nil), close: H5Sclose)
    let dataset = try HDF5Handle(
      H5Dcreate2(
        group.id, name, type.id, space.id, hdf5_default(), hdf5_default(), hdf5_default()),
      close: H5Dclose)
    if source.numel > 0 {
      try HDF5Failure.check(
        H5Dwrite(
          dataset.id, type.id, hdf5_whole_dataspace(), hdf5_whole_dataspace(), hdf5_default(),
          source.view.pointer))
    }
    try writeAttribute("index", index, of: dataset)
    if source.dtype == .bfloat16 { try writeAttribute("dtype", "bfloat16", of: dataset) }
  }

  private static func readTensor(_ dataset: HDF5Handle, device: Device) throws -> Tensor {
    let shape = try HDF5.shape(of: dataset)
    let stored = try HDF5Handle(H5Dget_type(dataset.id), close: H5Tclose)
    guard
      let (dtype, type) = try DType.allCases.lazy.map({ ($0, try HDF5.type(of: $0)) }).first(
        where: {
          H5Tequal($0.1.id, stored.id) > 0
        })
    else {
      throw HDF5Failure(reason: "a dataset is of a type that no tensor has")
    }
    if dtype == .bfloat16 {
      guard H5Aexists(dataset.id, "dtype") > 0, try readText("dtype", of: dataset) == "bfloat16"
      else {
        throw HDF5Failure(reason: "a dataset is of 16-bit whole numbers, which no tensor has")
      }
    }
    // No allocation larger than the file can justify.
    let bytes = shape.reduce(dtype.itemSize) { $0.multipliedReportingOverflow(by: $1).partialValue }
    guard shape.isEmpty || shape.contains(0) || H5Dget_storage_size(dataset.id) == bytes else {
      throw HDF5Failure(reason: "a dataset of shape \(shape) is not whole")
    }
    let tensor = Tensor.zeros(shape, dtype: dtype)
    if tensor.numel > 0 {
      try HDF5Failure.check(
        H5Dread(
          dataset.id, type.id, hdf5_whole_dataspace(), hdf5_whole_dataspace(), hdf5_default(),
          tensor.view.pointer))
    }
    return tensor.to(device)
  }
}

// MARK: Attributes

extension StateDictFormat {
  private static func writeAttribute(_ name: String, _ value: Int, of object: HDF5Handle) throws {
    var value = Int64(value)
    try writeAttribute(name, type: hdf5_native_int64(), &value, of: object)
  }

  private static func writeAttribute(_ name: String, _ text: String, of object: HDF5Handle) throws {
    let type = try HDF5Handle(H5Tcopy(hdf5_c_string()), close: H5Tclose)
    try HDF5Failure.check(H5Tset_size(type.id, text.utf8.count))
    var bytes = Array(text.utf8)
    try writeAttribute(name, type: type.id, &bytes, of: object)
  }

  private static func writeAttribute(
    _ name: String, type: hid_t, _ value: UnsafeRawPointer, of object: HDF5Handle
  ) throws {
    let space = try HDF5Handle(H5Screate(H5S_SCALAR), close: H5Sclose)
    let attribute = try HDF5Handle(
      H5Acreate2(object.id, name, type, space.id, hdf5_default(), hdf5_default()), close: H5Aclose)
    try HDF5Failure.check(H5Awrite(attribute.id, type, value))
  }

  private static func readInteger(_ name: String, of object: HDF5Handle) throws -> Int {
    let attribute = try HDF5Handle(
      H5Aopen(object.id, name, hdf5_default()), close: H5Aclose)
    var value: Int64 = 0
    try HDF5Failure.check(H5Aread(attribute.id, hdf5_native_int64(), &value))
    return Int(value)
  }

  private static func readText(_ name: String, of object: HDF5Handle) throws -> String {
    let attribute = try HDF5Handle(
      H5Aopen(object.id, name, hdf5_default()), close: H5Aclose)
    let type = try HDF5Handle(H5Aget_type(attribute.id), close: H5Tclose)
    guard H5Tget_class(type.id) == H5T_STRING, H5Tis_variable_str(type.id) == 0 else { return "" }
    var bytes = [UInt8](repeating: 0, count: H5Tget_size(type.id))
    try HDF5Failure.check(H5Aread(attribute.id, type.id, &bytes))
    return String(decoding: bytes, as: UTF8.self)
  }
}
