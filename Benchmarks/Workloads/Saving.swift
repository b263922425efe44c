import Foundation
import Serialization

extension Workload {
  /// Saving a state dict of 400 MB, flushed to the disk, and loading it. The peers are PyTorch's
  /// `.pt`, h5py, and safetensors, whose files the last workload of loading reads.
  static let saving =
    [FileFormat.hdf5, .safetensors].flatMap { format in
      [
        Workload(name: "saving 400 MB as \(format)", tolerance: 1e-5) {
          let state = weights()
          return { count in
            for _ in 0..<count { attempt { try save(state, to: path(format), format: format) } }
            return [state["layers.0.weight"]!.sum().item()]
          }
        },
        Workload(name: "loading 400 MB of \(format)", tolerance: 1e-5) {
          attempt { try save(weights(), to: path(format), format: format) }
          return { count in
            var sum = 0.0
            for _ in 0..<count {
              let state = attempt { try load(path(format), format: format) }
              sum = state["layers.24.weight"]![0].sum().item()
            }
            return [sum]
          }
        },
      ]
    } + [
      Workload(name: "loading 400 MB of another's safetensors", tolerance: 1e-5) {
        let other = path(.safetensors, by: "peer")
        return { count in
          var sum = 0.0
          for _ in 0..<count {
            let state = attempt { try load(other) }
            sum = state["layers.24.weight"]![0].sum().item()
          }
          return [sum]
        }
      },
      Workload(name: "saving and loading 10,000 tensors", tolerance: 0) {
        let small = StateDict(
          uniqueKeysWithValues: (0..<10_000).map { ("layers.\($0).weight", Tensor([Float($0)])) })
        return { count in
          var last = 0.0
          for _ in 0..<count {
            attempt { try save(small, to: path(.hdf5, by: "small")) }
            last = attempt { try load(path(.hdf5, by: "small")) }["layers.9999.weight"]!.item()
          }
          return [last]
        }
      },
    ]

  /// 25 weights, the same as the peer's.
  private static func weights() -> StateDict {
    manualSeed(0)
    return StateDict(
      uniqueKeysWithValues: (0..<25).map { ("layers.\($0).weight", Tensor.randn([1024, 4096])) })
  }

  private static func path(_ format: FileFormat, by writer: String = "flambeau") -> String {
    let extensions: [FileFormat: String] = [.hdf5: "h5", .safetensors: "safetensors"]
    return FileManager.default.temporaryDirectory
      .appending(path: "flambeau-benchmark-\(writer).\(extensions[format]!)").path
  }

  private static func attempt<Result>(_ body: () throws -> Result) -> Result {
    do {
      return try body()
    } catch {
      fatalError(error.localizedDescription)
    }
  }
}
