@_spi(Flambeau) import Files
import Foundation
import Tensors

/// NumPy's format for one array:
/// <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
public enum NPY {
  /// Reads what `numpy.save` wrote: `numpy.load`.
  ///
  /// - Throws: `DataFileError`; also where the array's type is none that a tensor has.
  public static func read(_ path: String) throws -> Tensor {
    try read(from: FileSource(path))
  }

  static func read(from source: some ByteSource) throws -> Tensor {
    let (header, dtype, swapped) = try header(of: source)
    let shape = header.isFortran ? header.shape.reversed() : header.shape
    let tensor = try source.tensor(shape, dtype, swapped: swapped)
    return header.isFortran ? tensor.permute(shape.indices.reversed()) : tensor
  }

  static func inspect(_ source: some ByteSource) throws -> (shape: [Int], dtype: DType) {
    let (header, dtype, _) = try header(of: source)
    return (header.shape, dtype)
  }

  private static func header(
    of source: some ByteSource
  ) throws -> (Header, DType, swapped: Bool) {
    let start = try source.bytes(8, of: "header")
    guard Array(start[..<6]) == [0x93] + Array("NUMPY".utf8) else {
      throw source.damaged("it is no NPY file")
    }
    let version = start[6]
    guard (1...3).contains(version) else {
      throw source.damaged(
        "it is of version \(version).\(start[7]) of NPY, which is not known here")
    }
    let length = Int(
      littleEndianBytes: try source.bytes(version == 1 ? 2 : 4, of: "header"))
    // NumPy's own limit, and no more than the file has.
    guard length <= min(10_000, source.limit) else {
      throw source.damaged("its header of \(length) bytes is too long")
    }
    let text = String(decoding: try source.bytes(length, of: "header"), as: UTF8.self)
    guard let header = Header(text) else {
      throw source.damaged("its header “\(text.prefix(100))” is none of an array")
    }
    guard let (dtype, swapped) = Self.type(header.description) else {
      throw source.damaged("its type “\(header.description)” is none that a tensor has")
    }
    return (header, dtype, swapped)
  }

  /// Writes a tensor: `numpy.save`.
  ///
  /// - Throws: `DataFileError`, also for bfloat16, which NumPy does not have.
  public static func write(_ tensor: Tensor, to path: String) throws {
    do {
      try writeAtomically(to: path) { temporary in
        try ByteWriter(temporary).write(bytes(of: tensor))
      }
    } catch let failure as WriteFailure {
      throw DataFileError.cannotWrite(path: path, reason: failure.reason)
    }
  }

  /// A file of version 1.0: the header ends at a multiple of 64 bytes.
  static func bytes(of tensor: Tensor) throws -> [UInt8] {
    let source = tensor.detach().to(.cpu).contiguous()
    guard let type = types.first(where: { $0.value == source.dtype })?.key else {
      throw WriteFailure(reason: "NumPy has no \(source.dtype); convert it first")
    }
    let sizes = source.shape.map { "\($0)," }.joined(separator: " ")
    let order = source.dtype.itemSize == 1 ? "|" : "<"
    var header = "{'descr': '\(order)\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    let length = UInt16(header.utf8.count)
    var bytes: [UInt8] =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
    bytes.reserveCapacity(bytes.count + header.utf8.count + source.numel * source.dtype.itemSize)
    bytes += Array(header.utf8)
    bytes += UnsafeRawBufferPointer(
      start: source.view.pointer, count: source.numel * source.dtype.itemSize)
    return bytes
  }

  private static let types: [String: DType] = [
    "b1": .bool, "u1": .uint8, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
    "f2": .float16, "f4": .float32, "f8": .float64,
  ]

  /// What NumPy's `dtype.str` says: the order of bytes, the kind, the size.
  private static func type(_ description: String) -> (DType, swapped: Bool)? {
    guard let order = description.first, "<>|=".contains(order) else { return nil }
    return types[String(description.dropFirst())].map { ($0, order == ">") }
  }

  /// The Python dictionary that a header is, such as
  /// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
  private struct Header {
    let description: String
    let isFortran: Bool
    let shape: [Int]

    init?(_ text: String) {
      guard
        let match = text.wholeMatch(
          of:
            /\s*\{\s*(?:'descr'\s*:\s*'([^']*)'\s*,\s*)'fortran_order'\s*:\s*(True|False)\s*,\s*'shape'\s*:\s*\(([0-9,\s]*)\)\s*,?\s*\}\s*/
        )
      else { return nil }
      description = String(match.1)
      isFortran = match.2 == "True"
      var sizes: [Int] = []
      for part in match.3.split(separator: ",") {
        let digits = part.trimmingCharacters(in: .whitespaces)
        if digits.isEmpty { continue }
        guard let size = Int(digits) else { return nil }
        sizes.append(size)
      }
      shape = sizes
    }
  }
}
