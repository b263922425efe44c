check("down the columns is slower than along the rows", byColumns > byRows)
check("turning two loops around is worth several times", along > 2 * across)
check("BLAS is faster by far", blas > 5 * along)
let path = speeds.series["x += y"]!.map(\.value)
let best = path.max()!
check("at the left, calling the operation is most of the time", path[0] < best / 2)
check("at the right, memory is slower than the caches", path.last! < best / 1.2)
check("softmax as one is faster than out of five operations", fused < composed)
check(
  "and gives shares that sum to one", wide.softmax(dim: 1).sum(dim: 1).allclose(Tensor.ones([4000]))
)
