// Reductions over all dims or some, each next to its derivative.

extension Operator {
  static let sum = Operator(
    "sum", precision: .onGPUs,
    .wrt(.x, "∂Σx/∂xᵢ = 1: g, repeated") { (g, a: ReducedDims) in g.spread(a) }
      .forward { (t, a: ReducedDims) in t.sum(a) })
  static let prod = Operator(
    "prod", precision: .everywhere,
    .wrt(.x, saving: .x, "∂Πx/∂xᵢ = Πx/xᵢ") { (g, x, a: ReducedDims) in
      g.spread(a) * x.othersInProduct(a)
    }.forward { (t, x, a: ReducedDims) in (t * x.othersInProduct(a)).sum(a) })
  static let mean = Operator(
    "mean", precision: .onGPUs,
    .wrt(.x, "∂(Σx/n)/∂xᵢ = 1/n: g/n, repeated") { (g, a: ReducedDims) in
      (g / a.divisor).spread(a)
    }.forward { (t, a: ReducedDims) in t.sum(a) / a.divisor })
  static let variance = Operator(
    "variance", precision: .onGPUs,
    .wrt(.x, saving: .x, "∂σ²/∂xᵢ = 2(xᵢ-x̄)/(n-1)") { (g, x, a: Spread) in
      g.spread(a.reduced) * x.deviation(over: a.reduced.dims) * (2 / a.reduced.divisor)
    }.forward { (t, x, a: Spread) in
      (t * x.deviation(over: a.reduced.dims)).sum(a.reduced) * (2 / a.reduced.divisor)
    })
  static let std = Operator(
    "std", precision: .onGPUs,
    .wrt(.x, saving: .x, "∂σ/∂xᵢ = (xᵢ-x̄)/(σ·(n-1))") { (g, x, a: Spread) in
      g.spread(a.reduced) * x.standardized(a) / a.reduced.divisor
    }.forward { (t, x, a: Spread) in (t * x.standardized(a)).sum(a.reduced) / a.reduced.divisor })
  /// Repeats a gradient along the reduced dims in the backward of a reduction.
  static let spread = Operator(
    "expand",
    .wrt(.x, "g, summed over the copies") { (g, a: ReducedDims) in
      g.sum(dims: a.dims, keepDim: a.isKept)
    }.forward { (t, a: ReducedDims) in t.spread(a) })
  static let norm = Operator(
    "norm", precision: .onGPUs,
    .wrt(.x, saving: .x, "∂‖x‖/∂x = x/‖x‖") { (g, x, a: Norm) in
      g.spread(a.reduced) * x.gradientOfNorm(a)
    }.forward { (t, x, a: Norm) in (t * x.gradientOfNorm(a)).sum(a.reduced) })
}

extension Tensor {
  /// The sum over the dims of a reduction.
  func sum(_ reduced: ReducedDims) -> Tensor { sum(dims: reduced.dims, keepDim: reduced.isKept) }

  /// For each element, the product of the others.
  fileprivate func othersInProduct(_ reduced: ReducedDims) -> Tensor {
    (self .== 0).anyTrue
      ? productOfOthers(reduced.dims) : prod(dims: reduced.dims, keepDim: true) / self
  }

  /// The deviation of each element from the mean, in standard deviations.
  fileprivate func standardized(_ spread: Spread) -> Tensor {
    let dims = spread.reduced.dims
    return deviation(over: dims)
      .over(std(dims: dims, correction: spread.correction, keepDim: true))
  }

  /// sign x · (|x| / ‖x‖)ᵖ⁻¹, which is x / ‖x‖ for the common p.
  fileprivate func gradientOfNorm(_ norm: Norm) -> Tensor {
    let ratio = over(self.norm(norm.p, dims: norm.reduced.dims, keepDim: true))
    if norm.p == 2 { return ratio }
    let isZero = ratio .== 0
    return .where(
      isZero, 0, ratio.sign() * Tensor.where(isZero, 1, ratio.abs()).pow(norm.p - 1))
  }
}

