@_spi(Flambeau) import ArrayFiles
@_spi(Flambeau) import Files
import Foundation
import Tensors

/// A file written by `torch.save`: a tree of values, some of which are tensors. A tensor's key is
/// its path in the tree, joined by dots.
struct PyTorchFile {
  let path: String
  let limits: ReadingLimits
  let values: [PickleValue]
  let root: PickleValue.Place
  private let storages: PyTorchStorages
  /// The number of references to values from containers.
  private let heldCount: Int
  private let budget: MemoryBudget

  init(_ path: String, limits: ReadingLimits) throws {
    (self.path, self.limits) = (path, limits)
    let file = try MappedFile(path)
    budget = MemoryBudget(limits, path: path, fileSize: file.size)
    let start = try file.bytes(0..<min(512, file.size))
    do {
      if PyTorchStorages.isLegacy(start) {
        (values, root, storages) = try PyTorchStorages.open(legacy: path, limits: limits)
      } else if start.dropFirst(257).starts(with: "ustar".utf8) {
        throw SerializationError.unsupported(
          path: path, tensor: nil,
          reason: "it is in the format of PyTorch before 0.1.10; save it again with a later one")
      } else if start.starts(with: [0x80]) {
        throw SerializationError.unsupported(
          path: path, tensor: nil, reason: "it is a pickle, but not one of torch.save's")
      } else {
        (values, root, storages) = try PyTorchStorages.open(archive: path, limits: limits)
      }
    } catch let failure as PickleFailure {
      throw Self.error(failure, path)
    }
    heldCount = values.reduce(0) { count, value in
      switch value {
      case .dictionary(let entries): count + entries.count
      case .list(let elements), .tuple(let elements): count + elements.count
      default: count
      }
    }
  }

  /// Charges the memory budget for paths to the file's values. Containers that share others, which
  /// share others, can have exponentially many paths; those beyond the number of references cost
  /// more.
  func take(paths: Int, after before: Int) throws {
    let plain = max(0, min(paths, heldCount - before))
    let (bytes, overflow) = (paths - plain).multipliedReportingOverflow(by: 4096)
    try budget.take(overflow ? .max : 64 * plain, for: "all paths to its values")
    try budget.take(overflow ? .max : bytes, for: "all paths to its values")
  }

  private static func error(_ failure: PickleFailure, _ path: String) -> SerializationError {
    failure.isRefused
      ? .refused(path: path, reason: failure.reason)
      : .notAStateDict(path: path, reason: failure.reason)
  }

  // MARK: Tensors by path

  /// The contents for ``inspect(_:format:limits:)``.
  var contents: FileSummary.Contents {
    get throws {
      var contents = FileSummary.Contents(entries: [])
      for (key, place) in try tensors().found {
        switch values[place] {
        case .tensor(let tensor):
          try check(tensor, key)
          contents.entries.append(
            FileSummary.Entry(key: key, shape: tensor.shape, dtype: tensor.type.dtype))
        case .unsupported(let kind): contents.others.append(.init(key: key, reason: kind))
        default: break
        }
      }
      return contents
    }
  }

  func read(keys: Set<String>?) throws -> StateDict {
    let (found, isEmpty) = try tensors()
    if keys == nil, found.isEmpty, !isEmpty {
      throw SerializationError.notAStateDict(path: path, reason: "there are no tensors in it")
    }
    var cache = StorageCache()
    var state = StateDict()
    for (key, place) in found where keys?.contains(key) ?? true {
      guard state.updateValue(try tensor(place, key, &cache), forKey: key) == nil else {
        throw SerializationError.sameKey(key, path: path)
      }
    }
    return state
  }

  /// All tensors and their keys, including unsupported ones, and whether the tree is empty.
  private func tensors() throws -> (found: [(key: String, place: PickleValue.Place)], Bool) {
    if case .tensor = values[root] {
      throw SerializationError.notAStateDict(
        path: path, reason: "it is a single tensor; loadValue(_:) reads it")
    }
    var walk = Walk()
    try collect(root, prefix: "", &walk)
    guard let parts = try parts(of: root) else {
      throw SerializationError.notAStateDict(path: path, reason: "it is not a dictionary")
    }
    return (walk.found, parts.isEmpty)
  }

  /// The state of a traversal of all values.
  private struct Walk {
    var found: [(key: String, place: PickleValue.Place)] = []
    /// The containers around the current value.
    var around: Set<PickleValue.Place> = []
    /// The number of paths so far.
    var count = 0
  }

