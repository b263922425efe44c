import Foundation
import Tensors

/// Random mutations of bytes: flips, deletions, truncations and splices, determined by a seed.
struct Mutator {
  let bytes: [UInt8]
  private let generator: Generator

  init(_ bytes: [UInt8], seed: UInt64) {
    (self.bytes, generator) = (bytes, Generator(seed: seed))
  }

  /// The number of mutations, `usual` by default; lower under a sanitizer, for example, where each
  /// takes long.
  static func rounds(_ usual: Int) -> Int {
    let most = ProcessInfo.processInfo.environment["FLAMBEAU_MUTATIONS"].flatMap { Int($0) }
    return max(usual * (most ?? 10_000) / 10_000, 50)
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
        // A piece of the file, inserted elsewhere or overwriting another.
        let start = draw(bytes.count)
        let piece = bytes[start..<min(start + 1 + draw(64), bytes.count)]
        let end = draw(2) == 0 ? place : min(place + piece.count, result.count)
        result.replaceSubrange(place..<end, with: piece)
      }
    }
    return result
  }
}
