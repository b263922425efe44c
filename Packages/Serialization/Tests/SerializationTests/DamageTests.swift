import Foundation
import Serialization
import Testing

/// Damaged files give an error or the right tensors.
@Suite struct DamageTests {
  private static let state: StateDict = [
    "layers.0.weight": Tensor.arange(12).reshape(3, 4).to(.float32),
    "layers.0.bias": Tensor([true, false, true]),
    "scale": Tensor(7.25, dtype: .float64),
    "steps": Tensor([[1, -2, 3]]),
  ]

  private static func write(_ name: String, in folder: Folder) throws -> [UInt8] {
    let isPacked = name.hasPrefix("packed")
    try save(state, to: folder.path(name), compression: isPacked ? 4 : 0)
    return [UInt8](try Data(contentsOf: folder.url.appending(path: name)))
  }

  static let names = ["x.h5", "packed.h5", "x.safetensors", "x.pt", "x.npz"]

  /// Every byte of a tensor's data, flipped.
  @Test(arguments: names)
  func aFlippedBitIsNamed(name: String) throws {
    let folder = try Folder()
    let bytes = try Self.write(name, in: folder)
    // Where the weight's numbers are: 0, 1, 2 … in float32.
    let pattern = [Float(4), 5, 6].flatMap { number in
      (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
    }
    let places = bytes.indices.filter { bytes[$0...].starts(with: pattern) }
    if name.hasPrefix("packed") { return }
    let place = try #require(places.first)
    for offset in 0..<pattern.count {
      var changed = bytes
      changed[place + offset] ^= 0x04
      try Data(changed).write(to: folder.url.appending(path: name))
      let error = #expect(throws: SerializationError.self) { try load(folder.path(name)) }
      guard case .damaged(_, let tensor, let reason)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      // The zip formats name the tensor's file in the archive.
      switch name {
      case "x.pt": #expect(reason.hasPrefix("archive/data/0: "))
      case "x.npz": #expect(reason.hasPrefix("layers.0.weight.npy: "))
      default: #expect(tensor == "layers.0.weight")
      }
    }
  }

  /// Every single byte of a file, changed: an error or the right tensors.
  @Test(arguments: names)
  func everyByte(name: String) throws {
    let folder = try Folder()
    let bytes = try Self.write(name, in: folder)
    var wrong = 0
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= UInt8(1 << (place % 8))
      wrong += try Self.check(changed, name, folder) ? 0 : 1
    }
    #expect(wrong == 0)
  }

  /// Whether the bytes give an error or the right tensors.
  private static func check(_ bytes: [UInt8], _ name: String, _ folder: Folder) throws -> Bool {
    try Data(bytes).write(to: folder.url.appending(path: name))
    do {
      return areEqual(try load(folder.path(name)), state)
    } catch is SerializationError {
      return true
    }
  }

  /// In a process of its own, which a crash would end. A part of the rounds for each name.
  @Test(arguments: names)
  func fuzzed(name: String) async {
    await #expect(processExitsWith: .success) { [name = name as String] in
      let folder = try Folder()
      let bytes = try Self.write(name, in: folder)
      let generator = Generator(seed: 23)
      func draw(_ count: Int) -> Int { Int(generator.next64() % UInt64(count)) }
      var (wrong, thrown) = (0, 0)
      for _ in 0..<10_000 {
        var changed = bytes
        for _ in 0...draw(3) where !changed.isEmpty {
          let place = draw(changed.count)
          switch draw(6) {
          case 0: changed[place] = UInt8(draw(256))
          case 1: changed[place] ^= 1 << UInt8(draw(8))
          case 2: changed.remove(at: place)
          case 3: changed[place] = [0, 0xFF, 0x7F, 0x80][draw(4)]
          case 4: changed.removeLast(changed.count - place)
          default: changed.insert(contentsOf: changed[place...].prefix(8), at: place)
          }
        }
        try Data(changed).write(to: folder.url.appending(path: name))
        do {
          if !areEqual(try load(folder.path(name)), Self.state) { wrong += 1 }
        } catch is SerializationError {
          thrown += 1
        }
      }
      #expect(wrong == 0 && thrown > 9000, "\(wrong) wrong, \(thrown) thrown")
    }
  }

  @Test(arguments: names)
  func cutAnywhere(name: String) throws {
    let folder = try Folder()
    let bytes = try Self.write(name, in: folder)
    for count in stride(from: 0, to: bytes.count, by: 41) {
      try Data(bytes.prefix(count)).write(to: folder.url.appending(path: name))
      #expect(throws: SerializationError.self) { try load(folder.path(name)) }
      #expect(throws: SerializationError.self) { try inspect(folder.path(name)) }
    }
  }
}
