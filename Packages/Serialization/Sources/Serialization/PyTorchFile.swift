@_spi(Flambeau) import ArrayFiles
@_spi(Flambeau) import Files
import Foundation
import Tensors

/// What `torch.save` writes of a state dict: a zip archive with a pickle, `data.pkl`, and each storage's
/// bytes, `data/0` and so on, in one folder.
///
/// Dictionaries in dictionaries are read as keys with dots.
struct PyTorchFile {
  let entries: [FileSummary.Entry]
  private let archive: ZipArchive
  private let folder: String
  private let tensors: [PickleTensor]

  static let storages: [String: DType] = [
    "FloatStorage": .float32, "DoubleStorage": .float64, "HalfStorage": .float16,
    "BFloat16Storage": .bfloat16, "LongStorage": .int64, "IntStorage": .int32,
    "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8, "BoolStorage": .bool,
  ]

  // MARK: Reading

  init(_ path: String) throws {
    archive = try ZipArchive(path)
    guard let pickle = archive.names.first(where: { $0.hasSuffix("/data.pkl") }) else {
      throw SerializationError.notAStateDict(
        path: path, reason: "there is no data.pkl in it; it must come from torch.save")
    }
    folder = String(pickle.dropLast("data.pkl".count))
    if archive.names.contains(folder + "byteorder") {
      let order = try archive.entry(folder + "byteorder").contents()
      guard order == Array("little".utf8) else {
        throw SerializationError.notAStateDict(
          path: path, reason: "its numbers are in another order of bytes than this machine's")
      }
    }
    var found: [(String, PickleTensor)] = []
    do {
      try Self.collect(
        try PickleReader.read(archive.entry(pickle).contents()), prefix: "", into: &found, depth: 0)
    } catch let failure as PickleFailure {
      throw failure.isRefused
        ? SerializationError.refused(path: path, reason: failure.reason)
        : SerializationError.notAStateDict(path: path, reason: failure.reason)
    }
    tensors = found.map(\.1)
    entries = try found.map { key, tensor in
      guard let dtype = Self.storages[tensor.storage.type],
        dtype.byteCount(of: tensor.shape) != nil, Self.fits(tensor)
      else {
        throw SerializationError.damaged(
          path: path, tensor: key, reason: "it does not fit into its storage")
      }
      return FileSummary.Entry(key: key, shape: tensor.shape, dtype: dtype)
    }
    guard Set(entries.map(\.key)).count == entries.count else {
      throw SerializationError.notAStateDict(path: path, reason: "two tensors have one key")
    }
  }

  private static func collect(
    _ value: PickleValue, prefix: String, into found: inout [(String, PickleTensor)], depth: Int
  ) throws {
    guard case .dictionary(let dictionary) = value, depth < 64 else {
      throw PickleFailure(
        reason: prefix.isEmpty
          ? "it is no dictionary" : "“\(prefix.dropLast())” is neither a tensor nor a dictionary")
    }
    for (key, value) in dictionary.entries {
      let name: String
      switch key {
      case .text(let text): name = prefix + text
      case .integer(let number): name = "\(prefix)\(number)"
      default: throw PickleFailure(reason: "a key in it is neither a text nor a whole number")
      }
      if case .tensor(let tensor) = value {
        found.append((name, tensor))
      } else {
        try collect(value, prefix: name + ".", into: &found, depth: depth + 1)
      }
      guard found.count < 10_000_000 else { throw PickleFailure(reason: "it has no end") }
    }
  }

  /// Whether a tensor lies within its storage.
  private static func fits(_ tensor: PickleTensor) -> Bool {
    guard tensor.offset >= 0, tensor.storage.count >= 0 else { return false }
    if tensor.shape.contains(0) { return true }
    var last = tensor.offset
    for (size, stride) in zip(tensor.shape, tensor.strides) {
      let (distance, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      guard size > 0, stride >= 0, !overflow, distance <= tensor.storage.count else { return false }
      last += distance
    }
    return last < tensor.storage.count
  }

  func read(keys: Set<String>?) throws -> StateDict {
    var storages: [String: Tensor] = [:]
    var state = StateDict()
    for (entry, tensor) in zip(entries, tensors) where keys?.contains(entry.key) ?? true {
      let storage: Tensor
      if let known = storages[tensor.storage.key], known.dtype == entry.dtype {
        storage = known
      } else {
        storage = try archive.entry("\(folder)data/\(tensor.storage.key)")
          .tensor([tensor.storage.count], entry.dtype)
        storages[tensor.storage.key] = storage
      }
      // Tensors that share a storage come back with memory of their own.
      let view = storage.asStrided(
        tensor.shape, tensor.strides, storageOffset: tensor.offset)
      let isWhole = tensor.offset == 0 && view.isContiguous && view.numel == storage.numel
      state[entry.key] = isWhole ? storage.reshape(tensor.shape) : view.contiguous().clone()
    }
    return state
  }

  // MARK: Writing

  static func write(_ state: StateDict, to path: String) throws {
    let folder = "archive/"
    let archive = try ZipWriter(path)
    func add(_ name: String, _ bytes: [UInt8]) throws {
      let memory = Memory(bytes)
      try archive.add(folder + name, memory.bytes, owner: memory, alignment: 64)
    }
    try add("data.pkl", pickle(of: state))
    try add("byteorder", Array("little".utf8))
    for (index, tensor) in state.values.enumerated() {
      try archive.add("\(folder)data/\(index)", tensor.bytes, owner: tensor, alignment: 64)
    }
    try add("version", Array("3\n".utf8))
    try archive.close()
  }

  /// A pickle of protocol 2, as `torch.save` makes it.
  private static func pickle(of state: StateDict) -> [UInt8] {
    var bytes: [UInt8] = [0x80, 2]
    func integer(_ value: Int) -> [UInt8] {
      // LONG1 of 8 bytes holds all.
      (0...0xFF).contains(value)
        ? [UInt8(ascii: "K"), UInt8(value)] : [0x8A, 8] + value.littleEndianBytes
    }
    func text(_ text: String) -> [UInt8] {
      [UInt8(ascii: "X")] + UInt32(text.utf8.count).littleEndianBytes + Array(text.utf8)
    }
    func global(_ module: String, _ name: String) -> [UInt8] {
      Array("c\(module)\n\(name)\n".utf8)
    }
    func tuple(_ parts: [[UInt8]]) -> [UInt8] {
      [UInt8(ascii: "(")] + parts.joined() + [UInt8(ascii: "t")]
    }
    let call = UInt8(ascii: "R")
    let dictionary = global("collections", "OrderedDict") + tuple([]) + [call]
    bytes += dictionary + [UInt8(ascii: "(")]
    for (index, (key, tensor)) in state.enumerated() {
      let type = storages.first { $0.value == tensor.dtype }!.key
      let id = tuple([
        text("storage"), global("torch", type), text("\(index)"), text("cpu"),
        integer(tensor.numel),
      ])
      bytes += text(key) + global("torch._utils", "_rebuild_tensor_v2")
      bytes += tuple([
        id + [UInt8(ascii: "Q")], integer(0), tuple(tensor.shape.map(integer)),
        tuple(tensor.strides.map(integer)), [0x89], dictionary,
      ])
      bytes.append(call)
    }
    return bytes + [UInt8(ascii: "u"), UInt8(ascii: ".")]
  }
}
