extension Operator {
  fileprivate static let gather = Operator(
    "gather",
    .wrt(.x, "g, added at the gathered indices") { (g, a: IndexedDim) in
      a.nothing(g).receiving(a.dim, a.index, g)
    }.forward { (t, a: IndexedDim) in t.gather(dim: a.dim, index: a.index) })
  fileprivate static let scatterAdd = Operator(
    "scatterAdd", .wrt(.x, "g") { g in g }.symmetric(),
    .wrt(.y, "g at those indices") { (g, a: IndexedDim) in g.gather(dim: a.dim, index: a.index) }
      .forward { (t, a: IndexedDim) in
        a.nothing(t).receiving(a.dim, a.index, t)
      })
  fileprivate static let scatter = Operator(
    "scatter",
    .wrt(.x, "g, 0 at the replaced indices") { (g, a: IndexedDim) in
      g.scatter(
        dim: a.dim, index: a.index,
        source: .zeros(a.index.shape, dtype: g.dtype, device: g.device))
    }.symmetric(),
    .wrt(.y, "g at those indices") { (g, a: IndexedDim) in g.gather(dim: a.dim, index: a.index) }
      .forward { (t, a: IndexedDim) in a.nothing(t).scatter(dim: a.dim, index: a.index, source: t) }
  )
  fileprivate static let indexSelect = Operator(
    "indexSelect",
    .wrt(.x, "g, added at the selected indices") { (g, a: IndexedDim) in
      let zeros = a.nothing(g)
      return zeros.receiving(a.dim, zeros.spread(a.index, a.dim, for: "indexAdd"), g)
    }.forward { (t, a: IndexedDim) in t.indexSelect(a.dim, a.index) })
}

/// The attributes of indexing: the dim, the indices along it, and the shape of the indexed tensor.
private struct IndexedDim {
  let dim: Int
  let index: Tensor
  let shape: [Int]

  /// Zeros into which a gradient or a tangent is scattered.
  func nothing(_ t: Tensor) -> Tensor { .zeros(shape, dtype: t.dtype, device: t.device) }
}

extension Tensor {
  /// Elements chosen along a dim, one for each element of `index`: `torch.gather`.
  ///
  /// y[i][j] = x[i][index[i][j]] for dim 1. The index is int64 or int32, and no longer than x in
  /// any other dim.
  public func gather(dim: Int, index: Tensor) -> Tensor {
    gathered(dim, index, for: "gather")
  }

  /// The same, with the name of the calling operation for messages.
  private func gathered(_ dim: Int, _ index: Tensor, for name: String) -> Tensor {
    let dim = checkedDim(dim, for: name)
    if let part = scalarPart(index) {
      return part.gathered(0, index.flatten(), for: name).reshape(index.shape)
    }
    let index = checkedIndex(index, dim: dim, for: name)
    let source = view.with(cut(to: index.shape, except: dim))
    let result = Tensor(empty: index.shape, dtype: dtype, device: device)
    backend.gather(source, dim: dim, index: index.view, into: result.view) {
      fatalIndex($0, dim, for: name)
    }
    return result.recorded(
      .gather, self, with: IndexedDim(dim: dim, index: index, shape: shape))
  }

  /// A copy of this tensor with each element of `source` added at its index: `torch.scatter_add`.
  /// y[i][index[i][j]] += source[i][j] for dim 1.
  public func scatterAdd(dim: Int, index: Tensor, source: Tensor) -> Tensor {
    added(dim, index, source, for: "scatterAdd")
  }

  /// The same, with the name of the calling operation for messages.
  private func added(
    _ dim: Int, _ index: Tensor, _ source: Tensor, inPlace: Bool = false, for name: String
  ) -> Tensor {
    roundedOnce(self, source) { sum, source in
      sum.scattered(dim, index, source, adding: true, inPlace: inPlace, name).recorded(
        .scatterAdd, sum, source, with: IndexedDim(dim: dim, index: index, shape: shape))
    }
  }

  /// These new zeros, which nobody else knows, with each element of `source` added at its index.
  fileprivate func receiving(_ dim: Int, _ index: Tensor, _ source: Tensor) -> Tensor {
    added(dim, index, source, inPlace: true, for: "scatterAdd")
  }

  /// A copy of this tensor with each element of `source` stored at its index: `torch.scatter`.
  /// y[i][index[i][j]] = source[i][j] for dim 1. If an index occurs twice, the last one wins.
  public func scatter(dim: Int, index: Tensor, source: Tensor) -> Tensor {
    scattered(dim, index, source, adding: false, "scatter").recorded(
      .scatter, self, source, with: IndexedDim(dim: dim, index: index, shape: shape))
  }

