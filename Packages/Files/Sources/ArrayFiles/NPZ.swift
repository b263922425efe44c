@_spi(Flambeau) import Files
import Foundation
import Tensors

/// NumPy's format for several named arrays: a zip archive of NPY files.
public enum NPZ {
  /// Reads arrays that `numpy.savez` or `numpy.savez_compressed` wrote: `numpy.load`.
  ///
  /// - Parameters:
  ///   - path: path of the file.
  ///   - keys: names of the arrays to read; by default all.
  ///   - limits: limits on memory.
  /// - Throws: `DataFileError`.
  public static func read(
    _ path: String, keys: Set<String>? = nil, limits: ReadingLimits = .standard
  ) throws -> StateDict {
    let archive = try ZipArchive(path, limits: limits)
    var arrays = StateDict()
    for name in archive.names {
      guard name.hasSuffix(suffix) else {
        if keys != nil { continue }
        throw DataFileError.unsupported(
          path: "\(path), \(name)", reason: "it is not an array: its name does not end in .npy")
      }
      let key = String(name.dropLast(suffix.count))
      guard keys?.contains(key) ?? true else { continue }
      guard arrays.updateValue(try NPY.read(from: archive.entry(name)), forKey: key) == nil else {
        throw DataFileError.unsupported(
          path: path,
          reason: "the names of two arrays differ only in how the letters of “\(key)” are composed")
      }
    }
    return arrays
  }

  private static let suffix = ".npy"

  /// The arrays' names, shapes and dtypes, without their data, and why the other entries are not
  /// arrays.
  @_spi(Flambeau) public static func inspect(
    _ path: String
  ) throws -> (arrays: [(key: String, shape: [Int], dtype: DType)], others: [String: String]) {
    let archive = try ZipArchive(path)
    var arrays: [(key: String, shape: [Int], dtype: DType)] = []
    var others: [String: String] = [:]
    for name in archive.names {
      guard name.hasSuffix(suffix) else {
        others[name] = "not an array"
        continue
      }
      let key = String(name.dropLast(suffix.count))
      do {
        let (shape, dtype) = try NPY.inspect(archive.entry(name))
        arrays.append((key, shape, dtype))
      } catch DataFileError.unsupported(_, let reason) {
        others[key] = reason
      }
    }
    return (arrays, others)
  }

  /// Writes arrays to an existing file, as `numpy.savez` or, with compression, `savez_compressed`.
  @_spi(Flambeau) public static func write(
    _ arrays: StateDict, to path: String, compression: Int = 0
  ) throws {
    let archive = try ZipWriter(path)
    for (name, tensor) in arrays {
      // A zip archive's names have at most 65,535 bytes, including the suffix.
      guard !name.utf8.contains(0), name.utf8.count <= 65_000 else {
        throw WriteFailure(
          reason: "the key “\(name.prefix(100))” cannot be the name of a file in an archive")
      }
      let file = Memory(try NPY.bytes(of: tensor))
      try archive.add(
        name + suffix, file.bytes, owner: file, compression: compression)
    }
    try archive.close()
  }
}

/// Bytes with a stable address.
@_spi(Flambeau) public final class Memory {
  public let bytes: UnsafeRawBufferPointer

  public init(_ array: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: array.count, alignment: 64)
    copy.copyBytes(from: array)
    bytes = UnsafeRawBufferPointer(copy)
  }

  deinit { bytes.deallocate() }
}
