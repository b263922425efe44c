@_exported import struct Files.ReadingLimits
import Tensors

/// IDX, the format of the MNIST files: <http://yann.lecun.com/exdb/mnist/>.
public enum IDX {
  /// Reads a file, which may be gzip-compressed.
  ///
  /// The file has two zero bytes, the type, the number of dims, the sizes and the elements, all
  /// big-endian. MNIST's images are uint8 of shape [60000, 28, 28] and its labels uint8 of shape
  /// [60000].
  ///
  /// - Parameters:
  ///   - path: path of the file.
  ///   - limits: limits on memory.
  /// - Throws: `DataFileError`.
  public static func read(_ path: String, limits: ReadingLimits = .standard) throws -> Tensor {
    let source = try FileSource(path, limits: limits)
    let header = try source.bytes(4, of: "header")
    guard header[0] == 0, header[1] == 0, let dtype = types[header[2]] else {
      throw source.damaged("it is not an IDX file: it starts with the bytes \(header)")
    }
    let sizes = try source.bytes(4 * Int(header[3]), of: "header")
    let shape = (0..<Int(header[3])).map { dim in
      sizes[4 * dim..<4 * dim + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    return try source.tensor(shape, .plain(dtype), swapped: true)
  }

  private static let types: [UInt8: DType] = [
    0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
  ]
}
