import Foundation
import NN

func valley(_ place: Tensor) -> Tensor {
  let (x, y) = (place[0], place[1])
  return (1 - x).square() + 10 * (y - x.square()).square()
}
let place = Tensor([-1.5, 2.0], requiresGrad: true)
let gradient = grad(of: valley(place), withRespectTo: place)
print(valley(place).item(), gradient)

func walk(_ update: (_ place: Tensor, _ gradient: Tensor) -> Tensor) -> [[Double]] {
  var place = Tensor([-1.5, 2.0])
  return (0...100).map { _ in
    let here = place.detach()
    here.requiresGrad = true
    let gradient = grad(of: valley(here), withRespectTo: here)
    place = noGrad { update(here, gradient) }
    return here.scalars(as: Float.self).map(Double.init)
  }
}
func show(_ path: [[Double]]) -> String {
  path.last!.map { String(format: "%.2f", $0) }.joined(separator: ", ")
}
let plain = walk { place, gradient in place - 0.01 * gradient }
print(show(plain))
print(show(walk { place, gradient in place - 0.002 * gradient }))
let wild = walk { place, gradient in place - 0.04 * gradient }
print("a number after", wild.count { $0[0].isFinite }, "steps, and then no more")

var velocity = Tensor.zeros([2])
let momentum = walk { place, gradient in
  velocity = 0.9 * velocity + gradient
  return place - 0.01 * velocity
}
print(show(momentum))

var mean = Tensor.zeros([2])
var meanSquare = Tensor.zeros([2])
var t = 0.0
let adam = walk { place, gradient in
  t += 1
  mean = 0.9 * mean + 0.1 * gradient
  meanSquare = 0.999 * meanSquare + 0.001 * gradient.square()
  let direction = mean / (1 - pow(0.9, t))
  let size = (meanSquare / (1 - pow(0.999, t))).sqrt()
  return place - 0.1 * direction / (size + 1e-8)
}
print(show(adam))

func place(_ x: Double, _ y: Double) -> (x: Int, y: Int) {
  (Int(180 * (x + 2)), Int(180 * (2.6 - y)))
}

/// The line of all places that are as high as `level`, as the data of an SVG path.
func contour(_ level: Double) -> String {
  func difference(_ corner: [Double]) -> Double {
    pow(1 - corner[0], 2) + 10 * pow(corner[1] - corner[0] * corner[0], 2) - level
  }
  var path = ""
  let side = 1.0 / 15
  for row in 0..<51 {
    for column in 0..<60 {
      let (x, y) = (Double(column) * side - 2, 2.6 - Double(row) * side)
      let corners = [[x, y], [x + side, y], [x + side, y - side], [x, y - side]]
      var crossings: [(x: Int, y: Int)] = []
      for (a, b) in zip(corners, corners[1...] + corners[..<1]) {
        let (from, to) = (difference(a), difference(b))
        guard from * to < 0 else { continue }
        let share = from / (from - to)
        crossings.append(place(a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))
      }
      guard crossings.count == 2 else { continue }
      path += "M\(crossings[0].x) \(crossings[0].y)L\(crossings[1].x) \(crossings[1].y)"
    }
  }
  return path
}