/// The attributes of a reduction.
struct ReducedDims: CustomReflectable {
  /// Which dims are reduced.
  let marks: [Bool]
  /// The shape of the input.
  let shape: [Int]
  /// Whether the reduced dims are kept, with size 1.
  let isKept: Bool
  /// The number that sums are divided by.
  var divisor = 1.0

  var dims: [Int] { marks.places }

  var customMirror: Mirror {
    Mirror(self, children: marks.contains(false) ? [("dims", dims)] : [])
  }
}

/// The attributes of variance and standard deviation.
private struct Spread {
  let correction: Int
  let reduced: ReducedDims
}

/// The attributes of a norm.
private struct Norm {
  let p: Double
  let reduced: ReducedDims
}

extension Tensor {
  /// The sum over the given dims, or over all: `torch.sum`. Integers and bools are summed in int64.
  public func sum(dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    let dims = reducedDims(dims, for: "sum")
    let x = dtype.isFloatingPoint ? view : view.converted(to: .int64)
    return Tensor.reduce(.sum, x, for: .sum, over: dims, dtype: x.dtype, keepDim: keepDim)
      .recorded(.sum, self, with: ReducedDims(marks: dims, shape: shape, isKept: keepDim))
  }

  /// The product over the given dims, or over all: `torch.prod`. Integers and bools are multiplied
  /// in int64.
  public func prod(dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    let marks = reducedDims(dims, for: "prod")
    let x = dtype.isFloatingPoint ? view : view.converted(to: .int64)
    return Tensor.reduce(.product, x, for: .prod, over: marks, dtype: x.dtype, keepDim: keepDim)
      .recorded(.prod, self, with: ReducedDims(marks: marks, shape: shape, isKept: keepDim))
  }

  /// For each element, the product of the others over the given dims, any of which may be 0: that
  /// of those before it times that of those after it.
  fileprivate func productOfOthers(_ dims: [Int]) -> Tensor {
    let last = Array(ndim - dims.count..<ndim)
    let moved = movedim(dims, last)
    let rows = moved.flatten(startDim: last.first ?? 0)
    func before(_ x: Tensor) -> Tensor {
      let one = Tensor.onesLike(x.narrow(-1, start: 0, length: 1))
      let others = x.narrow(-1, start: 0, length: x.shape[x.ndim - 1] - 1)
      return Tensor.cat([one, others], dim: -1).cumprod(dim: -1)
    }
    let product = before(rows) * before(rows.flip([-1])).flip([-1])
    return product.reshape(moved.shape).movedim(last, dims)
  }

  /// The mean over the given dims, or over all: `torch.mean`.
  public func mean(dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    requireFloatingPoint("mean")
    let marks = reducedDims(dims, for: "mean")
    let count = count(over: marks)
    return Tensor.reduce(
      .sum, view, for: .mean, over: marks, divisor: count, dtype: dtype, keepDim: keepDim
    )
    .recorded(
      .mean, self,
      with: ReducedDims(marks: marks, shape: shape, isKept: keepDim, divisor: count))
  }

  /// The variance over the given dims, or over all: `torch.var`. The sum of squared deviations is
  /// divided by the count minus the correction.
  public func variance(dims: [Int]? = nil, correction: Int = 1, keepDim: Bool = false) -> Tensor {
    spread(dims, correction, keepDim, takesSquareRoot: false, .variance)
  }

  /// The standard deviation over the given dims, or over all: `torch.std`. Where it is 0, so is its
  /// derivative.
  public func std(dims: [Int]? = nil, correction: Int = 1, keepDim: Bool = false) -> Tensor {
    spread(dims, correction, keepDim, takesSquareRoot: true, .std)
  }

