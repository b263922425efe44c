import CZip
import Files
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
    for index in 0..<archive.count {
      let entry = try archive.entry(index)
      guard entry.name.hasSuffix(".npy") else {
        throw entry.damaged("it is no array: its name does not end in .npy")
      }
      arrays[String(entry.name.dropLast(4))] = try NPY.read(from: entry)
    }
    return arrays
  }
}

/// A zip archive, read through libzip.
private final class ZipArchive {
  fileprivate let path: String
  private let archive: OpaquePointer
  private let size: Int

  init(_ path: String) throws {
    self.path = path
    // libzip says less clearly why a file cannot be opened.
    var status = stat()
    guard stat(path, &status) == 0, access(path, R_OK) == 0 else {
      throw DataFileError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    size = Int(status.st_size)
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
      var error = zip_error_t()
      zip_error_init_with_code(&error, code)
      defer { zip_error_fini(&error) }
      throw DataFileError.damaged(
        path: path, reason: "it is no zip archive: \(String(cString: zip_error_strerror(&error)))")
    }
    self.archive = archive
  }

  deinit { zip_discard(archive) }

  var count: Int { Int(zip_get_num_entries(archive, 0)) }

  func entry(_ index: Int) throws -> Entry {
    var status = zip_stat_t()
    guard zip_stat_index(archive, zip_uint64_t(index), 0, &status) == 0, let name = status.name,
      let file = zip_fopen_index(archive, zip_uint64_t(index), 0)
    else {
      throw DataFileError.damaged(
        path: path, reason: "entry \(index + 1): \(String(cString: zip_strerror(archive)))")
    }
    // An entry's own word on its size may lie; what the archive holds does not.
    let packed = Int(clamping: status.comp_size)
    return Entry(
      self, file, name: String(cString: name), limit: min(packed, size) * FileSource.deflateRatio)
  }

  /// One file in the archive.
  final class Entry: ByteSource {
    let path: String
    let name: String
    let limit: Int
    private let archive: ZipArchive
    private let file: OpaquePointer

    init(_ archive: ZipArchive, _ file: OpaquePointer, name: String, limit: Int) {
      self.archive = archive
      self.file = file
      self.name = name
      self.limit = limit
      path = "\(archive.path), \(name)"
    }

    deinit { zip_fclose(file) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      let count = zip_fread(file, buffer.baseAddress, zip_uint64_t(buffer.count))
      guard count >= 0 else {
        throw damaged(String(cString: zip_error_strerror(zip_file_get_error(file))))
      }
      return Int(count)
    }
  }
}
