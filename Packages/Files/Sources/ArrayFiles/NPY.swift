import Files
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
    let start = try source.bytes(8, of: "header")
    guard Array(start[..<6]) == [0x93] + Array("NUMPY".utf8) else {
      throw source.damaged("it is no NPY file")
    }
    let version = start[6]
    guard (1...3).contains(version) else {
      throw source.damaged(
        "it is of version \(version).\(start[7]) of NPY, which is not known here")
    }
    let length = try source.bytes(version == 1 ? 2 : 4, of: "header").reversed()
      .reduce(0) { $0 << 8 | Int($1) }
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
    let shape = header.isFortran ? header.shape.reversed() : header.shape
    let tensor = try source.tensor(shape, dtype, swapped: swapped)
    return header.isFortran ? tensor.permute(shape.indices.reversed()) : tensor
  }

  /// What NumPy's `dtype.str` says: the order of bytes, the kind, the size.
  private static func type(_ description: String) -> (DType, swapped: Bool)? {
    guard let order = description.first, "<>|=".contains(order) else { return nil }
    let types: [String: DType] = [
      "b1": .bool, "u1": .uint8, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
      "f2": .float16, "f4": .float32, "f8": .float64,
    ]
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
