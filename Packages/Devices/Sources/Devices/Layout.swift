import CKernels

/// The layout of a view in its storage: shape, strides and offset.
///
/// It is immutable and can be shared by tensors.
public final class Layout: Sendable {
  /// The size of each dim.
  public let shape: [Int]
  /// The distance between neighbours along each dim, in elements.
  public let strides: [Int]
  /// The position of the first element in the storage, in elements.
  public let offset: Int
  /// The number of elements.
  public let numel: Int
  /// Whether the elements are in row-major order without gaps.
  public let isContiguous: Bool

  /// Creates a layout.
  ///
  /// - Parameters:
  ///   - shape: the size of each dim.
  ///   - strides: the distance between neighbours along each dim, in elements.
  ///   - offset: the position of the first element in the storage, in elements.
  public init(shape: [Int], strides: [Int], offset: Int) {
    if shape.count > Layout.maximumRank {
      fatalError("\(shape.count) dims are too many; a tensor has at most \(Layout.maximumRank)")
    }
    self.shape = shape
    self.strides = strides
    self.offset = offset
    var step = 1
    var isContiguous = true
    var dim = shape.count
    while dim > 0 {
      dim -= 1
      if shape[dim] != 1, strides[dim] != step { isContiguous = false }
      step *= shape[dim]
    }
    numel = step
    self.isContiguous = isContiguous || step == 0
  }

  /// The largest number of dims that kernels support.
  public static let maximumRank = Int(FLAMBEAU_MAX_RANK)

  /// Creates the contiguous (row-major) layout of a shape.
  public convenience init(contiguous shape: [Int]) {
    self.init(shape: shape, strides: Layout.contiguousStrides(of: shape), offset: 0)
  }

  /// The layout of a single element without dims.
  public static let scalar = Layout(contiguous: [])

  /// The row-major strides of a shape.
  public static func contiguousStrides(of shape: [Int]) -> [Int] {
    var strides = shape
    var step = 1
    for dim in shape.indices.reversed() {
      strides[dim] = step
      step *= max(shape[dim], 1)
    }
    return strides
  }

  /// The number of dims.
  public var rank: Int { shape.count }

  /// The range of the storage that the elements span, in elements.
  public var span: Range<Int> {
    if numel == 0 { return offset..<offset }
    var (first, last) = (offset, offset)
    for dim in 0..<rank {
      let reach = (shape[dim] - 1) * strides[dim]
      if reach < 0 { first += reach } else { last += reach }
    }
    return first..<last + 1
  }

  /// The number and the length of the rows along the last dim.
  public var rows: (count: Int, length: Int) {
    let length = shape.last ?? 1
    return (length == 0 ? 0 : numel / length, length)
  }

  /// Whether the shapes are the same.
  public func hasShape(of other: Layout) -> Bool {
    if self === other { return true }
    guard shape.count == other.shape.count else { return false }
    for dim in 0..<shape.count where shape[dim] != other.shape[dim] { return false }
    return true
  }

  /// The contiguous layout of this shape at offset 0: this object itself if it is one.
  public var contiguous: Layout {
    isContiguous && offset == 0 ? self : Layout(contiguous: shape)
  }

  /// The layout broadcast to a larger shape: dims of size 1 repeat, with a stride of 0, and missing
  /// dims are added in front. Nil if the shapes are incompatible.
  public func broadcast(to target: [Int]) -> Layout? {
    if shape == target { return self }
    guard target.count >= rank else { return nil }
    let added = target.count - rank
    var expanded = [Int](repeating: 0, count: target.count)
    for dim in 0..<rank {
      if shape[dim] == target[added + dim] {
        expanded[added + dim] = strides[dim]
      } else if shape[dim] != 1 {
        return nil
      }
    }
    return Layout(shape: target, strides: expanded, offset: offset)
  }