  private func scattered(
    _ dim: Int, _ index: Tensor, _ source: Tensor, adding: Bool, inPlace: Bool = false,
    _ name: String
  ) -> Tensor {
    let dim = checkedDim(dim, for: name)
    if let part = scalarPart(index) {
      return part.scattered(0, index.flatten(), source.flatten(), adding: adding, name).reshape([])
    }
    let index = checkedIndex(index, dim: dim, for: name)
    guard source.shape == index.shape, source.dtype == dtype else {
      fatalError(
        "\(name): the source is \(source.dtype) of shape \(source.shape); it must be \(dtype) in the "
          + "index's shape \(index.shape)")
    }
    Tensor.requireOneDevice(name, [self, source])
    let result = inPlace ? detach() : detach().clone()
    let target = result.view.with(result.cut(to: index.shape, except: dim))
    backend.scatter(source.view, dim: dim, index: index.view, adding: adding, into: target) {
      fatalIndex($0, dim, for: name)
    }
    return result
  }

  /// A copy of this tensor with the slices of `source` along a dim added at the indices in a
  /// vector, int64 or int32: `torch.index_add`.
  public func indexAdd(_ dim: Int, _ index: Tensor, _ source: Tensor) -> Tensor {
    let dim = checkedDim(dim, for: "indexAdd")
    if ndim == 0 { return reshape([1]).indexAdd(0, index, source.flatten()).reshape([]) }
    let places = spread(index, dim, for: "indexAdd")
    guard source.shape == places.shape else {
      fatalError(
        "indexAdd: a source of shape \(source.shape) for \(index.numel) indices along dim \(dim) of shape "
          + "\(shape); it must have the shape \(places.shape)")
    }
    return added(dim, places, source, for: "indexAdd")
  }

  /// The slices along a dim at the indices in a vector, int64 or int32: `torch.index_select`.
  public func indexSelect(_ dim: Int, _ index: Tensor) -> Tensor {
    selected(dim, index, for: "indexSelect")
  }

  /// The same, with the name of the calling operation for messages, and what a negative index was
  /// there.
  func selected(
    _ dim: Int, _ index: Tensor, for name: String, wasNegative: (Int) -> Int = { $0 }
  ) -> Tensor {
    let dim = checkedDim(dim, for: name)
    if ndim == 0, index.numel == 1 { return reshape([1]).selected(0, index, for: name).reshape([]) }
    let index = checkedVector(index, for: name)
    var (shape, strides) = (self.shape, [Int](repeating: 0, count: ndim))
    shape[dim] = index.numel
    strides[dim] = index.strides[0]
    let spread = Layout(shape: shape, strides: strides, offset: index.storageOffset)
    let result = Tensor(empty: shape, dtype: dtype, device: device)
    backend.gather(view, dim: dim, index: index.view.with(spread), into: result.view) {
      fatalIndex($0 < 0 ? wasNegative($0) : $0, dim, for: name)
    }
    return result.recorded(
      .indexSelect, self, with: IndexedDim(dim: dim, index: index, shape: self.shape))
  }

  /// A vector of indices along a dim, expanded over the other dims.
  fileprivate func spread(_ index: Tensor, _ dim: Int, for operation: String) -> Tensor {
    let index = checkedVector(index, for: operation)
    var shape = shape
    shape[dim] = index.numel
    var column = [Int](repeating: 1, count: ndim)
    column[dim] = index.numel
    return index.reshape(column).expand(shape)
  }

  /// This tensor as a vector, if a scalar is indexed by a scalar or vector, or a vector by a
  /// scalar.
  private func scalarPart(_ index: Tensor) -> Tensor? {
    ndim == 0 && index.ndim < 2 || (index.ndim == 0 && ndim == 1) ? reshape([numel]) : nil
  }

  /// The index as an int64 vector; a scalar becomes a vector of one.
  private func checkedVector(_ index: Tensor, for operation: String) -> Tensor {
    let index = checkedIndexType(index, for: operation)
    guard index.ndim < 2, ndim > 0 else {
      fatalError(
        "\(operation): index of shape \(index.shape) for a tensor of shape \(shape); it must be a "
          + "vector, and the tensor must have dims")
    }
    return index.ndim == 0 ? index.reshape([1]) : index
  }

