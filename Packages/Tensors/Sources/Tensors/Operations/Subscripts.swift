/// What can stand between the brackets of `x[…]`, besides numbers and ranges:
///
///     x[.all, -1]  x[.ellipsis, .newAxis]  x[.stride(2)]  x[.range(1, -1)]
public struct TensorIndex: Sendable {
  enum Kind {
    /// One place; the dim goes. Negative ones count from the end.
    case place(Int)
    /// From a place up to, but not including, another, at steps; nil is the dim's own end.
    case range(Int?, Int?, step: Int)
    case ellipsis
    case newAxis
  }

  let kind: Kind
}

/// A type that an index can be written in: whole numbers, ranges, and ``TensorIndex`` itself.
public protocol TensorIndexConvertible {
  var tensorIndex: TensorIndex { get }
}

extension TensorIndexConvertible where Self == TensorIndex {
  /// The whole dim: `:` in Python.
  public static var all: TensorIndex { .range(nil, nil) }
  /// The whole dim at steps: `::step` in Python.
  public static func stride(_ step: Int) -> TensorIndex { .range(nil, nil, step: step) }
  /// From a place up to, but not including, another, at steps: `start:end:step` in Python. Negative
  /// places count from the end, nil is the dim's own end, and what lies beyond the dim is cut.
  public static func range(_ start: Int?, _ end: Int?, step: Int = 1) -> TensorIndex {
    TensorIndex(kind: .range(start, end, step: step))
  }
  /// As many whole dims as are left: `...` in Python.
  public static var ellipsis: TensorIndex { TensorIndex(kind: .ellipsis) }
  /// A new dim of size 1: `None` in Python.
  public static var newAxis: TensorIndex { TensorIndex(kind: .newAxis) }
}

extension TensorIndex: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { self }
}

extension Int: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { TensorIndex(kind: .place(self)) }
}

extension Range<Int>: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .range(lowerBound, upperBound) }
}

extension ClosedRange<Int>: TensorIndexConvertible {
  public var tensorIndex: TensorIndex {
    .range(lowerBound, upperBound == -1 ? nil : upperBound + 1)
  }
}

extension PartialRangeFrom<Int>: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .range(lowerBound, nil) }
}

extension PartialRangeUpTo<Int>: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .range(nil, upperBound) }
}

extension PartialRangeThrough<Int>: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .range(nil, upperBound == -1 ? nil : upperBound + 1) }
}

extension Tensor {
  /// A view of a part: `x[0]`, `x[1..<3]`, `x[.all, -1]`, `x[.ellipsis, .newAxis]`.
  public subscript<each Index: TensorIndexConvertible>(_ index: repeat each Index) -> Tensor {
    var indices: [TensorIndex] = []
    for index in repeat each index { indices.append(index.tensorIndex) }
    return part(indices)
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
      switch index.kind {
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
      switch index.kind {
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
