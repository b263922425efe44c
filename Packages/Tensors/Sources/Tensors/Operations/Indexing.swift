/// What can stand between the brackets of `x[…]`, for one dim.
public enum TensorIndex: Sendable {
  /// One place; the dim goes. Negative ones count from the end.
  case place(Int)
  /// From a place up to, but not including, another, at steps; nil is the dim's own end. Ends may be
  /// negative, to count from the end, and those beyond the dim are cut, as in Python.
  case range(Int?, Int?, step: Int)
  /// As many whole dims as are left.
  case ellipsis
  /// A new dim of size 1.
  case newAxis

  /// The whole dim.
  public static let all = TensorIndex.range(nil, nil, step: 1)
  /// The whole dim at steps, as `::step` in Python.
  public static func stride(_ step: Int) -> TensorIndex { .range(nil, nil, step: step) }
}

/// A type that an index can be written in: whole numbers, ranges, and ``TensorIndex`` itself.
public protocol TensorIndexConvertible {
  var tensorIndex: TensorIndex { get }
}

extension TensorIndex: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { self }
}

extension Int: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .place(self) }
}

extension Range<Int>: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .range(lowerBound, upperBound, step: 1) }
}

extension ClosedRange<Int>: TensorIndexConvertible {
  public var tensorIndex: TensorIndex {
    .range(lowerBound, upperBound == -1 ? nil : upperBound + 1, step: 1)
  }
}

extension PartialRangeFrom<Int>: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .range(lowerBound, nil, step: 1) }
}

extension PartialRangeUpTo<Int>: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .range(nil, upperBound, step: 1) }
}

extension PartialRangeThrough<Int>: TensorIndexConvertible {
  public var tensorIndex: TensorIndex {
    .range(nil, upperBound == -1 ? nil : upperBound + 1, step: 1)
  }
}

extension Tensor {
  /// A view of a part: `x[0]`, `x[1..<3]`, `x[.all, -1]`, `x[.ellipsis, .newAxis]`.
  public subscript(_ first: TensorIndex, _ others: TensorIndex...) -> Tensor {
    part([first] + others)
  }

  /// A view of a part, where an index is a number or a range.
  public subscript(
    _ first: any TensorIndexConvertible, _ others: any TensorIndexConvertible...
  ) -> Tensor {
    part([first.tensorIndex] + others.map(\.tensorIndex))
  }

  /// The rows at the given int64 indices, in the shape of the index: `x[index]`. Negative ones count
  /// from the end.
  public subscript(_ index: Tensor) -> Tensor {
    guard index.dtype == .int64, ndim > 0 else {
      fatalError(
        "subscript: an index of \(index.dtype) for a tensor of shape \(shape); it must be int64, and "
          + "the tensor must have dims")
    }
    let places = index.flatten()
    let size = shape[0]
    let countsFromTheEnd = (places .< 0).to(.int64) * (places .>= -size).to(.int64)
    return indexSelect(0, places + countsFromTheEnd * size).reshape(index.shape + shape.dropFirst())
  }

  private func part(_ indices: [TensorIndex]) -> Tensor {
    var wanted = 0
    var ellipses = 0
    for index in indices {
      switch index {
      case .place, .range: wanted += 1
      case .ellipsis: ellipses += 1
      case .newAxis: break
      }
    }
    guard wanted <= ndim, ellipses <= 1 else {
      fatalError(
        wanted > ndim
          ? "subscript: \(wanted) indices for a tensor of shape \(shape)"
          : "subscript: more than one ellipsis")
    }
    var result = self
    var dim = 0
    for index in indices {
      switch index {
      case .place(let place):
        result = result.select(dim, place)
      case .range(let start, let end, let step):
        result = result.slice(dim, start, end, step)
        dim += 1
      case .ellipsis:
        dim += ndim - wanted
      case .newAxis:
        result = result.unsqueeze(dim)
        dim += 1
      }
    }
    return result
  }

  private func slice(_ dim: Int, _ start: Int?, _ end: Int?, _ step: Int) -> Tensor {
    guard step > 0 else {
      fatalError("subscript: a step of \(step); steps must be positive")
    }
    let size = shape[dim]
    func cut(_ place: Int) -> Int {
      Swift.min(Swift.max(place < 0 ? place + size : place, 0), size)
    }
    let first = cut(start ?? 0)
    let last = Swift.max(cut(end ?? size), first)
    if first == 0, last == size, step == 1 { return self }
    return sliced(dim, start: first, count: (last - first + step - 1) / step, step: step)
  }
}

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
