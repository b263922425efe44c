// Views: the same memory with other shapes and orders of dims.

extension Operator {
  static let view = reshape("view")
  static let reshape = reshape("reshape")

  private static func reshape(_ name: String) -> Operator {
    Operator(
      name,
      .wrt(.x, "g in the input's shape") { (g, a: ShapeChange) in g.reshape(a.from) }
        .forward { (t, a: ShapeChange) in t.reshape(a.to) })
  }

  static let permute = Operator(
    "permute", parameters: ["dims"],
    .wrt(.x, "g, dims in their old order") { (g, order: [Int]) in
      var inverse = order
      for (place, dim) in order.enumerated() { inverse[dim] = place }
      return g.permute(inverse)
    }.forward { (t, order: [Int]) in t.permute(order) })
  static let transpose = Operator(
    "transpose", parameters: ["dims"],
    .wrt(.x, "g, transposed back") { (g, dims: (Int, Int)) in g.transpose(dims.0, dims.1) }
      .forward { (t, dims: (Int, Int)) in t.transpose(dims.0, dims.1) })
  static let expand = Operator(
    "expand",
    .wrt(.x, "g, summed over the copies") { (g, _: ShapeChange) in g }
      .forward { (t, a: ShapeChange) in t.expand(a.to) })
}

/// The attributes of a view in another shape.
struct ShapeChange: CustomReflectable {
  let from: [Int]
  let to: [Int]

  // Graphs show the shapes with inputs and outputs.
  var customMirror: Mirror { Mirror(self, children: []) }
}

extension Tensor {
  /// The dim, counted from 0; stops the program if it is out of range.
  func checkedDim(_ dim: Int, for operation: String, in rank: Int? = nil) -> Int {
    let rank = Swift.max(rank ?? ndim, 1)
    guard (-rank..<rank).contains(dim) else {
      fatalError(
        "\(operation): no dim \(dim) in a tensor of shape \(shape); dims go from \(-rank) to \(rank - 1)"
      )
    }
    return dim < 0 ? dim + rank : dim
  }

  /// A view of the same memory in another layout, recorded.
  func viewed<Attributes>(
    _ operation: Operator, _ layout: Layout, with attributes: @autoclosure () -> Attributes
  ) -> Tensor {
    let result = Tensor(view.with(layout))
    result.origin = Origin(of: self)
    result.markNodeCurrent()
    return result.recorded(operation, self, with: attributes())
  }

  /// A view in another shape: `torch.Tensor.view`. One size may be -1 and is then inferred.
  ///
  /// Stops the program if the strides do not allow it; ``reshape(_:)-([Int])`` copies then.
  public func view(_ shape: [Int]) -> Tensor {
    let target = completed(shape, for: "view")
    guard let layout = view.layout.view(as: target) else {
      fatalError(
        "view: a tensor of shape \(self.shape) and strides \(strides) cannot be viewed as \(target) "
          + "without a copy; use reshape")
    }
    return viewed(.view, layout, with: ShapeChange(from: self.shape, to: target))
  }

  /// The elements in another shape: `torch.reshape`. A view if the strides allow it, else a copy.
  /// One size may be -1 and is then inferred.
  public func reshape(_ shape: [Int]) -> Tensor {
    let target = completed(shape, for: "reshape")
    if target == self.shape { return self }
    guard let layout = view.layout.view(as: target) else {
      return contiguous().reshape(target)
    }
    return viewed(.reshape, layout, with: ShapeChange(from: self.shape, to: target))
  }

  /// The same elements in another shape, without a copy; see the other `view`.
  public func view(_ sizes: Int...) -> Tensor { view(sizes) }
  /// The same elements in the shape of another tensor, without a copy: `torch.Tensor.view_as`.
  public func viewAs(_ other: Tensor) -> Tensor { view(other.shape) }
  /// The same elements in another shape; see the other `reshape`.
  public func reshape(_ sizes: Int...) -> Tensor { reshape(sizes) }

  private func completed(_ shape: [Int], for operation: String) -> [Int] {
    var target = shape
    let known = shape.reduce(1) { $1 == -1 ? $0 : $0 * $1 }
    let open = shape.indices.filter { shape[$0] == -1 }
    if open.count > 1 {
      fatalError(
        "\(operation): \(shape) leaves \(open.count) sizes open for a tensor of shape \(self.shape); only one "
          + "can be inferred")
    }
    if open.count == 1, known > 0, numel % known == 0 { target[open[0]] = numel / known }
    guard target.allSatisfy({ $0 >= 0 }), target.reduce(1, *) == numel else {
      fatalError(
        "\(operation): a tensor of shape \(self.shape) has \(numel) elements and cannot take the "
          + "shape \(shape)")
    }
    return target
  }

  /// The dims from `startDim` to `endDim` flattened into one: `torch.flatten`.
  public func flatten(startDim: Int = 0, endDim: Int = -1) -> Tensor {
    if ndim == 0 { return reshape([1]) }
    let start = checkedDim(startDim, for: "flatten")
    let end = checkedDim(endDim, for: "flatten")
    guard start <= end else {
      fatalError("flatten: startDim \(startDim) comes after endDim \(endDim)")
    }
    let joined = shape[start...end].reduce(1, *)
    return reshape(Array(shape[..<start]) + [joined] + Array(shape[(end + 1)...]))
  }

