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

/// Bytes with some changed, left out, doubled or cut off; the same for the same generator's seed.
func mutated(_ bytes: [UInt8], _ generator: Generator) -> [UInt8] {
  func draw(_ count: Int) -> Int { Int(generator.next64() % UInt64(count)) }
  var result = bytes
  for _ in 0...draw(3) where !result.isEmpty {
    // Headers are where it is most dangerous.
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
  return result
}

/// Calls `body` with the path of a temporary file for each of 10,000 mutations of a file.
///
/// - Returns: how often it threw, and how often it did not.
func fuzz(
  _ name: String, rounds: Int = 10_000, _ body: (String) throws -> Void
) throws -> (thrown: Int, read: Int) {
  let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Golden.path(name))))
  let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  defer { try? FileManager.default.removeItem(at: url) }
  let generator = Generator(seed: 17)
  var counts = (thrown: 0, read: 0)
  for _ in 0..<rounds {
    try Data(mutated(bytes, generator)).write(to: url)
    do {
      try body(url.path)
      counts.read += 1
    } catch {
      counts.thrown += 1
    }
  }
  return counts
}
