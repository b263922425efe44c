@_spi(Flambeau) import ArrayFiles
import Foundation
import Serialization
import Testing

/// Files that others wrote, with bytes flipped, cut and spliced: reading throws or gives something, and
/// neither crashes nor takes more memory or time than the limits.
@Suite struct MutationTests {
  /// Mutations of bytes, the same for the same seed.
  private struct Mutator {
    let bytes: [UInt8]
    private let generator: Generator

    init(_ bytes: [UInt8], seed: UInt64) {
      (self.bytes, generator) = (bytes, Generator(seed: seed))
    }

    private func draw(_ count: Int) -> Int { Int(generator.next64() % UInt64(max(count, 1))) }

    func next() -> [UInt8] {
      var result = bytes
      for _ in 0...draw(3) where !result.isEmpty {
        let place = draw(2) == 0 ? draw(min(result.count, 200)) : draw(result.count)
        switch draw(7) {
        case 0: result[place] = UInt8(draw(256))
        case 1: result[place] ^= 1 << UInt8(draw(8))
        case 2: result[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][draw(6)]
        case 3: result.remove(at: place)
        case 4: result.removeLast(result.count - place)
        default:
          // A piece of the file, put in elsewhere or over something else.
          let start = draw(bytes.count)
          let piece = bytes[start..<min(start + 1 + draw(64), bytes.count)]
          let end = draw(2) == 0 ? place : min(place + piece.count, result.count)
          result.replaceSubrange(place..<end, with: piece)
        }
      }
      return result
    }
  }

  /// Reads a file in all ways, and says whether one of them gave something.
  private static func read(_ path: String, _ format: FileFormat) throws -> Bool {
    let limits = ReadingLimits(memory: 1 << 26)
    func attempt(_ body: () throws -> Void) throws -> Bool {
      do {
        try body()
        return true
      } catch is SerializationError {
        return false
      }
    }
    var isRead = try attempt {
      let state = try load(path, format: format, limits: limits)
      for tensor in state.values { _ = tensor.to(.float64).sum().item() }
    }
    isRead = try attempt { _ = try inspect(path, format: format).description } || isRead
    if format == .pytorch {
      isRead = try attempt { _ = try loadValue(path, limits: limits).optimizerState } || isRead
    }
    return isRead
  }

  /// In a process of its own, which a crash would end.
  @Test(arguments: [
    "foreign/legacy.pth", "foreign/legacy checkpoint.pth", "foreign/legacy 1.pth",
    "foreign/legacy 4.pth", "all.pt",
    "foreign/adamw.pth", "foreign/negative.pt", "all.npz", "foreign/mixed.npz", "all.safetensors",
    "foreign/others.safetensors", "h5py.h5", "foreign/mixed.h5", "foreign/pytables.h5",
    "foreign/matlab.mat", "foreign/keras.weights.h5",
  ])
  func anyFile(name: String) async {
    await #expect(processExitsWith: .success) { [name = name as String] in
      let folder = try Folder()
      let source = Golden.path(name)
      let format = FileFormat(path: source) ?? .hdf5
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: source)))
      let mutator = Mutator(bytes, seed: 31)
      let url = folder.url.appending(path: "x")
      var (read, refused) = (0, 0)
      let rounds = format == .hdf5 ? 200 : 1000
      for _ in 0..<rounds {
        try Data(mutator.next()).write(to: url)
        if try Self.read(url.path, format) { read += 1 } else { refused += 1 }
      }
      #expect(refused > rounds / 10, "\(read) read, \(refused) refused")
    }
  }

  /// The pickles in archives, whose checksums would otherwise find all that is changed.
  @Test(arguments: ["all.pt", "foreign/adamw.pth", "foreign/sparse.pt", "foreign/quantised.pt"])
  func pickles(name: String) async {
    await #expect(processExitsWith: .success) { [name = name as String] in
      let folder = try Folder()
      let source = try ZipArchive(Golden.path(name))
      let contents = try source.names.map { ($0, try source.entry($0).contents()) }
      let pickle = try #require(contents.first { $0.0.hasSuffix("data.pkl") })
      let mutator = Mutator(pickle.1, seed: 37)
      let path = folder.path("x.pt")
      var (read, refused) = (0, 0)
      for _ in 0..<1000 {
        try Data().write(to: URL(fileURLWithPath: path))
        let archive = try ZipWriter(path)
        for (name, bytes) in contents {
          let memory = Memory(name == pickle.0 ? mutator.next() : bytes)
          try archive.add(name, memory.bytes, owner: memory)
        }
        try archive.close()
        if try Self.read(path, .pytorch) { read += 1 } else { refused += 1 }
      }
      #expect(read > 5 && refused > 200, "\(read) read, \(refused) refused")
    }
  }
}
