@_spi(Flambeau) import Files
import Foundation
@_spi(Flambeau) import Tensors

/// NumPy's format for one array:
/// <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
public enum NPY {
  /// Reads an array: `numpy.load`. Unsigned integers of 16, 32 and 64 bits become int32 and int64.
  ///
  /// - Parameters:
  ///   - path: path of the file.
  ///   - limits: limits on memory.
  /// - Throws: `DataFileError`; also if the array's type is unsupported.
  public static func read(_ path: String, limits: ReadingLimits = .standard) throws -> Tensor {
    try read(from: FileSource(path, limits: limits))
  }

  /// An array's shape and dtype, without its data; nil if the file is not an NPY file.
  @_spi(Flambeau) public static func inspect(
    _ path: String
  ) throws -> (shape: [Int], dtype: DType)? {
    let source = try FileSource(path)
    let start = try? source.bytes(mark.count, of: "header")
    return start == mark ? try inspect(FileSource(path)) : nil
  }

  static func read(from source: some ByteSource) throws -> Tensor {
    let (header, type, swapped) = try header(of: source)
    let shape = header.isFortran ? header.shape.reversed() : header.shape
    let tensor = try source.tensor(shape, type, swapped: swapped)
    return header.isFortran ? tensor.permute(shape.indices.reversed()) : tensor
  }

  static func inspect(_ source: some ByteSource) throws -> (shape: [Int], dtype: DType) {
    let (header, type, _) = try header(of: source)
    return (header.shape, type.dtype)
  }

  private static func header(
    of source: some ByteSource
  ) throws -> (NPYHeader, StoredType, swapped: Bool) {
    let start = try source.bytes(8, of: "header")
    guard Array(start[..<6]) == mark else {
      throw source.damaged("it is not an NPY file")
    }
    let version = start[6]
    guard (1...3).contains(version) else {
      throw source.damaged(
        "it is of version \(version).\(start[7]) of NPY, which is unknown")
    }
    let length = Int(
      littleEndianBytes: try source.bytes(version == 1 ? 2 : 4, of: "header"))
    // 10,000 is NumPy's own limit.
    guard length <= min(10_000, source.limit) else {
      throw source.damaged("its header of \(length) bytes is too long")
    }
    let text = String(decoding: try source.bytes(length, of: "header"), as: UTF8.self)
    guard let header = NPYHeader(text) else {
      throw source.damaged("its header “\(text.prefix(100))” is not that of an array")
    }
    guard let (type, swapped) = Self.type(header.description) else {
      throw DataFileError.unsupported(
        path: source.path,
        reason: "its type “\(header.description.prefix(100))” is not supported")
    }
    return (header, type, swapped)
  }

  /// Writes a tensor: `numpy.save`.
  ///
  /// - Throws: `DataFileError`, also for bfloat16, which NumPy lacks.
  public static func write(_ tensor: Tensor, to path: String) throws {
    do {
      try writeAtomically(to: path) { temporary in
        try ByteWriter(temporary).write(bytes(of: tensor))
      }
    } catch let failure as WriteFailure {
      throw DataFileError.cannotWrite(path: path, reason: failure.reason)
    }
  }

  /// The contents of a file of version 1.0, whose header ends at a multiple of 64 bytes.
  static func bytes(of tensor: Tensor) throws -> [UInt8] {
    let source = tensor.detach().to(.cpu).contiguous()
    guard let type = types.first(where: { $0.value == .plain(source.dtype) })?.key else {
      throw WriteFailure(reason: "NumPy has no \(source.dtype); convert it first")
    }
    let sizes = source.shape.map { "\($0)," }.joined(separator: " ")
    let order = source.dtype.itemSize == 1 ? "|" : "<"
    var header = "{'descr': '\(order)\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    let length = UInt16(header.utf8.count)
    var bytes: [UInt8] =
      mark + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
    bytes.reserveCapacity(bytes.count + header.utf8.count + source.numel * source.dtype.itemSize)
    bytes += Array(header.utf8)
    bytes += source.bytes
    return bytes
  }

  private static let mark = [0x93] + Array("NUMPY".utf8)

  private static let types: [String: StoredType] = [
    "b1": .plain(.bool), "u1": .plain(.uint8), "i1": .plain(.int8), "i2": .plain(.int16),
    "i4": .plain(.int32), "i8": .plain(.int64), "u2": .uint16, "u4": .uint32, "u8": .uint64,
    "f2": .plain(.float16), "f4": .plain(.float32), "f8": .plain(.float64),
  ]

  /// The type and byte order of NumPy's `dtype.str`: the byte order, the kind, the size.
  private static func type(_ description: String) -> (StoredType, swapped: Bool)? {
    guard let order = description.first, "<>|=".contains(order) else { return nil }
    return types[String(description.dropFirst())].map { ($0, order == ">") }
  }
}
