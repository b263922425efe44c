import Ember
import Foundation
import Tensors

func slow(_ a: [Double], _ b: [Double], _ n: Int) -> [Double] {
  var product = [Double](repeating: 0, count: n * n)
  for i in 0..<n {
    for j in 0..<n {
      for l in 0..<n { product[i * n + j] += a[i * n + l] * b[l * n + j] }
    }
  }
  return product
}

/// The shortest time of several runs, in milliseconds.
func milliseconds(_ body: () -> Void) -> Double {
  (0..<5).map { _ in
    let start = ContinuousClock.now
    body()
    let time = (ContinuousClock.now - start).components
    return Double(time.seconds) * 1000 + Double(time.attoseconds) * 1e-15
  }.min()!
}

print("   n      loops     kernel   Flambeau")
for n in [64, 128, 256, 512] {
  let a = Ember.Tensor.uniform([n, n], from: -1, to: 1)
  let b = Ember.Tensor.uniform([n, n], from: -1, to: 1)
  let (c, d) = (
    Tensors.Tensor.randn([n, n]).to(.float64), Tensors.Tensor.randn([n, n]).to(.float64)
  )
  let times = [
    milliseconds { _ = slow(a.scalars, b.scalars, n) }, milliseconds { _ = a.matmul(b) },
    milliseconds { _ = c • d },
  ]
  let cells = times.map { String(format: "%8.2f ms", $0) }
  print(String(format: "%4d", n), cells.joined())
}

let x = Ember.Tensor.uniform([512, 512], from: -1, to: 1)
for (name, tensor) in [
  ("contiguous", x), ("all but a row", x.narrow(0, start: 1, length: 511)), ("transposed", x.T),
] {
  let time = milliseconds { _ = tensor.scalars }
  print(String(format: "%8.4f ms", time), name)
}
