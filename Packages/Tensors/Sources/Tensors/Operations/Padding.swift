// Padding of tensors.

/// What a tensor is padded with: `mode` of `torch.nn.functional.pad`.
public enum PaddingMode: String, Sendable {
  /// A number, 0 unless another is given.
  case constant
  /// Zeros, under the name of a convolution's `padding_mode`: the same as ``constant``.
  public static var zeros: PaddingMode { .constant }
  /// The elements mirrored at the edge, without repeating the edge.
  case reflect
  /// The element at the edge, repeated.
  case replicate
  /// The elements of the other end.
  case circular
}

extension Operator {
  fileprivate static let pad = Operator(
    "pad",
    .wrt(.x, "g without the padding, plus what its elements were copied from it") {
      (g, a: Padding) in g.unpadded(a)
    }.forward { (t, a: Padding) in t.padded(a) })
  fileprivate static let unpad = Operator(
    "unpad",
    .wrt(.x, "g, padded") { (g, a: Padding) in g.padded(a) }
      .forward { (t, a: Padding) in t.unpadded(a) })
}

extension Tensor {
  /// Pads a tensor: `torch.nn.functional.pad`.
  ///
  /// - Parameters:
  ///   - sizes: the padding before and after the last dim, then before and after the second to
  ///     last, and so on. Negative sizes crop.
  ///   - mode: what it is padded with.
  ///   - value: the number, with `constant`.
  public func pad(_ sizes: [Int], mode: PaddingMode = .constant, value: Double = 0) -> Tensor {
    guard sizes.count % 2 == 0, sizes.count <= 2 * ndim else {
      fatalError(
        "pad: \(sizes) for shape \(shape); there must be two sizes for each padded dim")
    }
    if mode == .reflect || mode == .replicate, let wide = raised(.everywhere) {
      return wide.pad(sizes, mode: mode)
    }
    var (before, after) = ([Int](repeating: 0, count: ndim), [Int](repeating: 0, count: ndim))
    for place in sizes.indices.reversed() {
      let dim = ndim - 1 - place / 2
      if place % 2 == 0 { before[dim] = sizes[place] } else { after[dim] = sizes[place] }
    }
    for dim in shape.indices { requirePadding(dim, before[dim], after[dim], mode) }
    let added = { (sizes: [Int]) in sizes.map { Swift.max($0, 0) } }
    let cut = { (sizes: [Int]) in sizes.map { Swift.max(-$0, 0) } }
    // Borders that mirror or repeat an edge are those of the uncut tensor.
    let isOfWhole = mode == .reflect || mode == .replicate
    let whole = isOfWhole ? self : cropped(cut(before), cut(after))
    let padding = Padding(
      shape: whole.shape, before: added(before), after: added(after), mode: mode)
    let result = padding.isNone ? whole : whole.padded(padding, value)
    return isOfWhole ? result.cropped(cut(before), cut(after)) : result
  }

  private func requirePadding(_ dim: Int, _ before: Int, _ after: Int, _ mode: PaddingMode) {
    let (size, most) = (shape[dim], Swift.max(before, after))
    let kept = Swift.max(size + Swift.min(before, 0) + Swift.min(after, 0), 0)
    let limit =
      switch mode {
      case .constant: Int.max
      case .reflect: size - 1
      case .replicate: size > 0 ? Int.max : 0
      case .circular: kept
      }
    guard size + before + after >= 0, most <= 0 || most <= limit else {
      let mend =
        limit < Int.max
        ? "\(mode) adds at most \(limit) there" : "no more than the whole dim can be cut"
      fatalError(
        "pad: \(before) before and \(after) after dim \(dim) of shape \(shape) (\(mode)); \(mend)")
    }
  }

  /// Without some elements at the start and the end of each dim.
  private func cropped(_ before: [Int], _ after: [Int]) -> Tensor {
    shape.indices.reduce(self) { part, dim in
      if before[dim] == 0 && after[dim] == 0 { return part }
      let start = Swift.min(before[dim], shape[dim])
      return part.narrow(
        dim, start: start, length: Swift.max(shape[dim] - start - after[dim], 0))
    }
  }

