// Sorting, and cumulative sums and products, along a dim.

extension Operator {
  static let median = Operator(
    "median",
    .wrt(.x, saving: .x, .output, "g goes to the median") { g, x, y in g * x.share(inMedian: y) }
      .forward { t, x, y in (t * x.share(inMedian: y)).sum() })
  static let cumsum = Operator(
    "cumsum", precision: .onGPUs, parameters: ["dim"],
    .wrt(.x, "∂L/∂xᵢ = the sum of g from i on") { (g, dim: Int) in
      g.flip([dim]).cumsum(dim: dim).flip([dim])
    }.forward { (t, dim: Int) in t.cumsum(dim: dim) })
  static let cumprod = Operator(
    "cumprod", precision: .onGPUs, parameters: ["dim"],
    .wrt(.x, saving: .x, "∂L/∂xᵢ = Σ g·y/xᵢ from i on") { (g, x, dim: Int) in
      // ∂yⱼ/∂xᵢ is the product of the elements up to j without xᵢ: yⱼ / xᵢ, but for zeros.
      let size = x.ndim == 0 ? 1 : x.shape[x.checkedDim(dim, for: "cumprod")]
      if !(x .== 0).anyTrue {
        return (g * x.cumprod(dim: dim)).flip([dim]).cumsum(dim: dim).flip([dim]) / x
      }
      let parts = (0..<size).map { place -> Tensor in
        let isHere = Tensor.arange(size, device: x.device) .== place
        let others = Tensor.where(isHere, 1, x.movedim(dim, -1))
        let after = Tensor.arange(size, device: x.device) .>= place
        return (g.movedim(dim, -1) * others.cumprod(dim: -1) * after.to(g.dtype)).sum(dim: -1)
      }
      return Tensor.stack(parts, dim: -1).movedim(-1, dim)
    })
  static let flip = Operator(
    "flip", parameters: ["dims"],
    .wrt(.x, "g, flipped back") { (g, dims: [Int]) in g.flip(dims) }.symmetric())
}

extension Tensor {
  /// Each element's share of the median; ties share it.
  fileprivate func share(inMedian y: Tensor) -> Tensor {
    let median = y.detach()
    let isMedian = ((self .== median) | (isnan() & median.isnan())).to(dtype)
    return isMedian / isMedian.sum()
  }

  /// The indices that sort the elements along a dim, stably: `torch.argsort` with `stable=True`;
  /// int64. NaN counts as the largest.
  public func argsort(dim: Int = -1, descending: Bool = false) -> Tensor {
    alongRows(dim, for: "argsort") { rows in
      let places = Tensor(empty: rows.layout.contiguous, dtype: .int64, device: device)
      backend.sort(rows, descending: descending, into: places.view)
      return places
    }
  }

  /// The elements sorted along a dim, and their indices: `torch.sort`.
  public func sort(
    dim: Int = -1, descending: Bool = false
  ) -> (values: Tensor, indices: Tensor) {
    let indices = argsort(dim: dim, descending: descending)
    return (ndim == 0 ? clone() : gather(dim: dim, index: indices), indices)
  }

  /// The `count` largest or smallest elements along a dim, in order, and their indices:
  /// `torch.topk`.
  public func topk(
    _ count: Int, dim: Int = -1, largest: Bool = true
  ) -> (values: Tensor, indices: Tensor) {
    let axis = checkedDim(dim, for: "topk")
    let size = ndim == 0 ? 1 : shape[axis]
    guard (0...size).contains(count) else {
      fatalError("topk: \(count) of the \(size) elements along dim \(dim) of shape \(shape)")
    }
    if ndim == 0 { return sort() }
    let indices = alongRows(axis, for: "topk") { rows in
      let places = Tensor(
        empty: rows.layout.shape.dropLast() + [count], dtype: .int64, device: device)
      if places.numel > 0 {
        backend.first(count, rows, descending: largest, into: places.view)
      }
      return places
    }
    return (gather(dim: axis, index: indices), indices)
  }

  /// The median along a dim, the lower one of two middle elements, and its index: `torch.median`.
  /// If there is a NaN, it is the result.
  public func median(dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) {
    let axis = checkedDim(dim, for: "median")
    let size = ndim == 0 ? 1 : shape[axis]
    guard size > 0 else { fatalError("median: no elements along dim \(dim) of shape \(shape)") }
    return nth((size - 1) / 2, axis, keepDim, prefersNaN: dtype.isFloatingPoint, for: "median")
  }