  /// One dim split into several: `torch.unflatten`. One size may be -1 and is then inferred.
  public func unflatten(_ dim: Int, _ sizes: [Int]) -> Tensor {
    let dim = checkedDim(dim, for: "unflatten")
    guard ndim > 0 else { fatalError("unflatten: a tensor without dims has none to unflatten") }
    let known = sizes.reduce(1) { $1 == -1 ? $0 : $0 * $1 }
    let whole = sizes.map { $0 == -1 && known > 0 ? shape[dim] / known : $0 }
    guard whole.allSatisfy({ $0 >= 0 }), whole.reduce(1, *) == shape[dim] else {
      fatalError(
        "unflatten: \(sizes) do not multiply to \(shape[dim]), the size of dim \(dim) in shape \(shape)"
      )
    }
    return reshape(Array(shape[..<dim]) + whole + Array(shape[(dim + 1)...]))
  }

  /// A view with the dims in another order: `torch.permute`.
  public func permute(_ dims: [Int]) -> Tensor {
    let order = dims.map { checkedDim($0, for: "permute") }
    guard Set(order).count == ndim, order.count == ndim else {
      fatalError("permute: \(dims) does not name each dim of a tensor of shape \(shape) once")
    }
    return viewed(.permute, view.layout.permuted(order), with: order)
  }

  /// The dims in another order, as a view; see the other `permute`.
  public func permute(_ dims: Int...) -> Tensor { permute(dims) }

  /// A view with two dims swapped: `torch.transpose`.
  public func transpose(_ a: Int, _ b: Int) -> Tensor {
    if ndim == 0 { return self }
    let (a, b) = (checkedDim(a, for: "transpose"), checkedDim(b, for: "transpose"))
    var (shape, strides) = (shape, strides)
    shape.swapAt(a, b)
    strides.swapAt(a, b)
    let layout = Layout(shape: shape, strides: strides, offset: storageOffset)
    return viewed(.transpose, layout, with: (a, b))
  }

  /// A view with the dims in reverse order: `torch.Tensor.T`.
  public var T: Tensor {
    ndim == 2 ? transpose(0, 1) : permute(Array((0..<ndim).reversed()))
  }

  /// A matrix transposed, or a vector or scalar unchanged: `torch.t`.
  public func t() -> Tensor {
    guard ndim <= 2 else {
      fatalError("t: a tensor of shape \(shape) has more than 2 dims; use transpose or permute")
    }
    return ndim < 2 ? self : transpose(0, 1)
  }

  /// A view with the last two dims swapped: `torch.Tensor.mT`.
  public var mT: Tensor {
    guard ndim >= 2 else {
      fatalError("mT: a tensor of shape \(shape) is not a matrix; it needs at least two dims")
    }
    return transpose(-2, -1)
  }

  /// Dims moved to other positions, with the others kept in order: `torch.movedim`.
  public func movedim(_ sources: [Int], _ targets: [Int]) -> Tensor {
    let from = sources.map { checkedDim($0, for: "movedim") }
    let to = targets.map { checkedDim($0, for: "movedim") }
    guard from.count == to.count, Set(from).count == from.count, Set(to).count == to.count else {
      fatalError("movedim: \(sources) and \(targets) must name the same number of distinct dims")
    }
    var order = [Int](repeating: -1, count: ndim)
    for (source, target) in zip(from, to) { order[target] = source }
    var others = (0..<ndim).filter { !from.contains($0) }.makeIterator()
    return permute(order.map { $0 < 0 ? others.next()! : $0 })
  }

  /// A dim moved to another position: `torch.movedim`.
  public func movedim(_ source: Int, _ target: Int) -> Tensor { movedim([source], [target]) }

  /// Without the dims of size 1, or without one of them: `torch.squeeze`.
  public func squeeze(_ dim: Int? = nil) -> Tensor {
    let only = dim.map { checkedDim($0, for: "squeeze") }
    return reshape(
      shape.indices.filter { shape[$0] != 1 || (only != nil && only != $0) }.map { shape[$0] })
  }

  /// With a dim of size 1 inserted at the given position: `torch.unsqueeze`.
  public func unsqueeze(_ dim: Int) -> Tensor {
    let place = checkedDim(dim, for: "unsqueeze", in: ndim + 1)
    return reshape(Array(shape[..<place]) + [1] + Array(shape[place...]))
  }

  /// A view in which dims of size 1 are repeated: `torch.Tensor.expand`. A size of -1 is kept.
  public func expand(_ shape: [Int]) -> Tensor {
    let added = shape.count - ndim
    let target = shape.indices.map { index in
      shape[index] == -1 && index >= added ? self.shape[index - added] : shape[index]
    }
    guard let layout = view.layout.broadcast(to: target) else {
      fatalError("expand: shape \(self.shape) does not broadcast to \(shape)")
    }
    if target == self.shape { return self }
    return viewed(.expand, layout, with: ShapeChange(from: self.shape, to: target))
  }
  /// A view in which dims of size 1 are repeated; see the other `expand`.
  public func expand(_ sizes: Int...) -> Tensor { expand(sizes) }

  /// A view in which dims of size 1 are repeated: `torch.broadcast_to`.
  public func broadcastTo(_ shape: [Int]) -> Tensor { expand(shape) }
}
