// The largest and smallest elements, and their indices.

extension Operator {
  static let amax = extreme("amax", "g goes to the largest, in equal parts")
  static let amin = extreme("amin", "g goes to the smallest, in equal parts")
  static let max = extreme("max", "g goes to the largest")
  static let min = extreme("min", "g goes to the smallest")

  /// Ties share the gradient.
  private static func extreme(_ name: String, _ formula: String) -> Operator {
    let isLargest = name.hasSuffix("max")
    /// Each element's share of the result.
    func share(_ x: Tensor, _ a: ReducedDims) -> Tensor {
      let extreme = noGrad {
        isLargest ? x.amax(dims: a.dims, keepDim: true) : x.amin(dims: a.dims, keepDim: true)
      }
      let isExtreme = ((x .== extreme) | (x.isnan() & extreme.isnan())).to(x.dtype)
      return isExtreme / isExtreme.sum(dims: a.dims, keepDim: true)
    }
    return Operator(
      name,
      .wrt(.x, saving: .x, formula) { (g, x, a: ReducedDims) in g.spread(a) * share(x, a) }
        .forward { (t, x, a: ReducedDims) in (t * share(x, a)).sum(a) })
  }
}

extension Tensor {
  /// The maximum over the given dims, or over all: `torch.amax`. Ties share the gradient.
  public func amax(dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    extreme(.maximum, dims, keepDim, .amax)
  }

  /// The minimum over the given dims, or over all: `torch.amin`. Ties share the gradient.
  public func amin(dims: [Int]? = nil, keepDim: Bool = false) -> Tensor {
    extreme(.minimum, dims, keepDim, .amin)
  }

  private func extreme(
    _ reduction: Reduction, _ dims: [Int]?, _ keepDim: Bool, _ row: Operator
  ) -> Tensor {
    let marks = reducedDims(dims, for: row.name)
    requireElements(over: marks, for: row.name)
    return Tensor.reduce(reduction, view, over: marks, dtype: dtype, keepDim: keepDim)
      .recorded(row, self, with: ReducedDims(marks: marks, shape: shape, isKept: keepDim))
  }

  /// The largest element: `torch.max`. Ties share the gradient, and so do NaNs.
  public func max() -> Tensor {
    requireElements("max")
    return extreme(.maximum, nil, false, .max)
  }
  /// The smallest element: `torch.min`. Ties share the gradient, and so do NaNs.
  public func min() -> Tensor {
    requireElements("min")
    return extreme(.minimum, nil, false, .min)
  }

  /// The largest elements along a dim, and the index of the first of each: `torch.max(x, dim)`.
  public func max(dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) {
    chosen(place(.indexOfMaximum, dim, true, "max"), dim, keepDim)
  }

  /// The smallest elements along a dim, and the index of the first of each: `torch.min(x, dim)`.
  public func min(dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) {
    chosen(place(.indexOfMinimum, dim, true, "min"), dim, keepDim)
  }

  private func chosen(
    _ indices: Tensor, _ dim: Int, _ keepDim: Bool
  ) -> (values: Tensor, indices: Tensor) {
    if ndim == 0 { return (clone(), indices) }
    let values = gather(dim: dim, index: indices)
    return keepDim ? (values, indices) : (values.squeeze(dim), indices.squeeze(dim))
  }

  /// The index of the first largest element along a dim: `torch.argmax`; int64.
  public func argmax(dim: Int, keepDim: Bool = false) -> Tensor {
    place(.indexOfMaximum, dim, keepDim, "argmax")
  }

  /// The index of the first smallest element along a dim: `torch.argmin`; int64.
  public func argmin(dim: Int, keepDim: Bool = false) -> Tensor {
    place(.indexOfMinimum, dim, keepDim, "argmin")
  }

  /// The row-major index of the first largest element: `torch.argmax`; int64.
  public func argmax() -> Tensor {
    requireElements("argmax")
    return detach().flatten().argmax(dim: 0)
  }

  /// The row-major index of the first smallest element: `torch.argmin`; int64.
  public func argmin() -> Tensor {
    requireElements("argmin")
    return detach().flatten().argmin(dim: 0)
  }

  private func requireElements(_ operation: String) {
    requireElements(over: [Bool](repeating: true, count: ndim), for: operation)
  }

  private func place(_ reduction: Reduction, _ dim: Int, _ keepDim: Bool, _ name: String) -> Tensor
  {
    let marks = reducedDims([dim], for: name)
    requireElements(over: marks, for: name)
    return Tensor.reduce(reduction, view, over: marks, dtype: .int64, keepDim: keepDim)
  }
}
