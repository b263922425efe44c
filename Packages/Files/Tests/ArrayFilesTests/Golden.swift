@_spi(Flambeau) import Files
import Foundation
import Tensors

/// A tensor in a golden file.
struct GoldenArray: Decodable {
  let dtype: String
  let shape: [Int]
  let values: [Double]

  func matches(_ tensor: Tensor) -> Bool {
    tensor.dtype.description == dtype && tensor.shape == shape
      && tensor.scalars(as: Double.self) == values
  }
}

enum Golden {
  static let folder = Bundle.module.resourceURL!.appending(path: "Golden")

  static func path(_ name: String) -> String { folder.appending(path: name).path }

  static func expected() throws -> [String: GoldenArray] {
    try JSONDecoder().decode(
      [String: GoldenArray].self,
      from: Data(contentsOf: URL(fileURLWithPath: path("expected.json"))))
  }
}

/// The bytes with random changes, deletions, duplications and truncations, determined by the
/// generator's seed.
func mutated(_ bytes: [UInt8], _ generator: Generator) -> [UInt8] {
  func draw(_ count: Int) -> Int { Int(generator.next64() % UInt64(count)) }
  var result = bytes
  for _ in 0...draw(3) where !result.isEmpty {
    // Half of the changes are in the header, where they are most dangerous.
    let place = draw(2) == 0 ? draw(min(result.count, 100)) : draw(result.count)
    switch draw(6) {
    case 0: result[place] = UInt8(draw(256))
    case 1: result[place] ^= 1 << UInt8(draw(8))
    case 2: result.remove(at: place)
    case 3: result[place] = [0, 0xFF, 0x7F, 0x80][draw(4)]
    case 4: result.removeLast(result.count - place)
    default: result.insert(contentsOf: result[place...].prefix(8), at: place)
    }
  }
  // Most keep their length, since code after the check of the length would seldom be reached
  // otherwise.
  if draw(4) > 0 {
    result = Array((result + [UInt8](repeating: 0, count: bytes.count)).prefix(bytes.count))
  }
  return result
}

/// The number of mutations of each file; lower under a sanitizer, for example, where each takes
/// long.
private let mutationCount =
  ProcessInfo.processInfo.environment["FLAMBEAU_MUTATIONS"].flatMap { Int($0) } ?? 10_000

/// Calls `body` with the path of a temporary file for each of many mutations of a file.
///
/// - Parameter share: fraction of the usual number of mutations.
/// - Returns: the numbers of calls that threw and that did not, per 100 calls.
func fuzz(
  _ name: String, share: Double = 1, seed: UInt64 = 17,
  _ body: (String) throws -> Void
) throws -> (thrown: Double, read: Double) {
  let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Golden.path(name))))
  let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  defer { try? FileManager.default.removeItem(at: url) }
  try Data().write(to: url)
  let generator = Generator(seed: seed)
  var thrown = 0
  let rounds = max(Int(Double(mutationCount) * share), 100)
  for _ in 0..<rounds {
    // Overwrites the file in place, since replacing it or truncating it first would wait for the
    // disk.
    let changed = mutated(bytes, generator)
    try ByteWriter(url.path, at: 0).write(changed)
    truncate(url.path, off_t(changed.count))
    do { try body(url.path) } catch { thrown += 1 }
  }
  let percent = 100 / Double(rounds)
  return (Double(thrown) * percent, Double(rounds - thrown) * percent)
}
