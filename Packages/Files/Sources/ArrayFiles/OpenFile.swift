@_spi(Flambeau) import Files
import Foundation

/// Opens a file for reading.
///
/// - Throws: `DataFileError.unreadable`, also if it is not a regular file.
func openFile(_ path: String) throws -> (descriptor: Int32, size: Int) {
  // Opening a pipe would wait for a writer.
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  var status = stat()
  var reason: String?
  if descriptor < 0 || fstat(descriptor, &status) != 0 {
    reason = String(cString: strerror(errno))
  } else if status.st_mode & S_IFMT == S_IFDIR {
    reason = "it is a folder"
  } else if status.st_mode & S_IFMT != S_IFREG {
    reason = "it is not a regular file"
  }
  guard let reason else { return (descriptor, Int(status.st_size)) }
  if descriptor >= 0 { close(descriptor) }
  throw DataFileError.unreadable(path: path, reason: reason)
}

/// The size of a file.
///
/// - Throws: `DataFileError.unreadable`, also if it is not a regular file.
func fileSize(_ path: String) throws -> Int {
  let (descriptor, size) = try openFile(path)
  close(descriptor)
  return size
}