  fileprivate func padded(_ padding: Padding, _ value: Double = 0) -> Tensor {
    let result = Tensor(empty: padding.paddedShape, dtype: dtype, device: device)
    if padding.mode == .constant {
      let filling = Tensor.full([], value, dtype: dtype, device: device).view
      let everywhere = filling.layout.broadcast(to: result.shape)!
      backend.convert(filling.with(everywhere), into: result.view)
    }
    backend.convert(view, into: padding.middle(of: result.view))
    for (border, source) in padding.borders(of: result.view) {
      backend.convert(source, into: border)
    }
    return result.recorded(.pad, self, with: padding)
  }

  /// The transpose of ``padded(_:_:)``: each element is the sum of those that are its copies.
  fileprivate func unpadded(_ padding: Padding) -> Tensor {
    if padding.mode == .constant { return cropped(padding.before, padding.after) }
    let sums = view.copied(to: dtype.isHalf ? .float32 : dtype)
    for (border, source) in padding.borders(of: sums).reversed() {
      // An element that is repeated is the source of several slices.
      let dim = padding.mode == .replicate ? source.layout.strides.firstIndex(of: 0) : nil
      let slices = dim.map { source.layout.shape[$0] } ?? 1
      for number in 0..<slices {
        let part = dim.map { border.along($0, from: number, count: 1) } ?? border
        let target = dim.map { source.along($0, from: 0, count: 1) } ?? source
        let sum = StridedView(empty: target.layout.contiguous, dtype: sums.dtype, device: device)
        backend.binary(.add, target, part, into: sum)
        backend.convert(sum, into: target)
      }
    }
    return Tensor(padding.middle(of: sums).copied(to: dtype)).recorded(.unpad, self, with: padding)
  }
}

/// The attributes of padding: the sizes that are added before and after each dim of a shape.
private struct Padding {
  let shape: [Int]
  let before: [Int]
  let after: [Int]
  let mode: PaddingMode

  var isNone: Bool { !(before + after).contains { $0 > 0 } }

  var paddedShape: [Int] { shape.indices.map { before[$0] + shape[$0] + after[$0] } }

  /// The part of a padded view that is not padding.
  func middle(of view: StridedView) -> StridedView {
    shape.indices.reduce(view) { $0.along($1, from: before[$1], count: shape[$1]) }
  }

  /// The borders of a padded view along each dim, in parts, and what they are copies of. Those of a
  /// dim have the borders of the dims after it, which thus come first.
  func borders(of view: StridedView) -> [(border: StridedView, source: StridedView)] {
    if mode == .constant { return [] }
    var parts: [(StridedView, StridedView)] = []
    for dim in shape.indices.reversed() {
      let slice = (0..<dim).reduce(view) { $0.along($1, from: before[$1], count: shape[$1]) }
      func add(_ start: Int, _ count: Int, from source: Int, step: Int) {
        if count == 0 { return }
        parts.append(
          (
            slice.along(dim, from: start, count: count),
            slice.along(dim, from: source, count: count, step: step)
          ))
      }
      let (first, last) = (before[dim], before[dim] + shape[dim] - 1)
      let (left, right, step) =
        switch mode {
        case .reflect: (2 * first, last - 1, -1)
        case .replicate: (first, last, 0)
        default: (shape[dim], first, 1)
        }
      add(0, before[dim], from: left, step: step)
      add(last + 1, after[dim], from: right, step: step)
    }
    return parts
  }
}

extension StridedView {
  /// Some of the elements along a dim.
  fileprivate func along(_ dim: Int, from start: Int, count: Int, step: Int = 1) -> StridedView {
    var (shape, strides) = (layout.shape, layout.strides)
    shape[dim] = count
    let offset = layout.offset + start * strides[dim]
    strides[dim] *= step
    return with(Layout(shape: shape, strides: strides, offset: offset))
  }
}
