check(
  "a layer's answer to any number of points is one product", (matrix • weights)[1, 1].item(),
  near: 4 * 0 + 5 * 1 + 6 * -1)
for (point, score) in zip(pointList.prefix(5), scores(points, layers)[..<5, 0].unbind()) {
  check(
    "the same score at \(point.map(\.briefDescription))", score.item(),
    near: scalarModel(point.map { Value($0) })[0].data, within: 1e-4)
}
check(
  "the same loss at a fourth step", tensorStep(layers), near: scalarStep(scalarModel), within: 1e-4)
func gain(_ place: Int) -> Double {
  times.series["scalars"]![place].value / times.series["tensors"]![place].value
}
check("the wider the layer, the more the tensors gain", gain(4) > 4 * gain(0))
check("writing through the column wrote into x", x[.all, 1].sum().item(), near: 0)
flat.fill(-1)
check("reshape has copied what is turned over", x.amin().item(), near: 0)
check("broadcasting repeats by a stride of 0", row.expand([4, 3]).strides, is: [0, 1])
