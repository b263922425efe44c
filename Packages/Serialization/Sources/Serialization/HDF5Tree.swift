@_spi(Flambeau) import ArrayFiles
import CHDF5
@_spi(Flambeau) import Files
import Foundation
import Tensors

/// The datasets in an HDF5 file of any origin, as a state dict: `a/b` is the key `a.b`.
///
/// Links are followed within the file only.
final class HDF5Tree {
  private let path: String
  private let mapped: MappedFile
  private var fileSize: Int { mapped.size }
  private let limits: ReadingLimits
  private var found: [(index: Int, key: String, dataset: HDF5Handle, entry: FileSummary.Entry)] = []
  /// Objects that are not tensors, and links out of the file.
  private var others: [(key: String, error: SerializationError)] = []
  private var isFlambeaus = false
  /// The maximum number of further objects. Groups that are linked repeatedly could take
  /// exponential time.
  private var objectsLeft: Int
  /// The addresses of the groups around the current one.
  private var around: Set<UInt64> = []

  /// - Parameter keys: keys of the tensors to read; nil for all.
  static func read(
    _ path: String, keys: Set<String>?, limits: ReadingLimits
  ) throws -> StateDict {
    try opened(path, limits) { tree in try tree.state(keys) }
  }

  static func inspect(
    _ path: String, limits: ReadingLimits
  ) throws -> (entries: [FileSummary.Entry], others: [FileSummary.Other]) {
    try opened(path, limits) { tree in
      (tree.found.map(\.entry), tree.others.map { .init(key: $0.key, reason: $0.error.reason) })
    }
  }

  private static func opened<Result>(
    _ path: String, _ limits: ReadingLimits, _ body: (HDF5Tree) throws -> Result
  ) throws -> Result {
    let mapped = try MappedFile(path)
    return try HDF5.locked {
      let file = try HDF5.open(path, limits: limits, fileSize: mapped.size)
      let tree = HDF5Tree(path: path, mapped: mapped, limits: limits)
      try tree.checkVersion(of: file)
      try tree.collect(file, prefix: "", depth: 0)
      // In the order of the attribute `index`, or else as found.
      tree.found.sort { $0.index < $1.index }
      return try body(tree)
    }
  }

  private init(path: String, mapped: MappedFile, limits: ReadingLimits) {
    (self.path, self.mapped, self.limits) = (path, mapped, limits)
    objectsLeft = HDF5.objectLimit(mapped.size)
  }

  private func checkVersion(of file: HDF5Handle) throws {
    guard file.has(attribute: "format"), try file.text(attribute: "format") == HDF5StateDict.name
    else { return }
    isFlambeaus = true
    guard let version = try file.integer(attribute: "version") else {
      throw HDF5Failure(reason: "its version is not a number")
    }
    guard version <= HDF5StateDict.version else {
      throw SerializationError.newerVersion(path: path, version: version)
    }
  }

  // MARK: Finding

  private func collect(_ group: HDF5Handle, prefix: String, depth: Int) throws {
    let address = hdf5_address(group.id)
    guard around.insert(address).inserted else {
      return addOther(
        String(prefix.dropLast()),
        .refused(path: path, reason: "the group “\(prefix.dropLast())” contains itself"))
    }
    defer { around.remove(address) }
    // Some thousands of nested groups would overflow the stack, whatever the limits allow.
    let limit = min(limits.depth, 2000)
    guard depth <= limit else {
      throw SerializationError.limitExceeded(
        path: path,
        reason: "more than \(limit) groups are nested; a larger `depth` of "
          + "ReadingLimits allows that")
    }
    for (name, type) in try Self.links(of: group) {
      objectsLeft -= 1
      guard objectsLeft > 0 else {
        throw SerializationError.refused(
          path: path, reason: "it has more names for its objects than a file of its size can hold")
      }
      if prefix.isEmpty, name == HDF5StateDict.metadataGroup { continue }
      try add(prefix + name, try object(name, type, in: group, key: prefix + name), depth: depth)
    }
  }

  private func object(
    _ name: String, _ type: H5L_type_t, in group: HDF5Handle, key: String
  ) throws -> HDF5Handle? {
    func refuse(_ what: String) {
      addOther(key, .refused(path: path, reason: "“\(key)” is a link to \(what)"))
    }
    switch type {
    case H5L_TYPE_HARD: return try HDF5.object(name, in: group)
    case H5L_TYPE_SOFT:
      let object = try? HDF5.object(name, in: group)
      if object == nil { refuse("something that is not in the file") }
      return object
    default:
      refuse("another file")
      return nil
    }
  }

