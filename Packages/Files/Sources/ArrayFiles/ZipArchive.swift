import CZip
@_spi(Flambeau) import Files
import Foundation
import Tensors

/// A zip archive opened for reading, through libzip.
@_spi(Flambeau) public final class ZipArchive {
  public let path: String
  /// The names of its files, in order.
  public let names: [String]
  private let archive: OpaquePointer
  private let size: Int
  /// The memory budget of all files together.
  public let budget: MemoryBudget

  /// - Throws: `DataFileError`; also if the central directory and the local headers differ, or a
  ///   name occurs twice.
  public init(_ path: String, limits: ReadingLimits = .standard) throws {
    self.path = path
    // Throws clearer errors than libzip if the file cannot be opened.
    size = try fileSize(path)
    budget = MemoryBudget(limits, path: path, fileSize: size)
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code) else {
      var error = zip_error_t()
      zip_error_init_with_code(&error, code)
      defer { zip_error_fini(&error) }
      throw DataFileError.damaged(
        path: path,
        reason: "it is not a zip archive: \(String(cString: zip_error_strerror(&error)))")
    }
    self.archive = archive
    let count = zip_get_num_entries(archive, 0)
    names = (0..<count).map { index in
      zip_get_name(archive, zip_uint64_t(index), 0).map { String(cString: $0) } ?? ""
    }
    // Compared by bytes, since strings are equal if they differ only in Unicode normalization.
    guard Set(names.map { Array($0.utf8) }).count == names.count else {
      throw DataFileError.damaged(path: path, reason: "two of its files have the same name")
    }
  }

  deinit { zip_discard(archive) }

  /// Opens a file of the archive, to be read sequentially.
  ///
  /// - Throws: `DataFileError`.
  public func entry(_ name: String) throws -> ZipEntry {
    var status = zip_stat_t()
    guard zip_stat(archive, name, 0, &status) == 0, let file = zip_fopen(archive, name, 0) else {
      throw DataFileError.damaged(
        path: path, reason: "\(name): \(String(cString: zip_strerror(archive)))")
    }
    // The sizes in an entry's header may be wrong, but the entry is no larger than the archive.
    let packed = min(Int(clamping: status.comp_size), size)
    return ZipEntry(
      self, file, name: name, size: Int(clamping: status.size),
      limit: status.comp_method == ZIP_CM_STORE ? packed : packed * FileSource.deflateRatio)
  }
}

/// A file of a ``ZipArchive`` that is being read. Its checksum is verified at its end.
@_spi(Flambeau) public final class ZipEntry: ByteSource {
  let path: String
  let name: String
  /// The uncompressed size that its header declares.
  public let size: Int
  public let limit: Int
  var budget: MemoryBudget { archive.budget }
  private let archive: ZipArchive
  private let file: OpaquePointer

  fileprivate init(
    _ archive: ZipArchive, _ file: OpaquePointer, name: String, size: Int, limit: Int
  ) {
    (self.archive, self.file, self.name) = (archive, file, name)
    (self.size, self.limit) = (size, limit)
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

  /// Reads all of its bytes.
  public func contents() throws -> [UInt8] {
    guard size <= limit else {
      throw damaged("it declares \(size) bytes, more than the file can hold")
    }
    try budget.take(size, for: name)
    let all = try bytes(size, of: "data")
    try expectEnd()
    return all
  }

  /// Reads all of its bytes as a tensor's elements.
  ///
  /// - Parameter swapped: whether the byte order differs from this machine's.
  public func tensor(_ shape: [Int], of type: StoredType, swapped: Bool) throws -> Tensor {
    try tensor(shape, type, swapped: swapped)
  }
}

/// A zip archive opened for writing, through libzip.
@_spi(Flambeau) public final class ZipWriter {
  private let archive: OpaquePointer
  private let path: String
  // libzip reads the added bytes only when it closes the archive.
  private var kept: [AnyObject] = []
  /// The number of bytes of the archive so far.
  private var end = 0
  private var isClosed = false

  public init(_ path: String) throws {
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
      throw WriteFailure.last
    }
    (self.archive, self.path) = (archive, path)
  }

  deinit { if !isClosed { zip_discard(archive) } }

  /// Adds a file.
  ///
  /// - Parameters:
  ///   - bytes: its contents, which `owner` keeps in memory.
  ///   - compression: deflate level from 1 to 9, or 0 for none.
  ///   - alignment: alignment of its contents in the archive, in bytes.
  public func add(
    _ name: String, _ bytes: UnsafeRawBufferPointer, owner: AnyObject, compression: Int = 0,
    alignment: Int = 1
  ) throws {
    kept.append(owner)
    guard let source = zip_source_buffer(archive, bytes.baseAddress, zip_uint64_t(bytes.count), 0)
    else { throw failure() }
    let index = zip_file_add(archive, name, source, ZIP_FL_ENC_UTF_8)
    guard index >= 0 else {
      zip_source_free(source)
      throw failure()
    }
    let method = compression > 0 ? ZIP_CM_DEFLATE : ZIP_CM_STORE
    zip_set_file_compression(archive, zip_uint64_t(index), method, UInt32(compression))
    // A fixed date, so that archives are reproducible.
    zip_file_set_dostime(archive, zip_uint64_t(index), 0, 0x21, 0)
    guard alignment > 1 else { return }
    // A header of 30 bytes, the name, and an extra field of 4 bytes and its padding.
    let header = 30 + name.utf8.count + 4
    let padding = (alignment - (end + header) % alignment) % alignment
    let zeros = [UInt8](repeating: 0, count: padding)
    zip_file_extra_field_set(
      archive, zip_uint64_t(index), 0x4246, 0, zeros, UInt16(padding), ZIP_FL_LOCAL)
    end += header + padding + bytes.count
  }

  /// Writes the archive.
  public func close() throws {
    let isEmpty = zip_get_num_entries(archive, 0) == 0
    guard zip_close(archive) == 0 else { throw failure() }
    isClosed = true
    // libzip deletes the file of an empty archive; this writes its end record of 22 bytes.
    guard isEmpty else { return }
    guard FileManager.default.createFile(atPath: path, contents: nil) else {
      throw WriteFailure.last
    }
    try ByteWriter(path).write([0x50, 0x4B, 0x05, 0x06] + [UInt8](repeating: 0, count: 18))
  }

  private func failure() -> WriteFailure {
    WriteFailure(reason: String(cString: zip_strerror(archive)))
  }
}
