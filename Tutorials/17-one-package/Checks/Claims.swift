let paper = 45 + atan(1.0 / 8) / 2 * 180 / Double.pi
check("45° and half the slope to the basket", angle.data * 180 / .pi, near: paper, within: 1e-3)
check(
  "a lower or higher throw needs more speed",
  [-0.05, 0.05].allSatisfy { speed(at: Value(angle.data + $0)).data > speed(at: angle).data })
check("an arrow means needs", graph.edges.count, is: packages.reduce(0) { $0 + $1.value.count })
let misses = columns.mv(line) - y
check("what the line misses adds up to nothing", misses.sum().item(), near: 0, within: 1e-9)
