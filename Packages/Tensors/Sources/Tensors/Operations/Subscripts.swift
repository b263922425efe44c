/// An index in `x[…]` that is neither a number nor a range:
///
///     (x[.all, -1], x[.ellipsis, .newAxis], x[.step(2)], x[.range(1, -1)])
public struct TensorIndex: Sendable {
  enum Kind {
    /// One index, which removes the dim. Negative ones count from the end.
    case place(Int)
    /// From a start up to, but not including, an end, in steps; nil is the dim's own bound.
    case range(Int?, Int?, step: Int)
    case ellipsis
    case newAxis
    /// Indices along one dim, or a mask over as many dims as it has.
    case tensor(Tensor)
  }

  let kind: Kind
}

/// A type that a tensor can be indexed with: integers, ranges, arrays, tensors, and ``TensorIndex``
/// itself.
public protocol TensorIndexConvertible {
  /// The tensor index.
  var tensorIndex: TensorIndex { get }
}

extension TensorIndexConvertible where Self == TensorIndex {
  /// The whole dim: `:` in Python.
  public static var all: TensorIndex { .range(nil, nil) }
  /// The whole dim in steps: `::step` in Python.
  public static func step(_ step: Int) -> TensorIndex { .range(nil, nil, step: step) }
  /// From a start up to, but not including, an end, in steps: `start:end:step` in Python. Negative
  /// bounds count from the end, nil is the dim's own bound, and bounds beyond the dim are clamped.
  public static func range(_ start: Int?, _ end: Int?, step: Int = 1) -> TensorIndex {
    TensorIndex(kind: .range(start, end, step: step))
  }
  /// All remaining dims: `...` in Python.
  public static var ellipsis: TensorIndex { TensorIndex(kind: .ellipsis) }
  /// A new dim of size 1: `None` in Python.
  public static var newAxis: TensorIndex { TensorIndex(kind: .newAxis) }
}

extension TensorIndex: TensorIndexConvertible {
  /// The tensor index.
  public var tensorIndex: TensorIndex { self }
}

extension Int: TensorIndexConvertible {
  /// The tensor index.
  public var tensorIndex: TensorIndex { TensorIndex(kind: .place(self)) }
}

extension Range<Int>: TensorIndexConvertible {
  /// The tensor index.
  public var tensorIndex: TensorIndex { .range(lowerBound, upperBound) }
}

extension ClosedRange<Int>: TensorIndexConvertible {
  /// The tensor index.
  public var tensorIndex: TensorIndex {
    .range(lowerBound, upperBound == -1 ? nil : upperBound + 1)
  }
}

extension PartialRangeFrom<Int>: TensorIndexConvertible {
  /// The tensor index.
  public var tensorIndex: TensorIndex { .range(lowerBound, nil) }
}

extension PartialRangeUpTo<Int>: TensorIndexConvertible {
  /// The tensor index.
  public var tensorIndex: TensorIndex { .range(nil, upperBound) }
}

extension PartialRangeThrough<Int>: TensorIndexConvertible {
  /// The tensor index.
  public var tensorIndex: TensorIndex { .range(nil, upperBound == -1 ? nil : upperBound + 1) }
}

extension [Int]: TensorIndexConvertible {
  /// Several indices along a dim, as in `x[.all, [0, 2]]`, which copies.
  public var tensorIndex: TensorIndex { Tensor(self, device: .cpu).tensorIndex }
}

extension Tensor: TensorIndexConvertible {
  /// The tensor index.
  public var tensorIndex: TensorIndex { TensorIndex(kind: .tensor(self)) }
}

extension Tensor {
  /// A part: `x[0]`, `x[1..<3]`, `x[.all, -1]`, `x[.ellipsis, .newAxis]`, `x[mask]`, `x[rows,
  /// columns]`.
  ///
  /// It is a view, unless an index is a tensor: integers are indices along a dim, negative ones
  /// from the end, and bools select where they are true. Several index tensors broadcast together.
  ///
  /// Assigning changes the elements in place, and gradients follow the change.
  public subscript(_ index: some TensorIndexConvertible) -> Tensor {
    get { part(at: [index.tensorIndex]) }
    set { assign(newValue, at: [index.tensorIndex]) }
  }

  /// The part at an index for each dim; assignment is in place.
  public subscript(
    _ first: some TensorIndexConvertible, _ second: some TensorIndexConvertible
  ) -> Tensor {
    get { part(at: [first.tensorIndex, second.tensorIndex]) }
    set { assign(newValue, at: [first.tensorIndex, second.tensorIndex]) }
  }

  /// The part at an index for each dim; assignment is in place.
  public subscript(
    _ first: some TensorIndexConvertible, _ second: some TensorIndexConvertible,
    _ third: some TensorIndexConvertible
  ) -> Tensor {
    get { part(at: [first.tensorIndex, second.tensorIndex, third.tensorIndex]) }
    set { assign(newValue, at: [first.tensorIndex, second.tensorIndex, third.tensorIndex]) }
  }

  /// The part at any number of indices. Setters of variadic subscripts crash the compiler (6.3.1),
  /// so with more than three indices, assign through views: `x[0, 1][2, 3] = y`.
  public subscript<each Index: TensorIndexConvertible>(_ index: repeat each Index) -> Tensor {
    var indices: [TensorIndex] = []
    for index in repeat each index { indices.append(index.tensorIndex) }
    return part(at: indices)
  }

  private func part(at indices: [TensorIndex]) -> Tensor {
    let (part, tensors) = part(indices)
    return tensors.isEmpty ? part : part.chosen(tensors)
  }

