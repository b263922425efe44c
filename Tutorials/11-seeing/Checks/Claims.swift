let flatImage = Tensor.ones([8, 8]) * 0.5
check("where nothing changes it is zero", convolve(flatImage, window).abs().amax().item(), near: 0)
let growing = Tensor.ones([8, 1]) * Tensor.arange(8)
check("where numbers grow to the right it is large", convolve(growing, window).amin().item() > 0)
check("and negative the other way round", convolve(-growing, window).amax().item() < 0)
let moved = digit.roll([1], dims: [1])
check(
  "an edge is an edge wherever it is",
  convolve(moved, window)[.all, 2..<6].allclose(edges[.all, 1..<5]))
check("the first layer has 160 parameters", first.parameters().reduce(0) { $0 + $1.numel }, is: 160)
check("for 1,024 numbers out", first(images).numel, is: 1024)
check("it reads 97 of 100 digits of strangers", accuracy(logits, answers) > 0.97)
let ordered = certainty[certainty.argsort(descending: true)].scalars(as: Double.self)
check("the most certain mistakes come first", ordered == ordered.sorted(by: >))
