import Foundation
import DataPipes
import Testing

/// A tensor in a golden file.
struct GoldenTensor: Decodable, Sendable {
  let shape: [Int]
  let values: [Double]

  func tensor(_ dtype: DType = .float64, requiresGrad: Bool = false) throws -> Tensor {
    let tensor = try Tensor(values, shape: shape, dtype: dtype)
    tensor.requiresGrad = requiresGrad
    return tensor
  }
}

/// Reads a file of the folder Golden, written by the scripts there.
func golden<Content: Decodable>(_ name: String) -> Content {
  let url = Bundle.module.resourceURL!.appending(path: "Golden/\(name).json")
  do {
    return try JSONDecoder().decode(Content.self, from: Data(contentsOf: url))
  } catch {
    fatalError("\(url.path): \(error)")
  }
}

/// Whether two tensors have the same shape, and elements that differ by at most the tolerance,
/// relative to their magnitude if it is larger than 1.
func isClose(_ a: Tensor, _ b: Tensor, tolerance: Double = 1e-11) -> Bool {
  guard a.shape == b.shape else { return false }
  let (x, y) = (a.scalars(as: Double.self), b.scalars(as: Double.self))
  return zip(x, y).allSatisfy {
    abs($0 - $1) <= tolerance * max(1, abs($1)) || $0 == $1 || ($0.isNaN && $1.isNaN)
  }
}
