@_spi(Flambeau) import ArrayFiles
@_spi(Flambeau) import Files
import Foundation
import Serialization
import Testing

/// Forged seals with valid checksums.
@Suite struct SealTests {
  private typealias Seal = [String: Any]
  private typealias Part = [String: Any]

  private static let state: StateDict = [
    "one": Tensor.arange(12).reshape(3, 4), "two": Tensor([1.0, 2]), "three": .zeros([0, 2]),
  ]

  /// The start of a file's seal, and the seal.
  private static func seal(of bytes: [UInt8]) throws -> (start: Int, seal: Seal) {
    let length = Int(littleEndianBytes: bytes[(bytes.count - 24)...].prefix(8))
    let start = bytes.count - 24 - length
    let json = try JSONSerialization.jsonObject(with: Data(bytes[start..<bytes.count - 24]))
    return (start, try #require(json as? Seal))
  }

  /// Writes a file with another seal.
  private static func forge(_ url: URL, _ change: (inout Seal) throws -> Void) throws {
    let bytes = [UInt8](try Data(contentsOf: url))
    var (start, seal) = try seal(of: bytes)
    try change(&seal)
    let json = [UInt8](try JSONSerialization.data(withJSONObject: seal))
    let end = json.count.littleEndianBytes + Checksum.of(json).littleEndianBytes
    try Data(bytes[..<start] + json + end + bytes.suffix(8)).write(to: url)
  }

  /// The error of a file whose seal has changed parts, and the right checksum of everything else.
  private static func message(
    compression: Int = 0, _ change: (inout [Part]) throws -> Void
  ) throws -> String? {
    let folder = try Folder()
    let url = folder.url.appending(path: "x.h5")
    try save(state, to: url.path, compression: compression)
    let bytes = [UInt8](try Data(contentsOf: url))
    let start = try seal(of: bytes).start
    try forge(url) { seal in
      var parts = try #require(seal["parts"] as? [Part])
      try change(&parts)
      seal["parts"] = parts
      let extents = parts.flatMap { $0["extents"] as? [[Int]] ?? [] }
      let rest = bytes[..<start].indices.filter { place in
        !extents.contains { $0[0] <= place && place - $0[0] < $0[1] }
      }.map { bytes[$0] }
      seal["rest"] = Checksum.text(Checksum.of(rest))
    }
    do {
      #expect(try load(url.path).keys == state.keys)
      #expect(try load(url.path)["one"]?.equal(state["one"]!) == true)
      return nil
    } catch let error as SerializationError {
      return error.localizedDescription.replacing(url.path, with: "x.h5")
    }
  }

  @Test func whatCannotBe() throws {
    #expect(try Self.message { _ in } == nil)
    #expect(try Self.message(compression: 1) { _ in } == nil)
    func extent(_ part: Part) throws -> (offset: Int, count: Int) {
      let extents = try #require(part["extents"] as? [[Int]])
      return (extents[0][0], extents[0][1])
    }
    let wrong = "x.h5 is damaged: its seal is inconsistent"
    // Two tensors with the same or overlapping bytes.
    #expect(
      try Self.message { parts in
        parts[1] = parts[0].merging(["key": "two"]) { $1 }
      } == wrong)
    #expect(
      try Self.message { parts in
        let (one, two) = (try extent(parts[0]), try extent(parts[1]))
        parts[1]["extents"] = [[one.offset + one.count - 1, two.count]]
      } == wrong)
    // Bytes outside the file, and invalid extents.
    for extents in [[[1 << 40, 8]], [[0, Int.max]], [[Int.max, 1]], [[-8, 8]], [[512, -8]]] {
      #expect(try Self.message { $0[2]["extents"] = extents } == wrong)
    }
    // Plain parts with several extents, or with none.
    let inTensor = "x.h5 is damaged, in the tensor “%”: its seal is inconsistent"
    #expect(
      try Self.message { parts in
        let one = try extent(parts[0])
        parts[0]["extents"] = [[one.offset, 8], [one.offset + 8, one.count - 8]]
      } == inTensor.replacing("%", with: "one"))
    #expect(
      try Self.message { $0[2]["extents"] = [[Int]]() } == inTensor.replacing("%", with: "three"))
    // A repeated key, and keys or shapes that do not match the file.
    #expect(
      try Self.message { $0[1]["key"] = "one" }
        == "x.h5: two tensors have the key “one”, or keys that differ only in how letters are composed"
    )
    #expect(
      try Self.message(compression: 1) { $0[0]["key"] = "none" }
        == "x.h5 is damaged, in the tensor “none”: its data has changed since it was written")
    #expect(
      try Self.message(compression: 1) { $0[0]["shape"] = [4, 3] }
        == "x.h5 is damaged, in the tensor “one”: its data has changed since it was written")
  }

  /// A file of a later version.
  @Test func aNewerVersionIsRefused() throws {
    let folder = try Folder()
    let url = folder.url.appending(path: "x.h5")
    try save(Self.state, to: url.path)
    try Self.forge(url) { $0["version"] = 3 }
    for body in [{ _ = try load(url.path) }, { _ = try inspect(url.path) }] as [() throws -> Void] {
      let error = #expect(throws: SerializationError.self) { try body() }
      #expect(error == .newerVersion(path: url.path, version: 3))
      #expect(
        error?.localizedDescription
          == "\(url.path) is of version 3 of the format, and this library supports "
          + "version 2; use a newer one")
    }
    var bytes = try Data(contentsOf: url)
    bytes[bytes.count - 16] ^= 1
    try bytes.write(to: url)
    let damaged = #expect(throws: SerializationError.self) { try load(url.path) }
    #expect(
      damaged?.localizedDescription.contains("its seal has changed since it was written") == true)
  }
}
