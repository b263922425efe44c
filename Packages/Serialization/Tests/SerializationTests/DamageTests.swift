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
    // Finds the weight's elements, 0, 1, 2 … in float32.
    let pattern = [Float(4), 5, 6].flatMap { number in
      (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
    }
    let places = bytes.indices.filter { bytes[$0...].starts(with: pattern) }
    if name.hasPrefix("packed") { return }
    let place = try #require(places.first)
    for offset in 0..<pattern.count {
      var changed = bytes
      changed[place + offset] ^= 0x04
      try folder.write(changed, name)
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
    try folder.write(bytes, name)
    do {
      return areEqual(try load(folder.path(name)), state)
    } catch is SerializationError {
      return true
    }
  }

  /// In a process of its own, which a crash would end. The rounds are divided among the names.
  @Test(arguments: names)
  func fuzzed(name: String) async {
    await #expect(processExitsWith: .success) { [name = name as String] in
      let folder = try Folder()
      let bytes = try Self.write(name, in: folder)
      let mutator = Mutator(bytes, seed: 23)
      let rounds = Mutator.rounds(10_000)
      var (wrong, thrown) = (0, 0)
      for _ in 0..<rounds {
        try folder.write(mutator.next(), name)
        do {
          if !areEqual(try load(folder.path(name)), Self.state) { wrong += 1 }
        } catch is SerializationError {
          thrown += 1
        }
      }
      #expect(wrong == 0 && 10 * thrown > 9 * rounds, "\(wrong) wrong, \(thrown) thrown")
    }
  }

  @Test(arguments: names)
  func cutAnywhere(name: String) throws {
    let folder = try Folder()
    let bytes = try Self.write(name, in: folder)
    for count in stride(from: 0, to: bytes.count, by: 41) {
      try folder.write(Array(bytes.prefix(count)), name)
      #expect(throws: SerializationError.self) { try load(folder.path(name)) }
      #expect(throws: SerializationError.self) { try inspect(folder.path(name)) }
    }
  }
}
