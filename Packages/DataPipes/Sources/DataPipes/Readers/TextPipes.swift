@_spi(Flambeau) import Files
import Foundation

extension DataPipe<String> {
  /// The lines of a text file, without line breaks, read lazily.
  ///
  /// Iteration throws a `DataFileError` if the file cannot be read, or a line is not valid UTF-8.
  public static func lines(_ path: String) -> DataPipe<String> {
    DataPipe {
      let file = try TextFile(path)
      var number = 0
      return ExampleIterator {
        number += 1
        return try file.line().map { try text(of: $0, path, line: number) }
      }
    }
  }

  /// The characters (grapheme clusters) of a text file; each line ends with `\n`.
  public static func characters(_ path: String) -> DataPipe<Character> {
    lines(path).flatMap { $0 + "\n" }
  }

  private static func text(of bytes: [UInt8], _ path: String, line: Int) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw DataFileError.damaged(path: path, line: line, reason: "its bytes are not valid UTF-8")
    }
    return text
  }
}

extension DataPipe<[String]> {
  /// The rows of a CSV file, each an array of its fields, read lazily; a header is the first row.
  ///
  /// Rows may differ in length. The file must not be truncated meanwhile. Iteration throws a
  /// `DataFileError` if the file is invalid.
  public static func csv(_ path: String, separator: Character = ",") -> DataPipe<[String]> {
    guard let byte = separator.asciiValue else {
      fatalError("DataPipe.csv: the separator “\(separator)” is not an ASCII character")
    }
    return DataPipe {
      let data = try contents(of: path, mapped: true)
      var position = 0
      return ExampleIterator {
        try data.withUnsafeBytes { raw in
          let bytes = raw.bindMemory(to: UInt8.self)
          var scanner = CSVScanner(bytes, separator: byte, position: position)
          defer { position = scanner.position }
          guard scanner.findRow() else { return nil }
          do {
            return try scanner.row()
          } catch let problem as CSVProblem {
            throw problem.error(in: bytes, path: path)
          }
        }
      }
    }
  }
}

/// A text file that is read line by line.
private final class TextFile {
  private let file: UnsafeMutablePointer<FILE>
  private let path: String
  private var buffer: UnsafeMutablePointer<CChar>?
  private var capacity = 0

  init(_ path: String) throws {
    self.path = path
    guard let file = fopen(path, "r") else {
      throw DataFileError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    self.file = file
  }

  deinit {
    fclose(file)
    free(buffer)
  }

  /// The bytes of the next line, without the line break; nil at the end.
  func line() throws -> [UInt8]? {
    errno = 0
    var length = getline(&buffer, &capacity, file)
    guard length >= 0 else {
      if ferror(file) != 0 {
        throw DataFileError.unreadable(path: path, reason: String(cString: strerror(errno)))
      }
      return nil
    }
    let bytes = UnsafeRawBufferPointer(start: buffer, count: length)
    if length > 0, bytes[length - 1] == 0x0A {
      length -= 1
      if length > 0, bytes[length - 1] == 0x0D { length -= 1 }
    }
    return Array(bytes[..<length])
  }
}
