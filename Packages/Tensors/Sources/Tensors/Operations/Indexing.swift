extension Tensor {
  /// Elements chosen along a dim, one for each place of `index`: `torch.gather`.
  ///
  /// y[i][j] = x[i][index[i][j]] for dim 1. The index is int64 and in no other dim longer than x.
  public func gather(dim: Int, index: Tensor) -> Tensor {
    let dim = checkedDim(dim, for: "gather")
    checkIndex(index, dim: dim, for: "gather")
    let source = view.with(cut(to: index.shape, except: dim))
    let result = Tensor(empty: index.shape, dtype: dtype, device: device)
    if let invalid = backend.gather(source, dim: dim, index: index.view, into: result.view) {
      fatalIndex(invalid, dim, for: "gather")
    }
    let own = shape
    return result.recorded(
      "gather",
      .wrt(self) { g in
        Tensor.zeros(own, dtype: g.dtype, device: g.device).scatterAdd(
          dim: dim, index: index, source: g)
      })
  }

  /// A copy of this tensor with each element of `source` added at the place its index names:
  /// `torch.scatter_add`. y[i][index[i][j]] += source[i][j] for dim 1.
  public func scatterAdd(dim: Int, index: Tensor, source: Tensor) -> Tensor {
    let dim = checkedDim(dim, for: "scatterAdd")
    checkIndex(index, dim: dim, for: "scatterAdd")
    guard source.shape == index.shape, source.dtype == dtype else {
      fatalError(
        "scatterAdd: the source is \(source.dtype) of shape \(source.shape); it must be \(dtype) in "
          + "the index's shape \(index.shape)")
    }
    let result = detach().clone()
    let target = result.view.with(result.cut(to: index.shape, except: dim))
    if let invalid = backend.scatterAdd(source.view, dim: dim, index: index.view, into: target) {
      fatalIndex(invalid, dim, for: "scatterAdd")
    }
    return result.recorded(
      "scatterAdd",
      .wrt(self) { g in g },
      .wrt(source) { g in g.gather(dim: dim, index: index) })
  }

  /// The places along a dim that a vector of int64 indices names: `torch.index_select`.
  public func indexSelect(_ dim: Int, _ index: Tensor) -> Tensor {
    let dim = checkedDim(dim, for: "indexSelect")
    guard index.ndim == 1, ndim > 0 else {
      fatalError(
        "indexSelect: index of shape \(index.shape) for a tensor of shape \(shape); it must be a "
          + "vector, and the tensor must have dims")
    }
    var shape = shape
    shape[dim] = index.numel
    var spread = [Int](repeating: 1, count: ndim)
    spread[dim] = index.numel
    return gather(dim: dim, index: index.reshape(spread).expand(shape))
  }

  private func checkIndex(_ index: Tensor, dim: Int, for operation: String) {
    guard index.dtype == .int64 else {
      fatalError("\(operation): an index of \(index.dtype); it must be int64")
    }
    guard index.device == device else {
      fatalError("\(operation): the tensor is on \(device), the index on \(index.device)")
    }
    let fits =
      index.ndim == ndim && ndim > 0
      && shape.indices.allSatisfy { $0 == dim || index.shape[$0] <= shape[$0] }
    guard fits else {
      fatalError(
        "\(operation): an index of shape \(index.shape) for dim \(dim) of a tensor of shape \(shape); "
          + "it must have as many dims, and be no longer in the others")
    }
  }

  /// The layout of the part that an index of the given shape reaches.
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
  /// The places of the elements other than 0, a row of dims for each: `torch.nonzero`; int64 of shape
  /// [count, dims].
  public func nonzero() -> Tensor {
    let flags = (dtype == .bool ? detach() : detach() .!= 0).view.contiguous()
    var rest = Tensor(backend.truePlaces(flags))
    var columns: [Tensor] = []
    for size in shape.reversed() {
      columns.append(rest.remainder(Tensor(Swift.max(size, 1))))
      rest = rest.floorDivide(Tensor(Swift.max(size, 1)))
    }
    if columns.isEmpty { return Tensor(empty: [rest.numel, 0], dtype: .int64, device: device) }
    return .stack(columns.reversed(), dim: 1)
  }
}
