import Foundation
import ScalarGrad
import ScalarNN

extension Workload {
  /// micrograd's demo: 100 points on two moons, an MLP 2-16-16-1, hinge loss and L2, a full batch.
  static let scalars = [
    Workload(name: "micrograd's demo, one step", tolerance: 1e-9) {
      let (points, labels) = twoMoons()
      var random = SeededGenerator(seed: 0)
      let model = MLP(2, [16, 16, 1], using: &random)
      var weights = SharedNumbers(seed: 1)
      for parameter in model.parameters { parameter.data = weights.next() }
      return { count in
        var last = 0.0
        for _ in 0..<count {
          var loss: Value = 0
          for (point, label) in zip(points, labels) {
            let score = model(point.map { Value($0) })[0]
            loss = loss + (1 - label * score).relu()
          }
          var price: Value = 0
          for parameter in model.parameters { price = price + parameter * parameter }
          let total = loss * (1 / Double(points.count)) + 1e-4 * price
          model.zeroGrad()
          total.backward()
          for parameter in model.parameters { parameter.data -= 0.1 * parameter.grad }
          last = total.data
        }
        return [last]
      }
    }
  ]
}

/// 50 points on each of two crescents, with the labels 1 and -1.
private func twoMoons() -> (points: [[Double]], labels: [Double]) {
  var noise = SharedNumbers(seed: 2)
  var points: [[Double]] = []
  var labels: [Double] = []
  for index in 0..<50 {
    let angle = Double(index) / 49 * Double.pi
    points.append([cos(angle) + 0.1 * noise.next(), sin(angle) + 0.1 * noise.next()])
    points.append([1 - cos(angle) + 0.1 * noise.next(), 0.5 - sin(angle) + 0.1 * noise.next()])
    labels += [1, -1]
  }
  return (points, labels)
}

/// A linear congruential generator of numbers from -1 to 1, the same as in scalars.py.
private struct SharedNumbers {
  private var state: Int

  init(seed: Int) { state = seed }

  mutating func next() -> Double {
    state = (state * 1_103_515_245 + 12345) % (1 << 31)
    return Double(state) / Double(1 << 30) - 1
  }
}