  private func checkedIndexType(_ index: Tensor, for operation: String) -> Tensor {
    guard index.dtype == .int64 || index.dtype == .int32 else {
      fatalError("\(operation): an index of \(index.dtype); it must be int64 or int32")
    }
    guard index.device == device else {
      fatalError("\(operation): the tensor is on \(device), the index on \(index.device)")
    }
    return index.to(.int64)
  }

  private func checkedIndex(_ index: Tensor, dim: Int, for operation: String) -> Tensor {
    let fits =
      index.ndim == ndim && ndim > 0
      && shape.indices.allSatisfy { $0 == dim || index.shape[$0] <= shape[$0] }
    guard fits else {
      fatalError(
        "\(operation): an index of shape \(index.shape) for dim \(dim) of a tensor of shape \(shape); "
          + "it must have the same number of dims, and be no longer in the others")
    }
    return checkedIndexType(index, for: operation)
  }

  /// The layout of the part that an index of the given shape can reach.
  private func cut(to indexShape: [Int], except dim: Int) -> Layout {
    var shape = indexShape
    shape[dim] = self.shape[dim]
    return Layout(shape: shape, strides: strides, offset: storageOffset)
  }

  private func fatalIndex(_ index: Int, _ dim: Int, for operation: String) -> Never {
    fatalError(
      "\(operation): index \(index) is out of range in dim \(dim) of a tensor of shape \(shape)")
  }
}

extension Tensor {
  /// The elements at row-major indices, in the shape of the index: `torch.take`. Negative indices
  /// count from the end.
  public func take(_ index: Tensor) -> Tensor {
    flatten()[index]
  }

  /// Elements chosen along a dim, where index and tensor broadcast in the others:
  /// `torch.take_along_dim`. Negative indices count from the end.
  public func takeAlongDim(_ index: Tensor, dim: Int) -> Tensor {
    let dim = checkedDim(dim, for: "takeAlongDim")
    var (own, other) = (shape, index.shape)
    guard ndim == index.ndim, ndim > 0 else {
      fatalError(
        "takeAlongDim: shapes \(shape) and \(index.shape) must have the same number of dims")
    }
    (own[dim], other[dim]) = (1, 1)
    guard var whole = Layout.broadcastShape(own, other) else {
      fatalError("takeAlongDim: shapes \(shape) and \(index.shape) do not broadcast")
    }
    whole[dim] = shape[dim]
    let source = expand(whole)
    whole[dim] = index.shape[dim]
    let places = Tensor.where(index .< 0, index + shape[dim], index)
    return source.gathered(dim, places.expand(whole), for: "takeAlongDim")
  }

  /// The elements for which the mask is true, as a vector: `torch.masked_select`.
  public func maskedSelect(_ mask: Tensor) -> Tensor {
    guard let whole = Layout.broadcastShape(shape, mask.shape), mask.dtype == .bool else {
      fatalError(
        "maskedSelect: a mask of \(mask.dtype) and shape \(mask.shape) for shape \(shape); it must be "
          + "bool and broadcast")
    }
    return expand(whole).flatten().indexSelect(0, mask.detach().expand(whole).flatNonzero())
  }

  /// The indices of the nonzero elements, a row for each: `torch.nonzero`; int64 of shape [count,
  /// dims].
  public func nonzero() -> Tensor {
    var rest = (dtype == .bool ? detach() : detach() .!= 0).flatNonzero()
    var columns: [Tensor] = []
    for size in shape.dropFirst().reversed() {
      columns.append(rest.remainder(Tensor(Swift.max(size, 1))))
      rest = rest.floorDivide(Tensor(Swift.max(size, 1)))
    }
    if ndim == 1 { return rest.unsqueeze(1) }
    columns.append(rest)
    if ndim == 0 { return Tensor(empty: [rest.numel, 0], dtype: .int64, device: device) }
    return .stack(columns.reversed(), dim: 1)
  }

  /// The row-major indices at which this bool tensor is true. Reading their number waits for the
  /// device.
  private func flatNonzero() -> Tensor {
    let flags = view.contiguous()
    let count = trueCount()
    let places = Tensor(empty: [count.item(as: Int.self)], dtype: .int64, device: device)
    backend.nonzero(flags, into: places.view)
    return places
  }

  /// The number of true elements of this bool tensor; int64.
  func trueCount() -> Tensor {
    let count = Tensor(empty: [], dtype: .int64, device: device)
    backend.countTrue(view.contiguous(), into: count.view)
    return count
  }
}
