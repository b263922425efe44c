// Views of parts of a tensor.

extension Operator {
  static let select = Operator(
    "select",
    .wrt(.x, "g at that index, else 0") { (g, a: Part) in Tensor.placed(g, in: a) }
      .forward { (t, a: Part) in a.of(t) })
  static let slice = Operator(
    "slice",
    .wrt(.x, "g at that part, else 0") { (g, a: Part) in Tensor.placed(g, in: a) }
      .forward { (t, a: Part) in a.of(t) })
  static let diagonal = Operator(
    "diagonal",
    .wrt(.x, "g on the diagonal, else 0") { (g, a: Part) in Tensor.placed(g, in: a) }
      .forward { (t, a: Part) in a.of(t) })
  fileprivate static let place = Operator(
    "place",
    .wrt(.x, "g at that part") { (g, a: Part) in a.of(g) }
      .forward { (t, a: Part) in Tensor.placed(t, in: a) })
  fileprivate static let unfold = Operator(
    "unfold",
    .wrt(.x, "g, added up over overlapping windows") { (g, a: Unfolding) in
      // Windows overlap, so each index within them is scattered back separately.
      let parts = (0..<a.size).map { place in
        Tensor.placed(
          g.select(-1, place),
          in: Part(shape: a.shape) {
            $0.sliced(a.dim, start: place, count: a.count, step: a.step)
          })
      }
      return parts.dropFirst().reduce(parts.first ?? .zeros(a.shape, dtype: g.dtype)) { $0 + $1 }
    }.forward { (t, a: Unfolding) in t.unfold(a.dim, size: a.size, step: a.step) })
  static let asStrided = Operator(
    "asStrided",
    .wrt(.x, "g, added at the elements of the view") { (g, a: LayoutChange) in
      let sums = g.moved(from: a.to, to: a.from)
      if a.from.isContiguous { return sums }
      // Elements that share a memory location share the gradient.
      let ones = Tensor.ones(a.from.shape, dtype: g.dtype, device: g.device)
      return sums / ones.moved(from: a.from, to: a.from)
    }.forward { (t, a: LayoutChange) in t.moved(from: a.from, to: a.to, adding: false) })
}

/// The attributes of a view of a part of a tensor. No element occurs twice in it.
private struct Part {
  let shape: [Int]
  let of: (Tensor) -> Tensor
}

/// The attributes of windows along a dim.
private struct Unfolding {
  let shape: [Int]
  let dim: Int
  let size: Int
  let count: Int
  let step: Int
}

/// The attributes of a view of the same memory in another layout.
struct LayoutChange: CustomReflectable {
  let from: Layout
  let to: Layout

  var customMirror: Mirror {
    Mirror(self, children: ["strides": to.strides, "offset": to.offset])
  }
}

extension Tensor {
  /// A view of `length` elements along a dim from `start`, which counts from the end if it is
  /// negative: `torch.narrow`.
  public func narrow(_ dim: Int, start: Int, length: Int) -> Tensor {
    let dim = checkedDim(dim, for: "narrow")
    let first = ndim > 0 && start < 0 ? start + shape[dim] : start
    guard ndim > 0, (0...shape[dim]).contains(first), (0...shape[dim] - first).contains(length)
    else {
      fatalError(
        "narrow: \(length) elements from index \(start) are not all in dim \(dim) of a tensor of shape "
          + "\(shape)")
    }
    return sliced(dim, start: first, count: length, step: 1)
  }

  /// A view at one index along a dim, without that dim: `torch.select`. A negative index counts
  /// from the end.
  public func select(_ dim: Int, _ index: Int) -> Tensor {
    guard ndim > 0 else { fatalError("select: a tensor without dims has no index \(index)") }
    let dim = checkedDim(dim, for: "select")
    let size = shape[dim]
    guard (-size..<size).contains(index) else {
      fatalError(
        "select: index \(index) is out of range in dim \(dim) of a tensor of shape \(shape)")
    }
    let place = index < 0 ? index + size : index
    var (rest, steps) = (shape, strides)
    rest.remove(at: dim)
    steps.remove(at: dim)
    let layout = Layout(shape: rest, strides: steps, offset: storageOffset + place * strides[dim])
    return viewed(.select, layout, with: Part(shape: shape) { $0.select(dim, place) })
  }