  /// The same elements in another shape with the same number of them, or nil if no strides describe
  /// it.
  public func view(as target: [Int]) -> Layout? {
    if isContiguous {
      return Layout(
        shape: target, strides: Layout.contiguousStrides(of: target), offset: offset)
    }
    // Each run of dims without gaps between them can be split differently.
    var strides = [Int](repeating: 0, count: target.count)
    var next = target.count - 1
    var runLength = 1
    var runStride = self.strides[rank - 1]
    for dim in (0..<rank).reversed() {
      runLength *= shape[dim]
      let ends = dim == 0 || (shape[dim - 1] != 1 && self.strides[dim - 1] != runLength * runStride)
      guard ends else { continue }
      var step = 1
      while next >= 0, step < runLength || target[next] == 1 {
        strides[next] = step * runStride
        step *= target[next]
        next -= 1
      }
      guard step == runLength else { return nil }
      if dim > 0 {
        runLength = 1
        runStride = self.strides[dim - 1]
      }
    }
    return next < 0 ? Layout(shape: target, strides: strides, offset: offset) : nil
  }
}

extension Layout {
  /// The shape that two shapes broadcast to, or nil if they are incompatible:
  /// `torch.broadcast_shapes`.
  public static func broadcastShape(_ a: [Int], _ b: [Int]) -> [Int]? {
    if a == b { return a }
    var result = a.count >= b.count ? a : b
    let shorter = a.count >= b.count ? b : a
    let added = result.count - shorter.count
    for dim in shorter.indices {
      if result[added + dim] == 1 {
        result[added + dim] = shorter[dim]
      } else if shorter[dim] != 1, shorter[dim] != result[added + dim] {
        return nil
      }
    }
    return result
  }
}

// Results take on the memory order of their operands, so that kernels access memory sequentially.
extension Layout {
  /// The dims in the operands' memory order, from the largest stride to the smallest, as in
  /// PyTorch's `TensorIterator`: the first operand decides, and the others where its stride is 0.
  /// Nil if that is the order of the dims. All operands have the same shape.
  public static func memoryOrder(_ operands: [Layout]) -> [Int]? {
    let shape = operands[0].shape
    if operands[0].isContiguous || shape.count < 2 { return nil }
    func isWider(_ dim: Int, than other: Int) -> Bool? {
      for operand in operands {
        if let isWider = operand.isWider(dim, than: other) { return isWider }
      }
      return nil
    }
    // Insertion sort from the innermost dim; undecided pairs keep their order.
    var order = Array(shape.indices.reversed())
    for place in order.indices.dropFirst() {
      var moving = place
      for other in (0..<place).reversed() {
        guard let isWider = isWider(order[other], than: order[moving]) else { continue }
        if !isWider { break }
        order.swapAt(other, moving)
        moving = other
      }
    }
    order.reverse()
    return order == Array(shape.indices) ? nil : order
  }

  /// Whether ``memoryOrder(_:)`` of two operands is the order of the dims: a fast check for the
  /// common case. With a contiguous first operand it always is.
  public static func areInMemoryOrder(_ a: Layout, _ b: Layout) -> Bool {
    for other in 0..<a.rank {
      for dim in 0..<other
      where !(a.isWider(dim, than: other) ?? b.isWider(dim, than: other) ?? true) { return false }
    }
    return true
  }

  /// Whether a dim's stride is larger than that of a later dim; nil if the two are not comparable.
  private func isWider(_ dim: Int, than other: Int) -> Bool? {
    let (own, its) = (Swift.abs(strides[dim]), Swift.abs(strides[other]))
    if own == 0 || its == 0 { return nil }
    return own != its ? own > its : shape[dim] > shape[other] ? true : nil
  }

  /// The layout with permuted dims.
  public func permuted(_ order: [Int]) -> Layout {
    Layout(shape: order.map { shape[$0] }, strides: order.map { strides[$0] }, offset: offset)
  }

  /// The inverse of ``permuted(_:)``.
  public func restored(from order: [Int]) -> Layout {
    var inverse = order
    for (place, dim) in order.enumerated() { inverse[dim] = place }
    return permuted(inverse)
  }

  /// A dense layout with this one's memory order: `torch.preserve_format`.
  public var dense: Layout {
    if isContiguous || rank < 2 { return contiguous }
    guard let order = Layout.memoryOrder([self]) else { return contiguous }
    return Layout(contiguous: order.map { shape[$0] }).restored(from: order)
  }
}
