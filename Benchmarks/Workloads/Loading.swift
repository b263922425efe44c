import ArrayFiles
import DataPipes
import Foundation
import Serialization

extension Workload {
  /// Epochs of data loaders, and reading files, which the peer has written before.
  static let loading =
    [0, 2].map { numWorkers in
      Workload(name: "epoch of 10,000 rows, \(numWorkers) workers", tolerance: 0) {
        manualSeed(0)
        let rows = TensorDataset(Tensor.randn([10_000, 64]), Tensor.arange(10_000))
        let loader = DataLoader(rows, batchSize: 32, shuffle: true, numWorkers: numWorkers)
        return { count in
          var last = Tensor(0)
          for _ in 0..<count {
            for (_, y) in loader { last = y }
          }
          return [last[0].item()]
        }
      }
    }
    + [0, 2].map { numWorkers in
      // With 2 workers on 2 processors, it should take half the time as with none.
      Workload(name: "200 examples of 1 ms, \(numWorkers) workers", tolerance: 0) {
        let loader = DataLoader(Busy(count: 200), batchSize: 4, numWorkers: numWorkers)
        return { count in
          var sum = 0.0
          for _ in 0..<count { sum = loader.reduce(0) { $0 + $1.sum().item() } }
          return [sum]
        }
      }
    } + [
      Workload(name: "reading a CSV file of 100 MB", tolerance: 1e-9) {
        let path = file("numbers.csv")
        return { count in
          var result: [Double] = []
          for _ in 0..<count {
            guard let table = try? CSVTable(path), case .floats(let x) = table.columns[0] else {
              fatalError("cannot read \(path)")
            }
            result = [Double(table.count), x.reduce(0, +)]
          }
          return result
        }
      },
      Workload(name: "reading an IDX file of 47 MB", tolerance: 0) {
        let path = file("images.idx")
        return { count in
          var last = 0.0
          for _ in 0..<count {
            guard let images = try? IDX.read(path) else { fatalError("cannot read \(path)") }
            last = images[59_999, 27, 27].item()
          }
          return [last]
        }
      },
    ]
    + ["in one piece", "in chunks"].flatMap { layout in
      let path = file("\(layout).h5")
      return [
        Workload(name: "200 MB of HDF5 \(layout), rows", tolerance: 0) {
          { count in
            var last = 0.0
            for _ in 0..<count {
              guard let array = try? HDF5Array(path, "x"),
                let rows = try? array.rows(0..<array.count)
              else { fatalError("cannot read \(path)") }
              last = rows[49_999, 999].item()
            }
            return [last]
          }
        },
        Workload(name: "200 MB of HDF5 \(layout), loaded", tolerance: 0) {
          { count in
            var last = 0.0
            for _ in 0..<count {
              guard let state = try? load(path) else { fatalError("cannot read \(path)") }
              last = state["x"]![49_999, 999].item()
            }
            return [last]
          }
        },
      ]
    }

  private static func file(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appending(path: "flambeau-benchmark-\(name)").path
  }
}

/// A dataset in which reading an example takes a millisecond of processor time.
private struct Busy: Dataset {
  let count: Int

  subscript(index: Int) -> Int {
    let end = ContinuousClock.now + .milliseconds(1)
    while ContinuousClock.now < end {}
    return index
  }
}