  /// The k-th smallest element along a dim, counted from 1, and its index: `torch.kthvalue`. NaN
  /// counts as the largest.
  public func kthvalue(
    _ k: Int, dim: Int = -1, keepDim: Bool = false
  ) -> (values: Tensor, indices: Tensor) {
    let axis = checkedDim(dim, for: "kthvalue")
    let size = ndim == 0 ? 1 : shape[axis]
    guard k > 0, k <= size else {
      fatalError("kthvalue: element \(k) of the \(size) along dim \(dim) of shape \(shape)")
    }
    return nth(k - 1, axis, keepDim, prefersNaN: false, for: "kthvalue")
  }

  private func nth(
    _ rank: Int, _ axis: Int, _ keepDim: Bool, prefersNaN: Bool, for operation: String
  ) -> (values: Tensor, indices: Tensor) {
    if ndim == 0 { return sort() }
    let indices = alongRows(axis, for: operation) { rows in
      let places = Tensor(
        empty: rows.layout.shape.dropLast() + [1], dtype: .int64, device: device)
      if places.numel > 0 { backend.nth(rank, rows, prefersNaN: prefersNaN, into: places.view) }
      return places
    }
    let values = gather(dim: axis, index: indices)
    return keepDim ? (values, indices) : (values.squeeze(axis), indices.squeeze(axis))
  }

  /// The median of all elements: `torch.median`.
  public func median() -> Tensor {
    if numel == 0, dtype.isFloatingPoint {
      return .full([], Double.nan, dtype: dtype, device: device)
    }
    return detach().flatten().median(dim: 0).values.recorded(.median, self)
  }

  /// The indices at which values would be inserted into the last dim, which is sorted, before equal
  /// elements, or after them if `right`: `torch.searchsorted`; int64 in the shape of the values.
  ///
  /// The dims before the last are those of the values, or this is a vector, which serves for all
  /// values.
  public func searchsorted(_ values: Tensor, right: Bool = false) -> Tensor {
    guard ndim > 0, values.device == device,
      ndim == 1 || (values.ndim == ndim && values.shape.dropLast() == shape.dropLast())
    else {
      fatalError(
        "searchsorted: values of shape \(values.shape) on \(values.device) in a tensor of shape \(shape) "
          + "on \(device); it must be a vector, or have the same dims before the last")
    }
    let dtype = Tensor.resultType(self, values)
    let rows = ndim == 1 ? values.flatten().unsqueeze(0) : values
    let places = Tensor(empty: rows.shape, dtype: .int64, device: device)
    backend.search(
      rows.detach().to(dtype).view.contiguous(),
      in: (ndim == 1 ? unsqueeze(0) : self).detach().to(dtype).view.contiguous(),
      afterEqual: right, into: places.view)
    return places.reshape(values.shape)
  }

  /// The unique elements, or slices along a dim, in sorted order: `torch.unique`.
  public func unique(dim: Int? = nil) -> Tensor {
    if dim != nil { return uniqueWithCounts(dim: dim).values }
    let sorted = detach().flatten().sort().values
    return numel < 2 ? sorted : sorted[Tensor.firsts(of: sorted)]
  }

  /// Whether each of the sorted elements, or rows, differs from the one before.
  private static func firsts(of rows: Tensor) -> Tensor {
    let isFirst = Tensor.ones([rows.shape[0]], dtype: .bool, device: rows.device)
    guard rows.shape[0] > 1 else { return isFirst }
    let differ = rows[1...] .!= rows[..<(-1)]
    isFirst[1...] = rows.ndim == 1 ? differ : differ.any(dims: [1])
    return isFirst
  }