  private func collect(
    _ place: PickleValue.Place, prefix: String, _ walk: inout Walk
  ) throws {
    guard let parts = try parts(of: place) else { return }
    try enter(place, &walk.around)
    defer { walk.around.remove(place) }
    for (name, part) in parts {
      try take(paths: 1, after: walk.count)
      walk.count += 1
      switch values[part] {
      case .tensor, .unsupported:
        let key = prefix + name()
        try budget.take(key.utf8.count, for: "all paths to its values")
        walk.found.append((key, part))
      case .dictionary, .list, .tuple:
        let inner = "\(prefix)\(name())."
        try budget.take(inner.utf8.count, for: "all paths to its values")
        try collect(part, prefix: inner, &walk)
      default: break
      }
    }
  }

  /// Adds a container to those around the current value. Throws if it contains itself, or is too
  /// deep.
  func enter(_ place: PickleValue.Place, _ around: inout Set<PickleValue.Place>) throws {
    guard around.insert(place).inserted else {
      throw SerializationError.refused(path: path, reason: "a value in it contains itself")
    }
    try checkDepth(around.count)
  }

  /// - Throws: `SerializationError.limitExceeded` if the depth exceeds the limit.
  func checkDepth(_ depth: Int) throws {
    // Some thousands of nested values would overflow the stack, whatever the limits allow.
    guard depth <= min(limits.depth, 2000) else {
      throw SerializationError.limitExceeded(
        path: path,
        reason: "more than \(min(limits.depth, 2000)) of its values are nested; a larger "
          + "`depth` of ReadingLimits allows that")
    }
  }

  /// The elements of a container with their names; nil if the value is not a container.
  func parts(
    of place: PickleValue.Place
  ) throws -> [(name: () -> String, place: PickleValue.Place)]? {
    switch values[place] {
    case .dictionary(let entries):
      return entries.map { key, value in ({ self.name(key) }, value) }
    case .list(let elements), .tuple(let elements):
      return elements.enumerated().map { index, value in ({ "\(index)" }, value) }
    default: return nil
    }
  }

  private func name(_ key: PickleValue.Place) -> String {
    switch values[key] {
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .bool(let bool): bool ? "True" : "False"
    case .none: "None"
    case .number(let number): "\(number)"
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    default: "?"
    }
  }

  // MARK: Elements

  /// The storages that were read, which tensors may share.
  struct StorageCache {
    fileprivate var tensors: [String: Tensor] = [:]
    /// The storages whose memory a tensor has taken over.
    fileprivate var taken: Set<ObjectIdentifier> = []
  }

  private func check(_ tensor: PickleTensor, _ key: String) throws {
    guard tensor.fits else {
      throw SerializationError.damaged(
        path: path, tensor: key, reason: "it does not fit into its storage")
    }
  }

  /// A tensor with memory of its own, even if tensors in the file share a storage.
  func tensor(
    _ place: PickleValue.Place, _ key: String, _ cache: inout StorageCache
  ) throws -> Tensor {
    if case .unsupported(let kind) = values[place] {
      throw SerializationError.unsupported(
        path: path, tensor: key, reason: "\(kind), which is not supported")
    }
    guard case .tensor(let own) = values[place] else {
      throw SerializationError.notAStateDict(path: path, reason: "“\(key)” is not a tensor")
    }
    try check(own, key)
    let dtype = own.type.dtype
    let count = dtype.byteCount(of: own.shape)! / dtype.itemSize
    guard count > 0 else { return .empty(own.shape, dtype: dtype) }
    let storage = try storage(of: own, &cache)
    let view = storage.asStrided(own.shape, own.strides, storageOffset: own.offset)
    if own.offset == 0, view.isContiguous, count == storage.numel, !own.isNegative,
      cache.taken.insert(ObjectIdentifier(storage)).inserted
    {
      return storage.reshape(own.shape)
    }
    try budget.take(count * dtype.itemSize, for: "“\(key)” of the shape \(own.shape)")
    return own.isNegative ? -view : view.contiguous().clone()
  }

  private func storage(of tensor: PickleTensor, _ cache: inout StorageCache) throws -> Tensor {
    let name = "\(tensor.storage.key) \(tensor.type) \(tensor.storage.start)"
    if let known = cache.tensors[name] { return known }
    do {
      let storage = try storages.elements(of: tensor)
      cache.tensors[name] = storage
      return storage
    } catch let failure as PickleFailure {
      throw Self.error(failure, path)
    }
  }
}
