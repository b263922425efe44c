let descent = (-gradient).scalars(as: Float.self).map(Double.init)
check("the steepest way down points mostly east", descent[0] > 2 * abs(descent[1]))
// The floor is y = x², with the tangent (1, 2x).
let floor = (x: 1.0, y: 2.0 * -1.5)
check("the floor leads south", floor.y < -2 * abs(floor.x))
let along = (descent[0] * floor.x + descent[1] * floor.y) / hypot(floor.x, floor.y)
check("the first step goes hardly along it", abs(along) < 0.1 * hypot(descent[0], descent[1]))

func height(_ place: [Double]) -> Double { place[1] - place[0] * place[0] }
check("to the opposite wall", height(plain[0]) * height(plain[1]) < 0)

func length(of floor: ClosedRange<Double>) -> Double {
  func primitive(_ x: Double) -> Double { x / 2 * (1 + 4 * x * x).squareRoot() + asinh(2 * x) / 4 }
  return primitive(floor.upperBound) - primitive(floor.lowerBound)
}
let covered = length(of: -1.5...plain.last![0]) / length(of: -1.5...1)
check("with 0.01 it is half-way", covered, near: 0.5, within: 0.05)
let distances = wild.filter { $0[0].isFinite }.map { abs(height($0)) }
check(
  "each time higher up", zip(distances, distances.dropFirst()).allSatisfy { $0 < $1 })
check("momentum arrives", valley(Tensor(momentum.last!)).item() < 1e-3)
check("1 + 0.9 + 0.9² + … = 10", (0..<1000).reduce(0) { $0 + pow(0.9, Double($1)) }, near: 10)

func highest(_ walk: [[Double]]) -> Double { walk.dropFirst(3).map { abs(height($0)) }.max()! }
check("momentum climbs higher up the walls than Adam", highest(momentum) > 1.3 * highest(adam))

let rates = losses.series.values.map { $0.map(\.value) }
func rises(_ walk: [Double]) -> Int { zip(walk, walk.dropFirst()).count { $0 < $1 } }
check("with 0.01 it falls at nearly every step", rises(rates[0]) < 10)
check("and two thirds are left", rates[0].last! / rates[0][0], near: 0.7, within: 0.05)
check("with 0.1 it arrives", rates[1].last! < 0.01 && rises(rates[1]) < 10)
check("with 1 it jumps ten times higher", rates[2].max()! / rates[2][0], near: 11, within: 0.1)
check("and is up at nearly every second step", (40..<50).contains(rises(rates[2])))
check("it arrives even lower", rates[2].last! < rates[1].last!)
check("with 10 it does not come back", rates[3].last! > rates[3][0])
check("noise: the cosine ends lower", noisyMeans[1] < noisyMeans[0])
