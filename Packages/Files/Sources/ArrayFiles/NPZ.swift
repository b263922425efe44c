@_spi(Flambeau) import Files
import Foundation
import Tensors

/// NumPy's format for several arrays by name: a zip archive of NPY files.
public enum NPZ {
  /// Reads what `numpy.savez` or `numpy.savez_compressed` wrote: `numpy.load`.
  ///
  /// - Throws: `DataFileError`.
  public static func read(_ path: String) throws -> StateDict {
    let archive = try ZipArchive(path)
    var arrays = StateDict()
    for name in archive.names {
      let entry = try archive.entry(name)
      guard name.hasSuffix(".npy") else {
        throw entry.damaged("it is no array: its name does not end in .npy")
      }
      arrays[String(name.dropLast(4))] = try NPY.read(from: entry)
    }
    return arrays
  }

  /// The arrays' names, shapes and dtypes, without their data.
  @_spi(Flambeau) public static func inspect(
    _ path: String
  ) throws -> [(key: String, shape: [Int], dtype: DType)] {
    let archive = try ZipArchive(path)
    return try archive.names.filter { $0.hasSuffix(".npy") }.map { name in
      let (shape, dtype) = try NPY.inspect(archive.entry(name))
      return (String(name.dropLast(4)), shape, dtype)
    }
  }

  /// Writes arrays to a file that exists, as `numpy.savez` or, with compression, `savez_compressed`.
  @_spi(Flambeau) public static func write(
    _ arrays: StateDict, to path: String, compression: Int = 0
  ) throws {
    let archive = try ZipWriter(path)
    for (name, tensor) in arrays {
      let file = Memory(try NPY.bytes(of: tensor))
      try archive.add(
        name + ".npy", file.bytes, owner: file, compression: compression)
    }
    try archive.close()
  }
}

/// Bytes that stay where they are.
@_spi(Flambeau) public final class Memory {
  public let bytes: UnsafeRawBufferPointer

  public init(_ array: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: array.count, alignment: 64)
    copy.copyBytes(from: array)
    bytes = UnsafeRawBufferPointer(copy)
  }

  deinit { bytes.deallocate() }
}
