// Sorting along a dim, and running totals.

extension Tensor {
  /// The places along a dim in the order of their elements, equal ones as they stand: `torch.argsort`
  /// with `stable=True`; int64. NaN counts as the largest.
  public func argsort(dim: Int = -1, descending: Bool = false) -> Tensor {
    alongRows(dim, for: "argsort") { rows in
      let places = Tensor(empty: rows.layout.contiguous, dtype: .int64, device: device)
      backend.sort(rows, descending: descending, into: places.view)
      return places
    }
  }

  /// The elements along a dim in order, and the places where they stood: `torch.sort`.
  public func sort(
    dim: Int = -1, descending: Bool = false
  ) -> (values: Tensor, indices: Tensor) {
    let indices = argsort(dim: dim, descending: descending)
    return (ndim == 0 ? clone() : gather(dim: dim, index: indices), indices)
  }

  /// The `count` largest elements along a dim in order, or the smallest, and their places:
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
    let indices = argsort(dim: axis, descending: largest).narrow(axis, start: 0, length: count)
    return (gather(dim: axis, index: indices), indices)
  }

  /// The middle element along a dim, the lower one of two, and its place: `torch.median`. Where there
  /// is a NaN it is the result.
  public func median(dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) {
    let axis = checkedDim(dim, for: "median")
    let size = ndim == 0 ? 1 : shape[axis]
    guard size > 0 else { fatalError("median: no elements along dim \(dim) of shape \(shape)") }
    if ndim == 0 { return sort() }
    let order = argsort(dim: axis)
    let middle = order.narrow(axis, start: (size - 1) / 2, length: 1)
    let isNaN = detach().isnan()
    let indices =
      isNaN.anyTrue
      ? Tensor.where(
        isNaN.any(dims: [axis], keepDim: true), isNaN.to(.uint8).argmax(dim: axis, keepDim: true),
        middle) : middle
    let values = gather(dim: axis, index: indices)
    return keepDim ? (values, indices) : (values.squeeze(axis), indices.squeeze(axis))
  }

  /// The middle element of all: `torch.median`.
  public func median() -> Tensor { flatten().median(dim: 0).values }

  /// The different elements, in order: `torch.unique`.
  public func unique() -> Tensor {
    let sorted = detach().flatten().sort().values
    guard sorted.numel > 1 else { return sorted }
    let differs = sorted[1...] .!= sorted[..<(-1)]
    return sorted[Tensor.cat([Tensor([true], device: device), differs]).nonzero().squeeze(1)]
  }

  /// How often each whole number from 0 on occurs, or the sum of their weights: `torch.bincount`.
  public func bincount(weights: Tensor? = nil, minLength: Int = 0) -> Tensor {
    guard dtype == .int64, ndim == 1, !(self .< 0).anyTrue else {
      fatalError("bincount: \(dtype) of shape \(shape); it must be a vector of int64 from 0 on")
    }
    let count = Swift.max(numel == 0 ? 0 : amax().item(as: Int.self) + 1, minLength)
    let weights = weights ?? .ones(shape, dtype: .int64, device: device)
    return Tensor.zeros([count], dtype: weights.dtype, device: device)
      .scatterAdd(dim: 0, index: self, source: weights)
  }
}

extension Tensor {
  /// The sums of the elements up to each place along a dim: `torch.cumsum`.
  public func cumsum(dim: Int) -> Tensor {
    running(.sum, dim, "cumsum").recorded(
      "cumsum", .wrt(self) { g in g.flip([dim]).cumsum(dim: dim).flip([dim]) })
  }

  /// The products of the elements up to each place along a dim: `torch.cumprod`.
  public func cumprod(dim: Int) -> Tensor {
    running(.product, dim, "cumprod").recorded(
      "cumprod",
      .wrt(self, saving: self) { g, x in
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
  }

  private func running(_ reduction: Reduction, _ dim: Int, _ name: String) -> Tensor {
    let x = dtype.isFloatingPoint ? detach() : detach().to(.int64)
    return x.alongRows(dim, for: name) { rows in
      let y = Tensor(empty: rows.layout.contiguous, dtype: rows.dtype, device: device)
      backend.scan(reduction, rows, into: y.view)
      return y
    }
  }

  /// Lets a kernel that works along contiguous rows work along any dim.
  func alongRows(
    _ dim: Int, for operation: String, _ body: (StridedView) -> Tensor
  ) -> Tensor {
    let dim = checkedDim(dim, for: operation)
    let x = detach()
    if dim == Swift.max(ndim - 1, 0) { return body(x.view.contiguous()) }
    return body(x.transpose(dim, -1).view.contiguous()).transpose(dim, -1)
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
    return Tensor(reversed.copied()).recorded("flip", .wrt(self) { g in g.flip(dims) })
  }
}