func draw(_ walks: KeyValuePairs<String, [[Double]]>, to path: String) throws {
  var svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 720 612' width='720'>\n"
  svg += "<rect width='720' height='612' fill='white'/>\n"
  for (index, level) in [0.3, 1, 3, 10, 30, 100].enumerated() {
    let gray = 215 - 25 * index
    let stroke = "stroke='rgb(\(gray),\(gray),\(gray))' stroke-width='2'"
    svg += "<path d='\(contour(level))' \(stroke)/>\n"
  }
  let colors = ["#0072b2", "#d55e00", "#009e73"]
  for (index, (name, walk)) in walks.enumerated() {
    let color = colors[index]
    let points = walk.map { place($0[0], $0[1]) }
    let line = points.map { "\($0),\($1)" }.joined(separator: " ")
    // The first is drawn widest, so that it shows below the others.
    let width = [9, 3, 3][index]
    svg += "<polyline points='\(line)' fill='none' stroke='\(color)' stroke-width='\(width)'/>\n"
    for (x, y) in points { svg += "<circle cx='\(x)' cy='\(y)' r='4' fill='\(color)'/>\n" }
    let font = "font-family='Helvetica,sans-serif' font-size='20' fill='\(color)'"
    svg += "<text x='20' y='\(530 + 28 * index)' \(font)>\(name)</text>\n"
  }
  let (start, end) = (place(-1.5, 2), place(1, 1))
  let black = "fill='none' stroke='black' stroke-width='3'"
  svg += "<rect x='\(start.x - 9)' y='\(start.y - 9)' width='18' height='18' \(black)/>\n"
  svg += "<circle cx='\(end.x)' cy='\(end.y)' r='9' \(black)/>\n"
  try (svg + "</svg>\n").write(toFile: path, atomically: true, encoding: .utf8)
}
try draw(["SGD": plain, "momentum": momentum, "Adam": adam], to: "valley.svg")

func libraryWalk(_ make: ([Tensor]) -> Optimizer) -> [[Double]] {
  let place = Tensor([-1.5, 2.0], requiresGrad: true)
  let optimizer = make([place])
  return (0...100).map { _ in
    let here = place.scalars(as: Float.self).map(Double.init)
    let loss = valley(place)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    return here
  }
}
print(show(libraryWalk { SGD($0, lr: 0.01) }))
print(show(libraryWalk { SGD($0, lr: 0.01, momentum: 0.9) }))
print(show(libraryWalk { Adam($0, lr: 0.1) }))

var losses = History()
for rate in [0.01, 0.1, 1.0, 10.0] {
  let walk = libraryWalk { Adam($0, lr: rate) }.map { valley(Tensor($0)).item() }
  for (step, loss) in walk.enumerated() {
    losses.append(["Adam with \(rate)": loss], at: Double(step))
  }
  print(
    "Adam with \(rate):", String(format: "at most %.2g, at the end %.2g", walk.max()!, walk.last!))
}
try Plot(
  losses, title: "Learning rates", xLabel: "step", yLabel: "loss", yAxis: .logarithmic
).write(to: "rates.svg")

func rates(_ make: (Optimizer) -> Scheduler) -> [Double] {
  let optimizer = SGD([Tensor([0.0], requiresGrad: true)], lr: 0.1)
  let scheduler = make(optimizer)
  return (0..<100).map { _ in
    defer { scheduler.step() }
    return optimizer.lr
  }
}
var schedules = History()
let curves: KeyValuePairs = [
  "steps": rates { StepLR($0, stepSize: 30, gamma: 0.3) },
  "cosine": rates { CosineAnnealingLR($0, tMax: 100) },
  "one cycle": rates { OneCycleLR($0, maxLR: 0.1, totalSteps: 100) },
]
for (name, curve) in curves {
  for (step, rate) in curve.enumerated() { schedules.append([name: rate], at: Double(step)) }
}
try Plot(
  schedules, title: "Schedules", xLabel: "step", yLabel: "learning rate"
).write(to: "schedules.svg")

func noisyEnd(seed: UInt64, scheduled: Bool) -> Double {
  let noise = Generator(seed: seed)
  let place = Tensor([-1.5, 2.0], requiresGrad: true)
  let optimizer = Adam([place], lr: 0.1)
  let scheduler = CosineAnnealingLR(optimizer, tMax: 300)
  for _ in 1...300 {
    optimizer.zeroGrad()
    valley(place).backward()
    place.grad = place.grad! + 3 * Tensor.randn([2], generator: noise)
    optimizer.step()
    if scheduled { scheduler.step() }
  }
  return valley(place).item()
}
var noisyMeans: [Double] = []
for scheduled in [false, true] {
  noisyMeans.append((0..<20).reduce(0) { $0 + noisyEnd(seed: $1, scheduled: scheduled) / 20 })
  print(scheduled ? "cosine:  " : "constant:", String(format: "%.3f", noisyMeans.last!))
}
