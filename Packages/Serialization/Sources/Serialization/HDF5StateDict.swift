@_spi(Flambeau) import ArrayFiles
import CHDF5
@_spi(Flambeau) import Files
import Foundation
import Support
@_spi(Flambeau) import Tensors

/// The layout of a state dict in an HDF5 file.
///
/// Groups correspond to the dots of the keys, and each tensor is a dataset: `layers.0.weight` is
/// the dataset `layers/0/weight`. Its attribute `index` is its position in the dict. The root's
/// attributes `format`, `version` and `flambeau_version` identify the file. Metadata are strings in
/// the group `__metadata__`. A ``Seal`` at the end has the offsets and checksums; version 1 had
/// none.
enum HDF5StateDict {
  static let name = "flambeau.state_dict"
  static let version = 2
  static let metadataGroup = "__metadata__"

  // MARK: Writing

  /// - Parameter state: contiguous tensors on the CPU.
  static func write(
    _ state: StateDict, to path: String, compression: Int, metadata: [String: String]
  ) throws {
    try checkNames(Array(state.keys))
    var parts: [Seal.Part] = []
    // libhdf5 crashes if it cannot write, so there must be room on the disk for all that it writes:
    // the data, the metadata of each tensor, and its own tables.
    let data = state.values.reduce(0) { $0 + $1.bytes.count }
    let texts = metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
    try checkRoom(for: data + 4096 * (state.count + metadata.count) + texts + 1 << 16, in: path)
    try HDF5.locked {
      let creation = try HDF5Handle(H5Pcreate(hdf5_file_creation()), close: H5Pclose)
      try HDF5Failure.check(H5Pset_link_creation_order(creation.id, hdf5_ordered()))
      try HDF5Failure.check(H5Pset_userblock(creation.id, hsize_t(Seal.blockSize)))
      // Aligned, so that data can be memory-mapped.
      let access = try HDF5Handle(H5Pcreate(hdf5_file_access()), close: H5Pclose)
      try HDF5Failure.check(H5Pset_alignment(access.id, 1 << 10, 64))
      let file = try HDF5Handle(
        H5Fcreate(path, hdf5_truncate(), creation.id, access.id), close: H5Fclose)
      try file.write(attribute: "format", name)
      try file.write(attribute: "version", version)
      try file.write(attribute: "flambeau_version", flambeauVersion)
      var groups: [[UInt8]: HDF5Handle] = [:]
      for (index, (key, tensor)) in state.enumerated() {
        let names = names(of: key)
        let parent = try group(names.dropLast(), in: file, &groups)
        parts.append(
          try write(
            tensor, key, named: names.last!, index: index, in: parent, compression: compression))
      }
      if !metadata.isEmpty {
        let group = try group([metadataGroup], in: file, &groups)
        for (key, text) in metadata.sorted(by: { $0.key < $1.key }) {
          guard !key.isEmpty, !key.contains("/"), !text.contains("\0") else {
            throw SerializationError.invalidKey(key)
          }
          try group.write(text: text, named: key)
        }
      }
      try HDF5Failure.check(H5Fflush(file.id, H5F_SCOPE_GLOBAL))
    }
    try ByteWriter(path, at: 0).write(Seal.block)
    // Plain data is written without libhdf5, which has allocated space for it in the file.
    try checkRoom(for: parts.flatMap(\.extents).map { $0[0] + $0[1] }.max() ?? 0, in: path)
    try Files.write(
      parts.filter { $0.isPlain && $0.extents[0][1] > 0 }.map { part in
        (part.extents[0][0], state[part.key]!.bytes)
      }, to: path)
    var seal = Seal(version: version, parts: parts, metadata: metadata)
    try seal.append(to: path, plain: state)
  }

  private static func names(of key: String) -> [String] {
    key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
  }

  /// Throws if a key cannot be a name in HDF5, or would be both a dataset and a group.
  private static func checkNames(_ keys: [String]) throws {
    let all = Set(keys.map { Array($0.utf8) })
    for key in keys {
      let names = names(of: key)
      guard
        names.allSatisfy({ !$0.isEmpty && $0 != "." && !$0.contains("/") && !$0.contains("\0") }),
        names[0] != metadataGroup
      else { throw SerializationError.invalidKey(key) }
      for count in 1..<max(names.count, 1) {
        let group = names[..<count].joined(separator: ".")
        guard !all.contains(Array(group.utf8)) else {
          throw WriteFailure(
            reason: "in HDF5, “\(group)” cannot be a tensor and hold “\(key)” as well; safetensors "
              + "and .pt can have both")
        }
      }
    }
  }

  /// The group with the given path, which is created if it does not exist.
  private static func group(
    _ names: ArraySlice<String>, in file: HDF5Handle, _ groups: inout [[UInt8]: HDF5Handle]
  ) throws -> HDF5Handle {
    guard let last = names.last else { return file }
    // By its bytes, since strings are equal if they differ only in Unicode normalization.
    let path = Array(names.joined(separator: "/").utf8)
    if let known = groups[path] { return known }
    let parent = try group(names.dropLast(), in: file, &groups)
    let creation = try HDF5Handle(H5Pcreate(hdf5_group_creation()), close: H5Pclose)
    try HDF5Failure.check(H5Pset_link_creation_order(creation.id, hdf5_ordered()))
    let made = try HDF5Handle(
      H5Gcreate2(parent.id, last, hdf5_default(), creation.id, hdf5_default()), close: H5Gclose)
    groups[path] = made
    return made
  }

