check("the memory still has the order of x", memory[1] == 2 && x.T[0, 1].item() == 4)
let (copy, addition) = (times[0].value, times[1].value)
check("a copy costs as much as an addition", copy < 2 * addition && addition < 2 * copy)
check("reading once costs less than copying", times[2].value < copy)
let products = work.series["matrix product"]!.map(\.value)
check(
  "a matrix product has more work for each byte the larger it is", products, is: products.sorted())
check("70,000 is beyond float16", Tensor([70_000.0]).to(.float16).item().isInfinite)
check("but not beyond bfloat16", Tensor([70_000.0]).to(.bfloat16).item().isFinite)