  /// The unique elements, or slices along a dim, in sorted order; for each element, in this
  /// tensor's shape, or for each slice, its index among them; and how often each occurs:
  /// `torch.unique` with `return_inverse` and `return_counts`.
  public func uniqueWithCounts(
    dim: Int? = nil
  ) -> (values: Tensor, inverse: Tensor, counts: Tensor) {
    let moved = dim.map { detach().movedim($0, 0) } ?? detach().flatten()
    let count = moved.shape[0]
    let rows = moved.reshape([count, count == 0 ? 1 : moved.numel / count])
    // The first column is the most significant, so it is sorted by last; the sort is stable.
    var order = Tensor.arange(count, device: device)
    for column in (0..<rows.shape[1]).reversed() {
      order = order[rows.select(1, column)[order].argsort()]
    }
    let sorted = rows.indexSelect(0, order)
    let isFirst = Tensor.firsts(of: sorted)
    let group = isFirst.to(.int64).cumsum(dim: 0) - 1
    let inverse = Tensor.zerosLike(group).scatter(dim: 0, index: order, source: group)
    let values = sorted.indexSelect(0, isFirst.nonzero().squeeze(1))
    guard let dim else {
      return (values.flatten(), inverse.reshape(shape), group.bincount())
    }
    let parts = values.reshape([values.shape[0]] + moved.shape.dropFirst()).movedim(0, dim)
    return (parts, inverse, group.bincount())
  }

  /// The number of occurrences of each integer from 0 on, or the sum of their weights:
  /// `torch.bincount`.
  public func bincount(weights: Tensor? = nil, minLength: Int = 0) -> Tensor {
    guard !dtype.isFloatingPoint, dtype != .bool, ndim == 1,
      numel == 0 || amin().item(as: Int.self) >= 0
    else {
      fatalError(
        "bincount: \(dtype) of shape \(shape); it must be a vector of non-negative integers")
    }
    let count = Swift.max(numel == 0 ? 0 : amax().item(as: Int.self) + 1, minLength)
    let isSingle = weights?.dtype == .float32
    let one = Tensor.ones([], dtype: .int64, device: device)
    let weights = weights?.to(isSingle ? .float32 : .float64) ?? one.expand(shape)
    return Tensor.zeros([count], dtype: weights.dtype, device: device)
      .scatterAdd(dim: 0, index: to(.int64), source: weights)
  }
}

extension Tensor {
  /// The cumulative sums along a dim: `torch.cumsum`.
  public func cumsum(dim: Int) -> Tensor {
    running(.sum, dim, .cumsum).recorded(.cumsum, self, with: dim)
  }

  /// The cumulative products along a dim: `torch.cumprod`.
  public func cumprod(dim: Int) -> Tensor {
    running(.product, dim, .cumprod).recorded(.cumprod, self, with: dim)
  }

  private func running(_ reduction: Reduction, _ dim: Int, _ row: Operator) -> Tensor {
    let x = dtype.isFloatingPoint ? detach().input(of: row) : detach().to(.int64)
    let dim = checkedDim(dim, for: row.name)
    let y = Tensor(empty: shape, dtype: x.dtype, device: device)
    backend.scan(reduction, x.split(at: dim), into: y.split(at: dim))
    return y
  }

  /// The contiguous elements as [outer, shape[dim], inner].
  func split(at dim: Int) -> StridedView {
    let length = ndim == 0 ? 1 : shape[dim]
    let outer = shape.prefix(dim).reduce(1, *)
    let inner = shape.dropFirst(dim + 1).reduce(1, *)
    let (split, rows) = ([outer, length, inner], view.contiguous())
    let strides = Layout.contiguousStrides(of: split)
    return rows.with(Layout(shape: split, strides: strides, offset: rows.layout.offset))
  }

  /// Applies a kernel for contiguous rows along any dim. The result is contiguous, as in PyTorch.
  func alongRows(
    _ dim: Int, for operation: String, _ body: (StridedView) -> Tensor
  ) -> Tensor {
    let dim = checkedDim(dim, for: operation)
    let x = detach()
    if dim == Swift.max(ndim - 1, 0) { return body(x.view.contiguous()) }
    return body(x.transpose(dim, -1).view.contiguous()).transpose(dim, -1).contiguous()
  }

  /// The elements in reverse order along dims: `torch.flip`.
  public func flip(_ dims: [Int]) -> Tensor {
    let marks = reducedDims(dims, for: "flip")
    var (strides, offset) = (strides, storageOffset)
    for dim in shape.indices where marks[dim] && shape[dim] > 0 {
      offset += (shape[dim] - 1) * strides[dim]
      strides[dim] = -strides[dim]
    }
    let reversed = view.with(Layout(shape: shape, strides: strides, offset: offset))
    return Tensor(reversed.copied()).recorded(.flip, self, with: dims)
  }
  /// The elements in reverse order along dims; see the other `flip`.
  public func flip(_ dims: Int...) -> Tensor { flip(dims) }
}