  private static func write(
    _ tensor: Tensor, _ key: String, named name: String, index: Int, in group: HDF5Handle,
    compression: Int
  ) throws -> Seal.Part {
    let type = try HDF5.storedType(of: tensor.dtype)
    let space = try HDF5Handle(
      H5Screate_simple(Int32(tensor.ndim), tensor.shape.map { hsize_t($0) }, nil), close: H5Sclose)
    let creation = try HDF5Handle(H5Pcreate(hdf5_dataset_creation()), close: H5Pclose)
    // Without time stamps, so that files are reproducible.
    try HDF5Failure.check(H5Pset_obj_track_times(creation.id, false))
    let isCompressed = compression > 0 && tensor.ndim > 0 && tensor.numel > 0
    if !isCompressed {
      try HDF5Failure.check(H5Pset_alloc_time(creation.id, H5D_ALLOC_TIME_EARLY))
      try HDF5Failure.check(H5Pset_fill_time(creation.id, H5D_FILL_TIME_NEVER))
    }
    if isCompressed {
      let chunk = chunkShape(tensor).map { hsize_t($0) }
      try HDF5Failure.check(H5Pset_chunk(creation.id, Int32(chunk.count), chunk))
      try HDF5Failure.check(H5Pset_shuffle(creation.id))
      try HDF5Failure.check(H5Pset_deflate(creation.id, UInt32(compression)))
    }
    let dataset = try HDF5Handle(
      H5Dcreate2(group.id, name, type.id, space.id, hdf5_default(), creation.id, hdf5_default()),
      close: H5Dclose)
    if isCompressed {
      try HDF5Failure.check(
        H5Dwrite(
          dataset.id, type.id, hdf5_whole_dataspace(), hdf5_whole_dataspace(), hdf5_default(),
          tensor.bytes.baseAddress!))
    }
    try dataset.write(attribute: "index", index)
    if tensor.dtype == .bfloat16 { try dataset.write(attribute: "dtype", "bfloat16") }
    return Seal.Part(
      key: key, dtype: "\(tensor.dtype)", shape: tensor.shape,
      extents: try isCompressed
        ? chunks(of: dataset)
        : [[tensor.numel > 0 ? Int(H5Dget_offset(dataset.id)) : 0, tensor.bytes.count]],
      isPlain: !isCompressed)
  }

  /// The shape of chunks of about 1 MiB, larger ones if there would be more than some thousands.
  private static func chunkShape(_ tensor: Tensor) -> [Int] {
    var chunk = tensor.shape
    let limit = max(1 << 20, tensor.bytes.count / 4096)
    while chunk.reduce(tensor.dtype.itemSize, *) > limit {
      let dim = chunk.firstIndex { $0 > 1 }!
      chunk[dim] = (chunk[dim] + 1) / 2
    }
    return chunk
  }

  private static func chunks(of dataset: HDF5Handle) throws -> [[Int]] {
    try HDF5Failure.check(H5Dflush(dataset.id))
    let space = try HDF5Handle(H5Dget_space(dataset.id), close: H5Sclose)
    var count: hsize_t = 0
    try HDF5Failure.check(H5Dget_num_chunks(dataset.id, space.id, &count))
    return try (0..<count).map { index in
      var (offset, mask, address, size) = (
        [hsize_t](repeating: 0, count: 32), UInt32(0), haddr_t(0), hsize_t(0)
      )
      try HDF5Failure.check(
        H5Dget_chunk_info(dataset.id, space.id, index, &offset, &mask, &address, &size))
      return [Int(address), Int(size)]
    }
  }

  // MARK: Reading

  static func read(
    _ path: String, keys: Set<String>?, limits: ReadingLimits
  ) throws -> StateDict {
    let file = try MappedFile(path)
    guard let seal = try Seal(of: file) else {
      return try HDF5Tree.read(path, keys: keys, limits: limits)
    }
    let entries = try seal.entries(in: path)
    let chosen = entries.indices.filter { keys?.contains(entries[$0].key) ?? true }
    func damaged(_ place: Int) -> SerializationError {
      .damaged(
        path: path, tensor: entries[place].key, reason: "its data has changed since it was written")
    }
    let places = chosen.filter { seal.parts[$0].isPlain }
    let mapped = try places.map { place in
      try file.tensor(
        at: seal.parts[place].extents[0][0], entries[place].shape, .plain(entries[place].dtype))
    }
    for (place, sum) in zip(places, Checksum.all(mapped.map(\.bytes))) {
      guard Checksum.text(sum) == seal.parts[place].sum else { throw damaged(place) }
    }
    let plain = StateDict(uniqueKeysWithValues: zip(places.map { entries[$0].key }, mapped))
    let packed = chosen.filter { !seal.parts[$0].isPlain }
    guard !packed.isEmpty else { return plain }
    for place in packed {
      guard try seal.sum(of: seal.parts[place], in: file) == seal.parts[place].sum else {
        throw damaged(place)
      }
    }
    let unpacked = try HDF5Tree.read(
      path, keys: Set(packed.map { entries[$0].key }), limits: limits)
    return StateDict(
      uniqueKeysWithValues: try chosen.map { place in
        let entry = entries[place]
        guard let tensor = plain[entry.key] ?? unpacked[entry.key], tensor.shape == entry.shape,
          tensor.dtype == entry.dtype
        else { throw damaged(place) }
        return (entry.key, tensor)
      })
  }

  static func inspect(
    _ path: String, limits: ReadingLimits
  ) throws -> FileSummary.Contents {
    if let seal = try Seal(of: MappedFile(path)) {
      return .init(entries: try seal.entries(in: path), metadata: seal.metadata)
    }
    let (entries, others) = try HDF5Tree.inspect(path, limits: limits)
    return .init(entries: entries, others: others)
  }
}
