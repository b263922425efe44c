@_spi(Flambeau) import ArrayFiles
import CHDF5
@_spi(Flambeau) import Files
import Foundation
import Tensors

/// The datasets in an HDF5 file of any origin, as a state dict: `a/b` is the key `a.b`.
///
/// What refers to other files or to other places in this one is refused.
struct HDF5Tree {
  private let path: String
  private let fileSize: Int
  private var found: [(index: Int, key: String, dataset: HDF5Handle, entry: FileSummary.Entry)] = []
  private var seen: Set<UInt64> = []

  /// - Parameters:
  ///   - keys: which to read; all if nil.
  ///   - isSealed: whether the file is known to be as Flambeau wrote it.
  static func read(
    _ path: String, keys: Set<String>?, isSealed: Bool = false
  ) throws -> (state: StateDict, entries: [FileSummary.Entry]) {
    try HDF5.locked {
      if !isSealed, !hdf5_survives(path, nil, 120) {
        throw HDF5Failure(reason: "libhdf5 crashes on it, or does not come to an end")
      }
      let file = try HDF5Handle(H5Fopen(path, hdf5_read_only(), hdf5_default()), close: H5Fclose)
      var tree = HDF5Tree(path: path, fileSize: try MappedFile(path).size)
      if !isSealed { try tree.checkVersion(of: file) }
      try tree.collect(file, prefix: "", depth: 0)
      // In the order that Flambeau notes, or else as they were found.
      tree.found.sort { $0.index < $1.index }
      var state = StateDict()
      for (_, key, dataset, entry) in tree.found where keys?.contains(key) ?? true {
        guard state.updateValue(try tree.tensor(dataset, entry), forKey: key) == nil else {
          throw HDF5Failure(reason: "two datasets have the key “\(key)”")
        }
      }
      return (state, tree.found.map(\.entry))
    }
  }

  static func inspect(_ path: String) throws -> ([FileSummary.Entry], [String: String]) {
    (try read(path, keys: []).entries, [:])
  }

  private init(path: String, fileSize: Int) {
    (self.path, self.fileSize) = (path, fileSize)
  }

  private func checkVersion(of file: HDF5Handle) throws {
    guard file.has(attribute: "format"), try file.text(attribute: "format") == HDF5StateDict.name
    else { return }
    let version = try file.integer(attribute: "version")
    guard version <= HDF5StateDict.version else {
      throw SerializationError.newerVersion(path: path, version: version)
    }
  }

  private mutating func collect(_ group: HDF5Handle, prefix: String, depth: Int) throws {
    guard depth < 64, seen.insert(hdf5_address(group.id)).inserted else {
      throw SerializationError.refused(
        path: path, reason: "the group “\(prefix)” holds itself, or too many in each other")
    }
    var info = H5G_info_t()
    try HDF5Failure.check(H5Gget_info(group.id, &info))
    for place in 0..<info.nlinks {
      let name = try linkName(place, of: group)
      guard hdf5_link_is_hard(group.id, name) else {
        throw SerializationError.refused(
          path: path, reason: "“\(prefix + name)” is a link to another place")
      }
      if prefix.isEmpty, name == "__metadata__" { continue }
      let object = try HDF5Handle(H5Oopen(group.id, name, hdf5_default()), close: H5Oclose)
      switch H5Iget_type(object.id) {
      case H5I_GROUP: try collect(object, prefix: prefix + name + ".", depth: depth + 1)
      case H5I_DATASET:
        let key = prefix + name
        let index =
          object.has(attribute: "index") ? try object.integer(attribute: "index") : found.count
        found.append((index, key, object, try entry(key, object)))
      default:
        throw HDF5Failure(reason: "\(prefix + name) is neither a group nor a dataset")
      }
    }
  }

  private func linkName(_ place: hsize_t, of group: HDF5Handle) throws -> String {
    func read(_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
      H5Lget_name_by_idx(
        group.id, ".", H5_INDEX_NAME, H5_ITER_INC, place, buffer, size, hdf5_default())
    }
    let length = read(nil, 0)
    guard length > 0, length < 1 << 16 else { throw HDF5Failure(reason: HDF5.lastError()) }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) { buffer in
      _ = read(buffer.baseAddress, length + 1)
      return String(cString: buffer.baseAddress!)
    }
  }

  private func entry(_ key: String, _ dataset: HDF5Handle) throws -> FileSummary.Entry {
    guard hdf5_data_is_inside(dataset.id) else {
      throw SerializationError.refused(path: path, reason: "the data of “\(key)” is in other files")
    }
    let shape = try HDF5.shape(of: dataset)
    let type = try HDF5Handle(H5Dget_type(dataset.id), close: H5Tclose)
    let note = dataset.has(attribute: "dtype") ? try dataset.text(attribute: "dtype") : ""
    let isBFloat16 = note == "bfloat16" && H5Tget_size(type.id) == 2
    guard let dtype = isBFloat16 ? .bfloat16 : try HDF5.dtype(holding: type) else {
      throw HDF5Failure(reason: "the dataset “\(key)” is of a type that no tensor has")
    }
    // No allocation larger than the file can justify.
    guard let bytes = dtype.byteCount(of: shape), bytes <= fileSize * 1032 else {
      throw HDF5Failure(reason: "the dataset “\(key)” of shape \(shape) is not whole")
    }
    return FileSummary.Entry(key: key, shape: shape, dtype: dtype)
  }

  private func tensor(_ dataset: HDF5Handle, _ entry: FileSummary.Entry) throws -> Tensor {
    let tensor = Tensor.zeros(entry.shape, dtype: entry.dtype)
    guard tensor.numel > 0 else { return tensor }
    guard H5Dget_storage_size(dataset.id) > 0 else {
      throw HDF5Failure(reason: "the dataset “\(entry.key)” has no data")
    }
    let type = try HDF5.type(of: entry.dtype)
    try HDF5Failure.check(
      H5Dread(
        dataset.id, type.id, hdf5_whole_dataspace(), hdf5_whole_dataspace(), hdf5_default(),
        tensor.view.pointer))
    return tensor
  }
}
