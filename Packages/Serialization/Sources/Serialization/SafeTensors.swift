@_spi(Flambeau) import ArrayFiles
@_spi(Flambeau) import Files
import Foundation
@_spi(Flambeau) import Tensors

/// A safetensors file: the length of a header (8 bytes, little-endian), the header in JSON, the
/// data.
///
/// Files that Flambeau writes also have checksums in the header's metadata: `xxh3` of the tensors'
/// names, dtypes and shapes and of the other metadata, and `xxh3:name` of each tensor's data.
struct SafeTensors {
  private let entries: [FileSummary.Entry]
  /// The tensors of unsupported types.
  private let others: [FileSummary.Other]
  /// The metadata, without the checksums.
  private let metadata: [String: String]
  private let file: MappedFile
  /// For each entry, the range of its data in the file, and its type there.
  private let places: [(range: Range<Int>, type: StoredType)]
  private let checksums: [String: String]

  private struct Header: Decodable {
    var tensors: [String: Tensor] = [:]
    var metadata: [String: String] = [:]

    struct Tensor: Codable {
      let dtype: String
      let shape: [Int]
      let data_offsets: [Int]
    }

    struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      for key in container.allKeys {
        if key.stringValue == "__metadata__" {
          metadata = try container.decode([String: String].self, forKey: key)
        } else {
          tensors[key.stringValue] = try container.decode(Tensor.self, forKey: key)
        }
      }
    }
  }

  private static let names: [DType: String] = [
    .bool: "BOOL", .uint8: "U8", .int8: "I8", .int16: "I16", .int32: "I32", .int64: "I64",
    .float16: "F16", .bfloat16: "BF16", .float32: "F32", .float64: "F64",
  ]
  private static let types =
    Dictionary(uniqueKeysWithValues: names.map { ($1, StoredType.plain($0)) }).merging(
      ["U16": .uint16, "U32": .uint32, "U64": .uint64]) { $1 }
  private static let prefix = "xxh3"

  private struct Part {
    let key: String
    let shape: [Int]
    let range: Range<Int>
    /// The type; nil if it is unsupported.
    let type: StoredType?
    let typeName: String
  }

  // MARK: Reading

  /// The contents for ``inspect(_:format:limits:)``.
  var contents: FileSummary.Contents {
    .init(entries: entries, others: others, metadata: metadata)
  }

  init(_ path: String) throws {
    file = try MappedFile(path)
    func wrong(_ reason: String) -> SerializationError {
      .damaged(path: path, tensor: nil, reason: reason)
    }
    guard file.size >= 8 else { throw wrong("it is shorter than its header") }
    let length = UInt64(littleEndianBytes: try file.bytes(0..<8))
    // The format's own limit is 100 MB.
    guard length <= min(UInt64(file.size - 8), 100_000_000) else {
      throw wrong("it declares a header of \(length) bytes, and has \(file.size) in total")
    }
    let start = 8 + Int(length)
    let text = try file.bytes(8..<start)
    let (header, repeated): (Header, String?)
    do {
      header = try JSONDecoder().decode(Header.self, from: Data(text))
      repeated = try Self.repeatedKey(in: text)
    } catch {
      throw wrong("its header is not valid JSON of tensors")
    }
    if let repeated { throw SerializationError.sameKey(repeated, path: path) }
    var found: [Part] = []
    for (key, tensor) in header.tensors {
      guard tensor.data_offsets.count == 2,
        let range = Self.range(tensor.data_offsets, from: start, to: file.size)
      else {
        throw SerializationError.damaged(
          path: path, tensor: key, reason: "its bytes \(tensor.data_offsets) are not in the file")
      }
      let type = Self.types[tensor.dtype]
      if let type, type.byteCount(of: tensor.shape) != range.count {
        throw SerializationError.damaged(
          path: path, tensor: key,
          reason: "its shape \(tensor.shape) does not fit the bytes \(tensor.data_offsets)")
      }
      found.append(
        Part(key: key, shape: tensor.shape, range: range, type: type, typeName: tensor.dtype))
    }
    // In the order of the data; empty tensors are sorted by name.
    found.sort {
      ($0.range.lowerBound, $0.range.upperBound, $0.key)
        < ($1.range.lowerBound, $1.range.upperBound, $1.key)
    }
    var end = start
    for part in found {
      guard part.range.lowerBound == end else {
        throw SerializationError.damaged(
          path: path, tensor: part.key, reason: "its data does not follow the one before it")
      }
      end = part.range.upperBound
    }
    guard end == file.size else { throw wrong("there is more in it than tensors") }
    entries = found.compactMap { part in
      part.type.map { FileSummary.Entry(key: part.key, shape: part.shape, dtype: $0.dtype) }
    }
    places = found.compactMap { part in part.type.map { (part.range, $0) } }
    others = found.filter { $0.type == nil }.map { part in
      .init(key: part.key, reason: "its type “\(part.typeName)” is not supported")
    }
    checksums = header.metadata.filter { $0.key.hasPrefix(Self.prefix) }
    metadata = header.metadata.filter { !$0.key.hasPrefix(Self.prefix) }
    if !checksums.isEmpty {
      guard checksums[Self.prefix] == Self.checksum(of: entries, metadata) else {
        throw wrong("its header has changed since it was written")
      }
    }
  }

  /// Reads tensors, and verifies their checksums if there are any.
  func read(keys: Set<String>?) throws -> StateDict {
    if let other = others.first(where: { keys?.contains($0.key) ?? true }) {
      throw SerializationError.unsupported(
        path: file.path, tensor: other.key, reason: other.reason)
    }
    let chosen = entries.indices.filter { keys?.contains(entries[$0].key) ?? true }
    let tensors = try chosen.map {
      try file.tensor(at: places[$0].range.lowerBound, entries[$0].shape, places[$0].type)
    }
    if !checksums.isEmpty {
      for (place, sum) in zip(chosen, Checksum.all(tensors.map(\.bytes))) {
        let key = entries[place].key
        guard checksums["\(Self.prefix):\(key)"] == Checksum.text(sum) else {
          throw SerializationError.damaged(
            path: file.path, tensor: key, reason: "its data has changed since it was written")
        }
      }
    }
    return StateDict(uniqueKeysWithValues: zip(chosen.map { entries[$0].key }, tensors))
  }

  /// A key that occurs twice in a JSON object, of which decoders keep only one; nil if there is
  /// none.
  private static func repeatedKey(in json: [UInt8]) throws -> String? {
    // The strings before colons at the top level.
    var texts: [ArraySlice<UInt8>] = []
    var last: ArraySlice<UInt8> = []
    var start: Int?
    var (depth, isEscaped) = (0, false)
    for (place, byte) in json.enumerated() {
      switch byte {
      case _ where isEscaped: isEscaped = false
      case UInt8(ascii: "\\"): isEscaped = true
      case UInt8(ascii: "\""):
        if let start { last = json[start...place] }
        start = start == nil ? place : nil
      case _ where start != nil: break
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ":") where depth == 1: texts.append(last)
      default: break
      }
    }
    let list =
      [UInt8(ascii: "[")] + texts.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    var keys: Set<String> = []
    return try JSONDecoder().decode([String].self, from: Data(list)).first {
      !keys.insert($0).inserted
    }
  }

  private static func range(_ offsets: [Int], from start: Int, to end: Int) -> Range<Int>? {
    let limit = end - start
    guard offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= limit else { return nil }
    return start + offsets[0]..<start + offsets[1]
  }

  private static func checksum(
    of entries: [FileSummary.Entry], _ metadata: [String: String]
  ) -> String {
    let tensors = entries.map { "\($0.key)\0\($0.dtype)\0\($0.shape)\0" }
    let texts = metadata.sorted { $0.key < $1.key }.map { "\($0.key)\0\($0.value)\0" }
    return Checksum.text(Checksum.of((tensors + ["\0"] + texts).joined().utf8))
  }

  // MARK: Writing

  static func write(
    _ state: StateDict, to path: String, metadata: [String: String]
  ) throws {
    guard !state.keys.contains("__metadata__") else {
      throw SerializationError.invalidKey("__metadata__")
    }
    if let key = metadata.keys.first(where: { $0.hasPrefix(prefix) }) {
      throw SerializationError.invalidKey(key)
    }
    // Readers sort entries by the order of their data, and empty tensors by name.
    let entries = state.map {
      FileSummary.Entry(key: $0.key, shape: $0.value.shape, dtype: $0.value.dtype)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    func json(_ value: some Encodable) throws -> String {
      String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    var texts = metadata
    let sums = Checksum.all(state.values.map(\.bytes))
    for (key, sum) in zip(state.keys, sums) { texts["\(prefix):\(key)"] = Checksum.text(sum) }
    texts[prefix] = checksum(of: sorted(entries), metadata)
    encoder.outputFormatting.insert(.sortedKeys)
    var parts = ["\"__metadata__\":\(try json(texts))"]
    var offset = 0
    for entry in entries {
      let tensor = Header.Tensor(
        dtype: names[entry.dtype]!, shape: entry.shape,
        data_offsets: [offset, offset + entry.byteCount])
      parts.append("\(try json(entry.key)):\(try json(tensor))")
      offset += entry.byteCount
    }
    var header = "{\(parts.joined(separator: ","))}"
    // The data is aligned to 64 bytes, so that it can be mapped.
    header += String(repeating: " ", count: (64 - (8 + header.utf8.count) % 64) % 64)
    let start = header.utf8.count.littleEndianBytes + Array(header.utf8)
    try checkRoom(for: start.count + offset, in: path)
    try ByteWriter(path, at: 0).write(start)
    var place = start.count
    try Files.write(
      state.values.map { tensor in
        defer { place += tensor.bytes.count }
        return (place, tensor.bytes)
      }, to: path)
  }

  /// The order in which a reader finds the entries of a file.
  private static func sorted(_ entries: [FileSummary.Entry]) -> [FileSummary.Entry] {
    var offset = 0
    let placed = entries.map { entry in
      defer { offset += entry.byteCount }
      return (begin: offset, end: offset + entry.byteCount, entry: entry)
    }
    return placed.sorted { ($0.begin, $0.end, $0.entry.key) < ($1.begin, $1.end, $1.entry.key) }
      .map(\.entry)
  }
}