  /// A view of `count` elements along a dim from `start`, in steps of `step`, all of which are in
  /// range.
  func sliced(_ dim: Int, start: Int, count: Int, step: Int) -> Tensor {
    var (shape, strides) = (shape, strides)
    shape[dim] = count
    strides[dim] *= step
    let offset = count == 0 ? storageOffset : storageOffset + start * self.strides[dim]
    return viewed(
      .slice, Layout(shape: shape, strides: strides, offset: offset),
      with: Part(shape: self.shape) {
        $0.sliced(dim, start: start, count: count, step: step)
      })
  }

  /// Zeros with g in the given part: the derivative of the view of that part.
  fileprivate static func placed(_ g: Tensor, in part: Part) -> Tensor {
    let result = zeros(part.shape, dtype: g.dtype, device: g.device)
    g.backend.convert(g.view, into: part.of(result).view)
    return result.recorded(.place, g, with: part)
  }

  /// Views of `size` elements each along a dim, the last one smaller if the dim is not a multiple
  /// of it: `torch.split`.
  public func split(_ size: Int, dim: Int = 0) -> [Tensor] {
    let dim = checkedDim(dim, for: "split")
    guard size > 0, ndim > 0 else {
      fatalError("split: parts of size \(size) of a tensor of shape \(shape)")
    }
    let starts = shape[dim] == 0 ? [0] : Array(stride(from: 0, to: shape[dim], by: size))
    return starts.map {
      narrow(dim, start: $0, length: Swift.min(size, shape[dim] - $0))
    }
  }