  /// Σ(x - mean)² / divisor, or its square root.
  private func spread(
    _ dims: [Int]?, _ correction: Int, _ keepDim: Bool, takesSquareRoot: Bool, _ row: Operator
  ) -> Tensor {
    let marks = reducedDims(dims, for: row.name)
    requireFloatingPoint(row.name)
    let divisor = Swift.max(count(over: marks) - Double(correction), 0)
    let means = Tensor.reduce(
      .wideSum, view, for: row, over: marks, divisor: count(over: marks), dtype: .float64,
      keepDim: keepDim)
    return Tensor.reduce(
      .squares, view, for: row, over: marks, centers: means.view, divisor: divisor,
      takesSquareRoot: takesSquareRoot,
      dtype: dtype, keepDim: keepDim
    ).recorded(
      row, self,
      with: Spread(
        correction: correction,
        reduced: ReducedDims(marks: marks, shape: shape, isKept: keepDim, divisor: divisor)))
  }

  /// Each element minus the mean over the dims.
  fileprivate func deviation(over dims: [Int]) -> Tensor {
    self - mean(dims: dims, keepDim: true)
  }

  /// x / y, and 0 where y is 0.
  func over(_ y: Tensor) -> Tensor {
    let isZero = y .== 0
    return .where(isZero, 0, self / Tensor.where(isZero, 1, y))
  }

  /// The number of elements over the dims.
  private func count(over marks: [Bool]) -> Double {
    Double(zip(marks, shape).reduce(1) { $1.0 ? $0 * $1.1 : $0 })
  }
}

extension Tensor {
  /// log Σ eˣ over the given dims, without overflow: `torch.logsumexp`.
  public func logsumexp(dims: [Int], keepDim: Bool = false) -> Tensor {
    let marks = reducedDims(dims, for: "logsumexp")
    let x = dtype.isFloatingPoint ? self : to(.float32)
    let sum = roundedOnce(x, precision: .onGPUs) { x in
      let largest = noGrad { () -> Tensor in
        if x.numel == 0 { return .zeros([], dtype: x.dtype, device: x.device) }
        let m = x.amax(dims: dims, keepDim: true)
        return .where(m.isfinite(), m, 0)
      }
      return (x - largest).exp().sum(dims: dims, keepDim: true).log() + largest
    }
    if keepDim { return sum }
    return sum.reshape(shape.indices.filter { !marks[$0] }.map { shape[$0] })
  }

  /// (Σ |x|ᵖ)^(1/p) over the given dims, or over all: `torch.linalg.vector_norm`. For p = ∞ it is
  /// the largest absolute value, for -∞ the smallest, for 0 the number of nonzero elements. At 0
  /// the derivative is 0.
  public func norm(_ p: Double = 2, dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    requireFloatingPoint("norm")
    if p == .infinity { return abs().amax(dims: dims, keepDim: keepDim) }
    if p == -.infinity { return abs().amin(dims: dims, keepDim: keepDim) }
    if p == 0 { return (self .!= 0).to(dtype).sum(dims: dims, keepDim: keepDim) }
    if p == 1 { return abs().sum(dims: dims, keepDim: keepDim) }
    let marks = reducedDims(dims, for: "norm")
    let result =
      p == 2
      ? Tensor.reduce(
        .squares, view, for: .norm, over: marks, takesSquareRoot: true, dtype: dtype,
        keepDim: keepDim)
      : roundedOnce(detach(), precision: Operator.norm.precision) { x in
        x.abs().pow(p).sum(dims: dims, keepDim: keepDim).pow(1 / p)
      }
    let reduced = ReducedDims(marks: marks, shape: shape, isKept: keepDim)
    return result.recorded(.norm, self, with: Norm(p: p, reduced: reduced))
  }

  /// Whether all elements over the given dims, or all, are nonzero: `torch.all`; bool, or uint8 for
  /// uint8.
  public func all(dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    truth(.minimum, dims, keepDim, ofNothing: true, "all")
  }

  /// Whether any element over the given dims, or any at all, is nonzero: `torch.any`; bool, or
  /// uint8 for uint8.
  public func any(dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    truth(.maximum, dims, keepDim, ofNothing: false, "any")
  }

  private func truth(
    _ reduction: Reduction, _ dims: [Int]?, _ keepDim: Bool, ofNothing: Bool, _ name: String
  ) -> Tensor {
    let marks = reducedDims(dims, for: name)
    let flags = dtype == .bool ? self : detach() .!= 0
    let result = Tensor.reduce(reduction, flags.view, over: marks, dtype: .bool, keepDim: keepDim)
    if numel == 0 { result.fill(ofNothing) }
    return dtype == .uint8 ? result.to(.uint8) : result
  }

