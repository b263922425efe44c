@_spi(Flambeau) import Files
import Foundation
import Serialization

/// A temporary folder for one test.
final class Folder: Sendable {
  let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }
  func path(_ name: String) -> String { url.appending(path: name).path }

  /// Writes a file in place, since replacing it or truncating it first would wait for the disk.
  func write(_ bytes: [UInt8], _ name: String) throws {
    if access(path(name), F_OK) != 0 { try Data().write(to: url.appending(path: name)) }
    try ByteWriter(path(name), at: 0).write(bytes)
    truncate(path(name), off_t(bytes.count))
  }

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [] }
}

/// Files that other libraries wrote, and their contents.
enum Golden {
  struct Entry: Decodable {
    let key: String
    let dtype: String
    let shape: [Int]
    let values: [Double]

    func matches(_ tensor: Tensor?) -> Bool {
      tensor?.dtype.description == dtype && tensor?.shape == shape
        && tensor?.scalars(as: Double.self) == values
    }
  }

  static func path(_ name: String) -> String {
    Bundle.module.resourceURL!.appending(path: "Golden/\(name)")
      .path
  }

  static func expected() throws -> [String: [Entry]] {
    let url = URL(fileURLWithPath: path("expected.json"))
    return try JSONDecoder().decode([String: [Entry]].self, from: Data(contentsOf: url))
  }
}

/// Whether two state dicts have the same keys in the same order, and the same tensors.
func areEqual(_ one: StateDict, _ other: StateDict) -> Bool {
  one.keys == other.keys
    && one.allSatisfy { key, tensor in
      guard let same = other[key], same.dtype == tensor.dtype, same.shape == tensor.shape else {
        return false
      }
      return same.equal(tensor)
    }
}