  private func add(_ key: String, _ object: HDF5Handle?, depth: Int) throws {
    guard let object else { return }
    switch H5Iget_type(object.id) {
    case H5I_GROUP: try collect(object, prefix: key + ".", depth: depth + 1)
    case H5I_DATASET:
      do {
        let entry = try entry(key, object)
        let index =
          isFlambeaus && object.has(attribute: "index")
          ? try object.integer(attribute: "index") : nil
        found.append((index ?? found.count, key, object, entry))
      } catch let error as SerializationError {
        addOther(key, error)
      } catch let failure as HDF5Failure {
        addOther(key, .damaged(path: path, tensor: key, reason: failure.reason))
      }
    // Named types hold no data.
    default: break
    }
  }

  private func addOther(_ key: String, _ error: SerializationError) {
    others.append((key, error))
  }

  /// The names in a group and the types of their links, ordered by name.
  private static func links(of group: HDF5Handle) throws -> [(name: String, type: H5L_type_t)] {
    var links: [(name: String, type: H5L_type_t)] = []
    try withUnsafeMutablePointer(to: &links) { links in
      try HDF5Failure.check(
        hdf5_each_link(
          group.id,
          { name, type, context in
            let links = context!.assumingMemoryBound(to: [(name: String, type: H5L_type_t)].self)
            links.pointee.append((String(cString: name), type))
            return true
          }, links))
    }
    return links
  }

  private func entry(_ key: String, _ dataset: HDF5Handle) throws -> FileSummary.Entry {
    if let refusal = HDF5.refusal(of: dataset) {
      throw SerializationError.refused(path: path, reason: "“\(key)”: \(refusal)")
    }
    let type = try HDF5Handle(H5Dget_type(dataset.id), close: H5Tclose)
    guard let element = try HDF5.element(of: type) else {
      throw SerializationError.unsupported(
        path: path, tensor: key,
        reason: "it holds \(HDF5.description(of: type)), which tensors cannot hold")
    }
    guard try !HDF5.isNull(dataset) else {
      throw SerializationError.unsupported(
        path: path, tensor: key, reason: "it was made without any elements")
    }
    let shape = try HDF5.shape(of: dataset)
    guard element.dtype.byteCount(of: shape) != nil else {
      throw SerializationError.damaged(
        path: path, tensor: key, reason: "no tensor can have its shape \(shape)")
    }
    let isNoted = element.dtype == .int32 && dataset.has(attribute: "dtype")
    let note = try isNoted ? dataset.text(attribute: "dtype") : ""
    return FileSummary.Entry(
      key: key, shape: shape,
      dtype: note == "bfloat16" && H5Tget_size(type.id) == 2 ? .bfloat16 : element.dtype)
  }

  // MARK: Reading

  private func state(_ keys: Set<String>?) throws -> StateDict {
    if let other = others.first(where: { keys?.contains($0.key) ?? true }) { throw other.error }
    let budget = MemoryBudget(limits, path: path, fileSize: fileSize)
    var state = StateDict()
    var readings: [(dataset: HDF5Handle, element: HDF5.Element, tensor: Tensor)] = []
    for (_, key, dataset, entry) in found where keys?.contains(key) ?? true {
      try budget.take(entry.byteCount, for: "“\(key)” of the shape \(entry.shape)")
      let element = try element(of: dataset, entry)
      let place = try HDF5.place(
        of: dataset, element, byteCount: entry.byteCount, fileSize: fileSize)
      let tensor =
        try place.map { try mapped.tensor(at: $0, entry.shape, element.stored) }
        ?? .empty(entry.shape, dtype: entry.dtype)
      guard state.updateValue(tensor, forKey: key) == nil else {
        throw SerializationError.sameKey(key, path: path)
      }
      if place == nil { readings.append((dataset, element, tensor)) }
    }
    try HDF5.read(readings)
    return state
  }

  private func element(of dataset: HDF5Handle, _ entry: FileSummary.Entry) throws -> HDF5.Element {
    let type = try HDF5Handle(H5Dget_type(dataset.id), close: H5Tclose)
    // Flambeau's own files store the bits of bfloat16 as integers, marked by an attribute.
    if entry.dtype == .bfloat16, H5Tget_class(type.id) == H5T_INTEGER {
      return try .bits(.bfloat16)
    }
    return try HDF5.element(of: type)!
  }
}