  /// Views of the given sizes along a dim: `torch.split`.
  public func split(_ sizes: [Int], dim: Int = 0) -> [Tensor] {
    let dim = checkedDim(dim, for: "split")
    guard ndim > 0, sizes.allSatisfy({ $0 >= 0 }), sizes.reduce(0, +) == shape[dim] else {
      fatalError("split: \(sizes) do not add up to dim \(dim) of a tensor of shape \(shape)")
    }
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return narrow(dim, start: start, length: size)
    }
  }

  /// At most `count` views along a dim, all but the last of one size: `torch.chunk`.
  public func chunk(_ count: Int, dim: Int = 0) -> [Tensor] {
    guard count > 0, ndim > 0 else {
      fatalError("chunk: \(count) parts of a tensor of shape \(shape)")
    }
    let size = shape[checkedDim(dim, for: "chunk")]
    if size == 0 { return split([Int](repeating: 0, count: count), dim: dim) }
    return split((size + count - 1) / count, dim: dim)
  }

  /// The views at each index along a dim, without that dim: `torch.unbind`.
  public func unbind(dim: Int = 0) -> [Tensor] {
    let dim = checkedDim(dim, for: "unbind")
    guard ndim > 0 else { fatalError("unbind: a tensor without dims has none to unbind") }
    return (0..<shape[dim]).map { select(dim, $0) }
  }

  /// A view of the diagonal of two dims, as the last dim: `torch.diagonal`. A positive offset is
  /// for a diagonal above the main one.
  public func diagonal(offset: Int = 0, dim1: Int = 0, dim2: Int = 1) -> Tensor {
    let (a, b) = (checkedDim(dim1, for: "diagonal"), checkedDim(dim2, for: "diagonal"))
    guard ndim >= 2, a != b else {
      fatalError(
        "diagonal: dims \(dim1) and \(dim2) of a tensor of shape \(shape); they must differ")
    }
    let (down, right) = (Swift.max(-offset, 0), Swift.max(offset, 0))
    let count = Swift.max(Swift.min(shape[a] - down, shape[b] - right), 0)
    let others = (0..<ndim).filter { $0 != a && $0 != b }
    let start = count == 0 ? 0 : down * strides[a] + right * strides[b]
    let layout = Layout(
      shape: others.map { shape[$0] } + [count],
      strides: others.map { strides[$0] } + [strides[a] + strides[b]],
      offset: storageOffset + start)
    return viewed(
      .diagonal, layout,
      with: Part(shape: shape) { $0.diagonal(offset: offset, dim1: a, dim2: b) })
  }

  /// A view of windows of `size` elements along a dim, in steps of `step`, with their elements
  /// along a new last dim: `torch.Tensor.unfold`.
  public func unfold(_ dim: Int, size: Int, step: Int) -> Tensor {
    let dim = checkedDim(dim, for: "unfold")
    let length = ndim == 0 ? 1 : shape[dim]
    guard size >= 0, size <= length, step > 0 else {
      fatalError(
        "unfold: windows of \(size) at steps of \(step) in dim \(dim) of a tensor of shape \(shape)"
      )
    }
    if ndim == 0 { return reshape([1])[..<size] }
    let count = (length - size) / step + 1
    var (shape, strides) = (shape, strides)
    shape[dim] = count
    strides[dim] *= step
    let layout = Layout(
      shape: shape + [size], strides: strides + [self.strides[dim]], offset: storageOffset)
    return viewed(
      .unfold, layout,
      with: Unfolding(shape: self.shape, dim: dim, size: size, count: count, step: step))
  }

  /// A view of the same memory in any shape and strides: `torch.as_strided`.
  ///
  /// Stops the program if it would reach beyond the tensor's storage.
  public func asStrided(_ shape: [Int], _ strides: [Int], storageOffset: Int? = nil) -> Tensor {
    let offset = storageOffset ?? self.storageOffset
    let capacity = view.storage.byteCount / dtype.itemSize
    guard shape.count == strides.count, shape.allSatisfy({ $0 >= 0 }) else {
      fatalError(
        "asStrided: shape \(shape) and strides \(strides); there must be as many of both, and sizes must be "
          + "0 or more"
      )
    }
    let layout = Layout(shape: shape, strides: strides, offset: offset)
    guard (0...capacity).contains(layout.span.lowerBound), layout.span.upperBound <= capacity else {
      fatalError(
        "asStrided: shape \(shape), strides \(strides) and offset \(offset) reach beyond a storage of "
          + "\(capacity) elements")
    }
    return viewed(.asStrided, layout, with: LayoutChange(from: view.layout, to: layout))
  }

  /// Writes the elements to a storage of zeros through one layout, and reads it through another.
  /// Elements at one location are added up, or are equal.
  func moved(from: Layout, to: Layout, adding: Bool = true) -> Tensor {
    let first = Swift.min(from.span.lowerBound, to.span.lowerBound)
    let count = Swift.max(from.span.upperBound, to.span.upperBound) - first
    let numbers = Tensor.arange(count, device: device).view
    func places(_ layout: Layout) -> Tensor {
      let shifted = Layout(
        shape: layout.shape, strides: layout.strides, offset: layout.offset - first)
      return Tensor(numbers.with(shifted)).flatten()
    }
    let storage = Tensor.zeros([count], dtype: dtype, device: device)
    let filled =
      adding
      ? storage.scatterAdd(dim: 0, index: places(from), source: flatten())
      : storage.scatter(dim: 0, index: places(from), source: flatten())
    return filled.gather(dim: 0, index: places(to)).reshape(to.shape)
  }
}

extension Tensor: Sequence {
  /// Iterates over dim 0, as in `for row in tensor`; the elements are views.
  public func makeIterator() -> IndexingIterator<[Tensor]> {
    guard ndim > 0 else { fatalError("a scalar cannot be iterated over; use item()") }
    return unbind().makeIterator()
  }

  /// The size of dim 0: `len` of a tensor. ``numel`` is the number of elements.
  public var count: Int {
    guard let count = shape.first else {
      fatalError("count: a scalar has no dims; numel is 1")
    }
    return count
  }

  /// The size of dim 0.
  public var underestimatedCount: Int { shape.first ?? 0 }
}