  /// The number of nonzero elements over the given dims, or of all: `torch.count_nonzero`; int64.
  public func countNonzero(dims: [Int]? = nil) -> Tensor {
    let flags = dtype == .bool ? detach() : detach() .!= 0
    return dims == nil ? flags.trueCount() : flags.sum(dims: dims)
  }
}

extension Tensor {
  /// The elements reduced over dims by the device; see ``Backend``.
  ///
  /// - Parameter row: the operation, if autocast may convert its input.
  static func reduce(
    _ reduction: Reduction, _ x: StridedView, for row: Operator? = nil, over dims: [Bool],
    centers: StridedView? = nil,
    divisor: Double = 1, takesSquareRoot: Bool = false, dtype: DType, keepDim: Bool
  ) -> Tensor {
    if Autocast.current != nil, let row, x.dtype(for: row.precision) != x.dtype {
      return reduce(
        reduction, x.converted(to: .float32), over: dims, centers: centers, divisor: divisor,
        takesSquareRoot: takesSquareRoot, dtype: dtype == x.dtype ? .float32 : dtype,
        keepDim: keepDim)
    }
    let shape = x.layout.shape
    let kept = dims.indices.compactMap { dims[$0] ? (keepDim ? 1 : nil) : shape[$0] }
    let y = StridedView(
      empty: kept.isEmpty ? .scalar : Layout(contiguous: kept), dtype: dtype,
      device: x.storage.device)
    // An empty sum is 0, an empty product 1.
    if x.layout.numel == 0 { Tensor(y).fill(reduction == .product ? 1 : 0 / divisor) }
    y.storage.device.backend.reduce(
      reduction, x, over: dims, centers: centers, divisor: divisor,
      takesSquareRoot: takesSquareRoot, into: y)
    return Tensor(y)
  }

  /// Marks the dims to reduce over: all of them if none are given.
  func reducedDims(_ dims: [Int]?, for operation: String) -> [Bool] {
    guard let dims else { return [Bool](repeating: true, count: ndim) }
    var marks = [Bool](repeating: false, count: ndim)
    for dim in dims where ndim > 0 || !(-1...0).contains(dim) {
      let index = checkedDim(dim, for: operation)
      if marks[index] { fatalError("\(operation): dim \(dim) is named twice in \(dims)") }
      marks[index] = true
    }
    return marks
  }

  /// The gradient of a reduction, expanded along the reduced dims.
  func spread(_ reduced: ReducedDims) -> Tensor {
    var strides = [Int](repeating: 0, count: reduced.shape.count)
    var own = 0
    for (dim, isReduced) in reduced.marks.enumerated() {
      if !isReduced { strides[dim] = self.strides[own] }
      if reduced.isKept || !isReduced { own += 1 }
    }
    let layout = Layout(shape: reduced.shape, strides: strides, offset: storageOffset)
    return viewed(.spread, layout, with: reduced)
  }

  func requireElements(over dims: [Bool], for operation: String) {
    for (size, isReduced) in zip(shape, dims) where isReduced && size == 0 {
      fatalError("\(operation): a tensor of shape \(shape) has no elements to choose from")
    }
  }

  func requireFloatingPoint(_ operation: String) {
    if !dtype.isFloatingPoint {
      fatalError("\(operation): a tensor of \(dtype) has no such operation; use to(.float32) first")
    }
  }

  /// The sum over the dims along which `shape` was broadcast to this tensor's.
  func reduced(to target: [Int]) -> Tensor {
    if shape == target { return self }
    let added = ndim - target.count
    let dims = shape.indices.filter { $0 < added || (target[$0 - added] == 1 && shape[$0] != 1) }
    return sum(dims: dims, keepDim: true).reshape(target)
  }
}

extension [Bool] {
  /// The dims that are marked.
  var places: [Int] { indices.filter { self[$0] } }
}