  private func assign(_ value: Tensor, at indices: [TensorIndex]) {
    guard isChangeRecorded(by: value) else { return write(value, at: indices) }
    checkHistory("subscript")
    // `x[0] += 1` changes the part in place, and then assigns it to itself.
    let (target, tensors) = noGrad { part(indices) }
    if tensors.isEmpty, value.isSame(as: target) { return }
    let source = value.to(dtype).to(device)
    noGrad { write(source, at: indices) }
    recordAssignment(of: source) { g in
      g.part(at: indices)
    } clear: { copy in
      copy.write(Tensor(0), at: indices)
    }
  }

  private func write(_ value: Tensor, at indices: [TensorIndex]) {
    let (part, tensors) = part(indices)
    if tensors.isEmpty {
      part.copy(from: value)
    } else {
      part.write(value, at: tensors)
    }
  }

  /// Whether both tensors are the same view of the same memory.
  private func isSame(as other: Tensor) -> Bool {
    sharesStorage(with: other) && shape == other.shape && strides == other.strides
      && storageOffset == other.storageOffset
  }

  /// The view by the indices other than tensors, and the index tensors by the dims that they index.
  private func part(_ indices: [TensorIndex]) -> (Tensor, [Int: Tensor]) {
    var wanted = 0
    var ellipses = 0
    for index in indices {
      switch index.kind {
      case .place, .range: wanted += 1
      case .tensor(let tensor): wanted += tensor.dtype == .bool ? tensor.ndim : 1
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
    var tensors: [Int: Tensor] = [:]
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
      case .tensor(let tensor):
        for places in result.places(tensor, at: dim) {
          tensors[dim] = places
          dim += 1
        }
      }
    }
    return (result, tensors)
  }

  /// The indices along each dim from `dim` on that an index tensor selects.
  private func places(_ index: Tensor, at dim: Int) -> [Tensor] {
    guard index.dtype == .bool else {
      guard !index.dtype.isFloatingPoint else {
        fatalError("subscript: an index of \(index.dtype); it must be of integers or bool")
      }
      return [index.to(.int64)]
    }
    guard Array(shape[dim..<dim + index.ndim]) == index.shape else {
      fatalError(
        "subscript: a mask of shape \(index.shape) from dim \(dim) on of a tensor of shape \(shape); "
          + "they must be the same there")
    }
    return index.nonzero().unbind(dim: 1)
  }

  /// This tensor with the indexed dims first and flattened; the indices along that dim, in their
  /// broadcast shape; and the dim at which that shape goes in the result: that of the indexed dims
  /// if they are adjacent, else the first.
  private func lined(_ tensors: [Int: Tensor]) -> (rows: Tensor, places: Tensor, dim: Int) {
    let dims = tensors.keys.sorted()
    var broadcast: [Int] = []
    for dim in dims {
      guard let wider = Layout.broadcastShape(broadcast, tensors[dim]!.shape) else {
        let shapes = dims.map { "\(tensors[$0]!.shape)" }.joined(separator: ", ")
        fatalError("subscript: indices of shapes \(shapes) do not broadcast")
      }
      broadcast = wider
    }
    var places = Tensor.zeros([], dtype: .int64, device: device)
    for dim in dims {
      let (index, size) = (tensors[dim]!, shape[dim])
      if ((index .< -size) | (index .>= size)).anyTrue {
        let wrong = index.maskedSelect((index .< -size) | (index .>= size))[0].item(as: Int.self)
        fatalError(
          "subscript: index \(wrong) is out of range in dim \(dim) of a tensor of shape \(shape)")
      }
      places = places * size + Tensor.where(index .< 0, index + size, index)
    }
    let rows = movedim(dims, Array(dims.indices)).flatten(startDim: 0, endDim: dims.count - 1)
    let areNeighbours = dims.last! - dims.first! == dims.count - 1
    return (rows, places.expand(broadcast), areNeighbours ? dims.first! : 0)
  }

  private func chosen(_ tensors: [Int: Tensor]) -> Tensor {
    if tensors.count == 1, let (dim, index) = tensors.first {
      let (size, index) = (shape[dim], index.to(device))
      let places = Tensor.where(index .< 0, index + size, index)
      let result = selected(dim, places.flatten(), for: "subscript", wasNegative: { $0 - size })
      return index.ndim == 1
        ? result
        : result.reshape(Array(shape[..<dim]) + index.shape + Array(shape[(dim + 1)...]))
    }
    let (rows, places, dim) = lined(tensors)
    let shape = places.shape + rows.shape.dropFirst()
    let result = rows.indexSelect(0, places.flatten()).reshape(shape)
    let moved = Array(0..<places.ndim)
    return dim == 0 ? result : result.movedim(moved, moved.map { $0 + dim })
  }

  private func write(_ value: Tensor, at tensors: [Int: Tensor]) {
    let (rows, places, dim) = lined(tensors)
    var shape = places.shape + rows.shape.dropFirst()
    let moved = Array(0..<places.ndim)
    if dim > 0 { shape = Tensor.empty(shape).movedim(moved, moved.map { $0 + dim }).shape }
    guard value.view.layout.broadcast(to: shape) != nil else {
      fatalError("subscript: shape \(value.shape) does not broadcast to the chosen part's \(shape)")
    }
    let whole = value.detach().to(dtype).to(device).expand(shape)
    let ordered = dim == 0 ? whole : whole.movedim(moved.map { $0 + dim }, moved)
    let source = ordered.reshape([places.numel] + rows.shape.dropFirst())
    var column = [Int](repeating: 1, count: rows.ndim)
    column[0] = places.numel
    let index = places.flatten().reshape(column).expand(source.shape)
    let changed = rows.detach().scatter(dim: 0, index: index, source: source)
    let dims = tensors.keys.sorted()
    let front = dims.map { self.shape[$0] }
    copy(from: changed.unflatten(0, front).movedim(Array(dims.indices), dims))
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
