@_spi(Flambeau) import ArrayFiles
import Foundation
import Serialization
import Testing

/// Files of other programs, with bytes flipped, cut and spliced: reading them throws or returns
/// something, and neither crashes nor exceeds the limits on memory or time.
@Suite struct MutationTests {
  /// Reads a file in all ways, and returns whether one of them succeeded.
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
    "foreign/others.safetensors", "h5py.h5", "foreign/chunks.h5",
    "foreign/mixed.h5", "foreign/pytables.h5",
    "foreign/matlab.mat", "foreign/keras.weights.h5",
  ])
  func anyFile(name: String) async {
    await #expect(processExitsWith: .success) { [name = name as String] in
      let folder = try Folder()
      let source = Golden.path(name)
      let format = FileFormat(path: source) ?? .hdf5
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: source)))
      let mutator = Mutator(bytes, seed: 31)
      var (read, refused) = (0, 0)
      let rounds = Mutator.rounds(format == .hdf5 ? 200 : 1000)
      for _ in 0..<rounds {
        try folder.write(mutator.next(), "x")
        if try Self.read(folder.path("x"), format) { read += 1 } else { refused += 1 }
      }
      #expect(refused > rounds / 10, "\(read) read, \(refused) refused")
    }
  }

  /// The pickles in archives, whose checksums would otherwise detect all changes.
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
      let rounds = Mutator.rounds(1000)
      for _ in 0..<rounds {
        try folder.write([], "x.pt")
        let archive = try ZipWriter(path)
        for (name, bytes) in contents {
          let memory = Memory(name == pickle.0 ? mutator.next() : bytes)
          try archive.add(name, memory.bytes, owner: memory)
        }
        try archive.close()
        if try Self.read(path, .pytorch) { read += 1 } else { refused += 1 }
      }
      #expect(200 * read > rounds && 5 * refused > rounds, "\(read) read, \(refused) refused")
    }
  }
}
