@_spi(Flambeau) import ArrayFiles
import Tensors

/// A summary of a file of tensors, without the data.
public struct FileSummary: Equatable, Sendable, CustomStringConvertible {
  /// One tensor of the file.
  public struct Entry: Equatable, Sendable {
    /// The key.
    public let key: String
    /// The shape.
    public let shape: [Int]
    /// The dtype.
    public let dtype: DType
    /// The size of the tensor in memory, in bytes.
    public var byteCount: Int { shape.reduce(dtype.itemSize, *) }
  }

  /// An object in a file that is not a tensor, or not a supported one.
  public struct Other: Equatable, Sendable {
    /// The key.
    public let key: String
    /// Why it is not a tensor, or not a supported one.
    public let reason: String
  }

  /// The result of a format's reader.
  struct Contents {
    var entries: [Entry]
    var others: [Other] = []
    var metadata: [String: String] = [:]
  }

  /// The path of the file.
  public let path: String
  /// The format of the file.
  public let format: FileFormat
  /// The tensors, in the order of the file.
  public let entries: [Entry]
  /// Other objects in the file; ``load(_:format:keys:limits:device:)`` needs `keys` to skip them.
  public let others: [Other]
  /// The metadata.
  public let metadata: [String: String]

  /// The summary as a table.
  public var description: String {
    let rows = entries.map { entry in
      (entry.key, "\(entry.shape)", "\(entry.dtype)", "\(entry.byteCount)")
    }
    let all = [("key", "shape", "dtype", "bytes")] + rows
    let widths = (
      all.map(\.0.count).max()!, all.map(\.1.count).max()!, all.map(\.2.count).max()!,
      all.map(\.3.count).max()!
    )
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: width - text.count)
    }
    var lines = all.map { row in
      let number = String(repeating: " ", count: widths.3 - row.3.count) + row.3
      return "\(padded(row.0, widths.0))  \(padded(row.1, widths.1))  \(padded(row.2, widths.2))  "
        + number
    }
    lines.insert(String(repeating: "─", count: lines[0].count), at: 1)
    let bytes = entries.reduce(0) { $0 + $1.byteCount }
    lines.append("\(entries.count) tensors, \(bytes) bytes, \(format.rawValue)")
    for other in others { lines.append("\(other.key): not a tensor: \(other.reason)") }
    for (key, text) in metadata.sorted(by: { $0.key < $1.key }) {
      let isLong = text.count > 60
      // Long JSON is for programs, not for readers.
      let isJSON = isLong && (text.hasPrefix("{") || text.hasPrefix("["))
      let line = text.prefix(60).replacing("\n", with: " ")
      lines.append(
        isJSON ? "\(key): \(text.count) characters of JSON" : "\(key): \(line)\(isLong ? "…" : "")")
    }
    return lines.joined(separator: "\n")
  }
}

/// Summarizes a file, without reading the data.
///
/// - Parameters:
///   - path: path of the file.
///   - format: format of the file; by default that of the extension or, if it is unknown, that of
///     the first bytes.
///   - limits: limits on nesting and on memory.
/// - Throws: ``SerializationError``.
public func inspect(
  _ path: String, format: FileFormat? = nil, limits: ReadingLimits = .standard
) throws -> FileSummary {
  try reading(path, format) { format in
    let contents: FileSummary.Contents
    switch format {
    case .hdf5: contents = try HDF5StateDict.inspect(path, limits: limits)
    case .safetensors: contents = try SafeTensors(path).contents
    case .pytorch: contents = try PyTorchFile(path, limits: limits).contents
    case .npz:
      let (arrays, others) = try NPZ.inspect(path)
      contents = .init(
        entries: arrays.map(FileSummary.Entry.init),
        others: others.sorted { $0.key < $1.key }.map(FileSummary.Other.init))
    }
    return FileSummary(
      path: path, format: format, entries: contents.entries, others: contents.others,
      metadata: contents.metadata)
  }
}
