import CKernels

/// How a view lies in its storage: dims, and the steps in memory that lead along them.
///
/// It is immutable, and shared by all tensors of one layout.
public final class Layout: Sendable {
  /// The length of each dim.
  public let shape: [Int]
  /// How many elements further the next one along each dim is.
  public let strides: [Int]
  /// Where the first element is, in elements.
  public let offset: Int
  /// How many elements.
  public let numel: Int
  /// Whether the elements lie one after the other, the last dim densest.
  public let isContiguous: Bool

  /// Creates a layout.
  ///
  /// - Parameters:
  ///   - shape: the sizes.
  ///   - strides: the distance between neighbours along each dim, in elements.
  ///   - offset: where the first element is.
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

  /// How many dims kernels have room for.
  public static let maximumRank = Int(FLAMBEAU_MAX_RANK)

  /// The layout without gaps in which the last dim is the densest.
  public convenience init(contiguous shape: [Int]) {
    self.init(shape: shape, strides: Layout.contiguousStrides(of: shape), offset: 0)
  }

  /// The layout of a single element without dims.
  public static let scalar = Layout(contiguous: [])

  /// The strides of a shape without gaps.
  public static func contiguousStrides(of shape: [Int]) -> [Int] {
    var strides = shape
    var step = 1
    for dim in shape.indices.reversed() {
      strides[dim] = step
      step *= max(shape[dim], 1)
    }
    return strides
  }

  /// How many dims.
  public var rank: Int { shape.count }

  /// From the first place in the storage to the last.
  public var span: Range<Int> {
    if numel == 0 { return offset..<offset }
    var (first, last) = (offset, offset)
    for dim in 0..<rank {
      let reach = (shape[dim] - 1) * strides[dim]
      if reach < 0 { first += reach } else { last += reach }
    }
    return first..<last + 1
  }

  /// How many rows there are along the last dim, and how long they are.
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

  /// This layout without gaps, sharing what it can.
  public var contiguous: Layout {
    isContiguous && offset == 0 ? self : Layout(contiguous: shape)
  }

  /// The same elements seen as another, larger shape: dims of size 1 repeat, with a stride of 0,
  /// and missing dims come first. Nil where the shapes do not allow it.
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

  /// The same elements in another shape of as many, where strides can say it; else nil.
  public func view(as target: [Int]) -> Layout? {
    if isContiguous {
      return Layout(
        shape: target, strides: Layout.contiguousStrides(of: target), offset: offset)
    }
    // Each run of dims that lie without gaps can be cut anew.
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
  /// The shape that two shapes broadcast to, or nil: aligned at the last dim, equal or 1.
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

// Results lie in memory as their operands do, so that what works through memory goes straight through it.
extension Layout {
  /// The dims in the order in which the operands lie in memory, those whose steps are largest first, as PyTorch's
  /// `TensorIterator` has it: the first operand decides, and others where it repeats. Nil where that is the order
  /// of the dims. All have one shape.
  public static func memoryOrder(_ operands: [Layout]) -> [Int]? {
    let shape = operands[0].shape
    if operands[0].isContiguous || shape.count < 2 { return nil }
    func isWider(_ dim: Int, than other: Int) -> Bool? {
      for operand in operands {
        if let isWider = operand.isWider(dim, than: other) { return isWider }
      }
      return nil
    }
    // By insertion, from the innermost on, where what is not known stays in order.
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

  /// Whether ``memoryOrder(_:)`` of two operands is the order of the dims: the common case, found quickly.
  /// That of a contiguous first operand always is.
  public static func areInMemoryOrder(_ a: Layout, _ b: Layout) -> Bool {
    for other in 0..<a.rank {
      for dim in 0..<other
      where !(a.isWider(dim, than: other) ?? b.isWider(dim, than: other) ?? true) { return false }
    }
    return true
  }

  /// Whether a dim's steps are larger than those of another one, which comes after it; nil where that does not
  /// show.
  private func isWider(_ dim: Int, than other: Int) -> Bool? {
    let (own, its) = (Swift.abs(strides[dim]), Swift.abs(strides[other]))
    if own == 0 || its == 0 { return nil }
    return own != its ? own > its : shape[dim] > shape[other] ? true : nil
  }

  /// The dims in another order.
  public func permuted(_ order: [Int]) -> Layout {
    Layout(shape: order.map { shape[$0] }, strides: order.map { strides[$0] }, offset: offset)
  }

  /// The layout of which ``permuted(_:)`` makes this one.
  public func restored(from order: [Int]) -> Layout {
    var inverse = order
    for (place, dim) in order.enumerated() { inverse[dim] = place }
    return permuted(inverse)
  }

  /// A layout without gaps whose dims lie in memory in the order of this one's: `torch.preserve_format`.
  public var dense: Layout {
    if isContiguous || rank < 2 { return contiguous }
    guard let order = Layout.memoryOrder([self]) else { return contiguous }
    return Layout(contiguous: order.map { shape[$0] }).restored(from: order)
  }
}
