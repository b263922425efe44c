// Reductions over all dims, or over some. Each beside its derivative.

extension Tensor {
  /// The sum over the given dims, or over all: `torch.sum`. Whole numbers and truth values add up to
  /// int64.
  public func sum(dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    let dims = reducedDims(dims, for: "sum")
    let x = dtype.isFloatingPoint ? view : view.converted(to: .int64)
    let shape = self.shape
    return Tensor.reduce(.sum, x, over: dims, dtype: x.dtype, keepDim: keepDim)
      .recorded(
        "sum", .wrt(self) { g in g.restored(dims, to: shape, kept: keepDim).expand(shape) })
  }

  /// The sum over one dim.
  public func sum(dim: Int, keepDim: Bool = false) -> Tensor {
    sum(dims: [dim], keepDim: keepDim)
  }

  /// The mean over the given dims, or over all: `torch.mean`.
  public func mean(dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    requireFloatingPoint("mean")
    let count = zip(reducedDims(dims, for: "mean"), shape).reduce(1) { $1.0 ? $0 * $1.1 : $0 }
    return sum(dims: dims, keepDim: keepDim) / Double(count)
  }

  /// The mean over one dim.
  public func mean(dim: Int, keepDim: Bool = false) -> Tensor {
    mean(dims: [dim], keepDim: keepDim)
  }

  /// The variance over the given dims, or over all: `torch.var`. The sum of squares is divided by
  /// the count less the correction.
  public func variance(dims: [Int]? = nil, correction: Int = 1, keepDim: Bool = false) -> Tensor {
    requireFloatingPoint("variance")
    let count = zip(reducedDims(dims, for: "variance"), shape).reduce(1) { $1.0 ? $0 * $1.1 : $0 }
    let deviation = self - mean(dims: dims, keepDim: true)
    return deviation.square().sum(dims: dims, keepDim: keepDim)
      / Double(Swift.max(count - correction, 0))
  }

  /// The standard deviation over the given dims, or over all: `torch.std`.
  public func std(dims: [Int]? = nil, correction: Int = 1, keepDim: Bool = false) -> Tensor {
    variance(dims: dims, correction: correction, keepDim: keepDim).sqrt()
  }

  /// The largest element over the given dims, or over all: `torch.amax`. Equal ones share the
  /// gradient.
  public func amax(dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    let dims = reducedDims(dims, for: "amax")
    requireElements(over: dims, for: "amax")
    let shape = self.shape
    return Tensor.reduce(.maximum, view, over: dims, dtype: dtype, keepDim: keepDim)
      .recorded(
        "amax",
        .wrt(
          self, saving: self,
          { g, x in
            let wholeDims = dims.indices.filter { dims[$0] }
            let largest = noGrad { x.amax(dims: wholeDims, keepDim: true) }
            let isLargest = (x .== largest).to(g.dtype)
            return g.restored(dims, to: shape, kept: keepDim) * isLargest
              / isLargest.sum(dims: wholeDims, keepDim: true)
          }))
  }

  /// The largest element.
  public func max() -> Tensor { amax() }

  /// The index of the first largest element along a dim: `torch.argmax`; int64.
  public func argmax(dim: Int, keepDim: Bool = false) -> Tensor {
    let dims = reducedDims([dim], for: "argmax")
    requireElements(over: dims, for: "argmax")
    return Tensor.reduce(.indexOfMaximum, view, over: dims, dtype: .int64, keepDim: keepDim)
  }

  /// The index of the first largest element, counted row by row: `torch.argmax`; int64.
  public func argmax() -> Tensor {
    detach().flatten().argmax(dim: 0)
  }
}

extension Tensor {
  private static func reduce(
    _ reduction: Reduction, _ x: StridedView, over dims: [Bool], dtype: DType, keepDim: Bool
  ) -> Tensor {
    let shape = x.layout.shape
    let kept = dims.indices.compactMap { dims[$0] ? (keepDim ? 1 : nil) : shape[$0] }
    let y = StridedView(empty: Layout(contiguous: kept), dtype: dtype, device: x.storage.device)
    y.storage.device.backend.reduce(reduction, x, over: dims, into: y)
    return Tensor(y)
  }

  /// Marks the dims to reduce over; all of them where none are named.
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

  /// The gradient of a reduction with the reduced dims back, of size 1.
  private func restored(_ dims: [Bool], to shape: [Int], kept: Bool) -> Tensor {
    if kept { return self }
    return reshape(shape.indices.map { dims[$0] ? 1 : shape[$0] })
  }

  private func requireElements(over dims: [Bool], for operation: String) {
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
