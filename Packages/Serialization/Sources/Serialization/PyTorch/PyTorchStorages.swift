@_spi(Flambeau) import ArrayFiles
@_spi(Flambeau) import Files
import Foundation
import Tensors

/// The storages of a file written by `torch.save`.
enum PyTorchStorages {
  /// Entries in a folder of a zip archive.
  case archive(ZipArchive, folder: String, swapped: Bool)
  /// Ranges in a file of the format before PyTorch 1.6.
  case file(MappedFile, places: [String: Range<Int>])

  /// The elements of a storage.
  func elements(of tensor: PickleTensor) throws -> Tensor {
    let key = tensor.storage.key
    switch self {
    case .archive(let archive, let folder, let swapped):
      return try archive.entry("\(folder)data/\(key)")
        .tensor([tensor.storageCount], of: tensor.type, swapped: swapped)
    case .file(let file, let places):
      // Reads only the view of the storage.
      let (first, overflow) = tensor.storage.start.multipliedReportingOverflow(
        by: tensor.type.itemSize)
      guard let place = places[key], !overflow,
        let size = tensor.type.byteCount(of: [tensor.storageCount]),
        first <= place.count, size <= place.count - first
      else {
        throw PickleFailure(reason: "the storage “\(key)” is shorter than declared")
      }
      return try file.tensor(
        at: place.lowerBound + first, [tensor.storageCount], tensor.type)
    }
  }
}

extension PyTorchStorages {
  /// Reads the values of a file written by `torch.save`, and finds its storages. The file is a zip
  /// archive of one folder with a pickle, `data.pkl`, and each storage's bytes, `data/0` and so on.
  static func open(
    archive path: String, limits: ReadingLimits
  ) throws -> ([PickleValue], PickleValue.Place, PyTorchStorages) {
    let archive = try ZipArchive(path, limits: limits)
    guard let pickle = archive.names.first(where: { $0.hasSuffix("/data.pkl") }) else {
      throw SerializationError.notAStateDict(
        path: path, reason: "there is no data.pkl in it; it must come from torch.save")
    }
    let folder = String(pickle.dropLast("data.pkl".count))
    guard !archive.names.contains(where: { $0.hasPrefix(folder + "code/") }) else {
      throw SerializationError.unsupported(
        path: path, tensor: nil,
        reason: "it is a TorchScript program; save its state_dict() with torch.save")
    }
    var swapped = false
    if archive.names.contains(folder + "byteorder") {
      swapped = try archive.entry(folder + "byteorder").contents() == Array("big".utf8)
    }
    let bytes = try archive.entry(pickle).contents()
    let (values, root) = try bytes.withUnsafeBytes { bytes in
      var reader = PickleReader(bytes, budget: archive.budget)
      let root = try reader.read()
      return (reader.values, root)
    }
    return (values, root, .archive(archive, folder: folder, swapped: swapped))
  }

  /// The magic number in the first pickle of files of the format before PyTorch 1.6.
  private static let mark: Int128 = 0x1950_A86A_20F9_469C_FC6C

  /// Whether a file that begins with these bytes has the format before PyTorch 1.6.
  static func isLegacy(_ start: [UInt8]) -> Bool {
    let bytes = mark.littleEndianBytes.prefix(10)
    return start.first == 0x80 && start.prefix(32).firstRange(of: bytes) != nil
      || start.starts(with: "L\(mark)L\n.".utf8)
  }

  /// As ``open(archive:limits:)``, for the format before PyTorch 1.6: five pickles, of a magic
  /// number, the version, the system's properties, the contents and the storages' names; then each
  /// storage's count and elements.
  static func open(
    legacy path: String, limits: ReadingLimits
  ) throws -> ([PickleValue], PickleValue.Place, PyTorchStorages) {
    let file = try MappedFile(path)
    let data = try contents(of: path, mapped: true)
    let budget = MemoryBudget(limits, path: path, fileSize: file.size)
    return try data.withUnsafeBytes { bytes in
      var reader = PickleReader(bytes, budget: budget)
      let number = try reader.read()
      guard case .largeInteger(mark) = reader.values[number] else { throw PickleFailure.noPickle }
      let version = try reader.read()
      guard case .integer(1001) = reader.values[version] else {
        throw SerializationError.unsupported(
          path: path, tensor: nil, reason: "its version of torch.save's format is unknown")
      }
      let system = try reader.read()
      guard try reader.isLittleEndian(system) else {
        throw SerializationError.unsupported(
          path: path, tensor: nil,
          reason: "its byte order is not this machine's")
      }
      let root = try reader.read()
      let names = try reader.read()
      let places = try reader.places(of: names, in: bytes)
      return (reader.values, root, .file(file, places: places))
    }
  }
}

extension PickleReader {
  fileprivate func isLittleEndian(_ system: Place) throws -> Bool {
    guard case .dictionary(let entries) = values[system] else { throw PickleFailure.noPickle }
    return !entries.contains { key, value in
      if case .text("little_endian") = values[key], case .bool(false) = values[value] {
        true
      } else {
        false
      }
    }
  }

  /// The ranges of the storages, which follow the pickles.
  fileprivate func places(
    of names: Place, in bytes: UnsafeRawBufferPointer
  ) throws -> [String: Range<Int>] {
    guard case .list(let list) = values[names] else { throw PickleFailure.noPickle }
    var sizes: [String: Int] = [:]
    for case .storage(let storage) in values {
      sizes[storage.key] = storage.type.map(\.itemSize) ?? 1
    }
    var places: [String: Range<Int>] = [:]
    var position = position
    for name in list {
      guard case .text(let key) = values[name] else { throw PickleFailure.noPickle }
      // The size of an element is known only if a value in the pickle refers to the storage.
      guard let size = sizes[key] else { throw PickleFailure(reason: "no tensor has “\(key)”") }
      guard bytes.count - position >= 8 else { throw PickleFailure.cut }
      let count = Int(littleEndianBytes: bytes[position..<position + 8])
      position += 8
      guard count >= 0, count <= (bytes.count - position) / size else { throw PickleFailure.cut }
      places[key] = position..<position + count * size
      position += count * size
    }
    return places
  }
}
