import Foundation
import NN
import Tensors

func seconds(_ body: () -> Void) -> Double {
  body()
  let times = (0..<5).map { _ in ContinuousClock().measure(body) / .seconds(1) }
  return times.min()!
}
func show(_ name: String, _ value: Double, _ unit: String) {
  print(
    name.padding(toLength: 34, withPad: " ", startingAt: 0), String(format: "%8.2f", value), unit)
}

let n = 4000
let numbers = [Float](repeating: 1, count: n * n)
var total: Float = 0
let byRows = seconds {
  var sum: Float = 0
  for row in 0..<n { for column in 0..<n { sum += numbers[row * n + column] } }
  total += sum
}
let byColumns = seconds {
  var sum: Float = 0
  for column in 0..<n { for row in 0..<n { sum += numbers[row * n + column] } }
  total += sum
}
show("row by row", byRows * 1000, "ms")
show("column by column", byColumns * 1000, "ms")

let x = Tensor.ones([n, n])
let t = x.T
show("x + x", seconds { _ = x + x } * 1000, "ms")
show("x.T + x.T", seconds { _ = t + t } * 1000, "ms")
show("x + x.T", seconds { _ = x + t } * 1000, "ms")
show("x.sum()", seconds { _ = x.sum() } * 1000, "ms")

let m = 512
let left = (0..<m * m).map { Float($0 % 7) }
let right = (0..<m * m).map { Float($0 % 5) }

func product(_ a: [Float], _ b: [Float], _ c: inout [Float], overRows: Bool) {
  for index in c.indices { c[index] = 0 }
  for row in 0..<m {
    for middle in 0..<m {
      for column in 0..<m {
        if overRows {
          c[row * m + column] += a[row * m + middle] * b[middle * m + column]
        } else {
          c[row * m + middle] += a[row * m + column] * b[column * m + middle]
        }
      }
    }
  }
}
var result = [Float](repeating: 0, count: m * m)
let operations = 2 * Double(m * m * m) / 1e9
let across = operations / seconds { product(left, right, &result, overRows: false) }
let along = operations / seconds { product(left, right, &result, overRows: true) }

let a = Tensor(left).reshape(m, m)
let b = Tensor(right).reshape(m, m)
let allThreads = numThreads
numThreads = 1
let blas = operations / seconds { _ = a • b }
numThreads = allThreads
let parallel = operations / seconds { _ = a • b }
show("three loops, down the columns", across, "billion operations a second")
show("three loops, along the rows", along, "billion operations a second")
show("a • b with one thread", blas, "billion operations a second")
show("a • b with all threads", parallel, "billion operations a second")
print((a • b).flatten().equal(Tensor(result)))

var speeds = History()
var size = 256
while size <= 1 << 24 {
  let x = Tensor.ones([size])
  let y = Tensor.ones([size])
  let repeats = max(1, (1 << 22) / size)
  let time = seconds { for _ in 0..<repeats { x.update(.add, y) } } / Double(repeats)
  speeds.append(["x += y": Double(size) / time / 1e9], at: Double(size) * 8)
  size *= 2
}

/// The sizes of this machine's caches, as far as Linux tells.
func cacheSize(_ index: Int) -> Double {
  let path = "/sys/devices/system/cpu/cpu0/cache/index\(index)/size"
  let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  return (Double(text.prefix { $0.isNumber }) ?? 0) * 1024
}
try Plot(
  speeds, title: "Numbers added per nanosecond", xLabel: "x and y together",
  yLabel: "billions a second", xAxis: .bytes,
  marks: ["L1": cacheSize(0), "L2": cacheSize(2), "L3": cacheSize(3)]
).write(to: "caches.svg")

let wide = Tensor.randn([4000, 1000], generator: Generator(seed: 0))
let composed = seconds {
  let powers = (wide - wide.amax(dims: [1], keepDim: true)).exp()
  _ = powers / powers.sum(dim: 1, keepDim: true)
}
let fused = seconds { _ = wide.softmax(dim: 1) }
show("softmax out of five operations", composed * 1000, "ms")
show("softmax as one", fused * 1000, "ms")

for count in [1, allThreads] {
  numThreads = count
  show("tanh with \(count) threads", seconds { _ = x.tanh() } * 1000, "ms")
}
