// Repeated and rolled elements.

extension Tensor {
  /// The tensor repeated along each dim; extra counts are for new leading dims:
  /// `torch.Tensor.repeat`, `torch.tile`.
  public func `repeat`(_ counts: [Int]) -> Tensor {
    guard counts.count >= ndim, counts.allSatisfy({ $0 >= 0 }) else {
      fatalError(
        "repeat: \(counts) for a tensor of shape \(shape); there must be a count for each dim")
    }
    let whole = [Int](repeating: 1, count: counts.count - ndim) + shape
    let spaced = reshape(whole.flatMap { [1, $0] })
    return spaced.expand(zip(counts, whole).flatMap { [$0, $1] })
      .reshape(zip(counts, whole).map { $0 * $1 })
  }
  /// The tensor repeated along each dim; see the other `repeat`.
  public func `repeat`(_ counts: Int...) -> Tensor { `repeat`(counts) }

  /// As `repeat`, with missing leading counts taken as 1: `torch.tile`.
  public func tile(_ counts: [Int]) -> Tensor {
    self.repeat([Int](repeating: 1, count: Swift.max(ndim - counts.count, 0)) + counts)
  }
  /// See the other `tile`.
  public func tile(_ counts: Int...) -> Tensor { tile(counts) }

  /// Each slice along a dim repeated `count` times in a row: `torch.repeat_interleave`.
  public func repeatInterleave(_ count: Int, dim: Int) -> Tensor {
    let dim = checkedDim(dim, for: "repeatInterleave")
    guard ndim > 0, count >= 0 else {
      fatalError("repeatInterleave: \(count) times along dim \(dim) of shape \(shape)")
    }
    let whole = Array(shape[...dim]) + [count] + Array(shape[(dim + 1)...])
    return unsqueeze(dim + 1).expand(whole).flatten(startDim: dim, endDim: dim + 1)
  }

  /// The elements shifted along dims, with wraparound: `torch.roll`.
  public func roll(_ shifts: [Int], dims: [Int]) -> Tensor {
    guard shifts.count == dims.count else {
      fatalError("roll: \(shifts.count) shifts for \(dims.count) dims")
    }
    guard ndim > 0 || dims.isEmpty else {
      fatalError("roll: a tensor without dims cannot be rolled along dims \(dims)")
    }
    var result = self
    for (shift, dim) in zip(shifts, dims) {
      let dim = checkedDim(dim, for: "roll")
      let size = shape[dim]
      guard size > 0 else { continue }
      let start = ((-shift % size) + size) % size
      result = .cat(
        [
          result.narrow(dim, start: start, length: size - start),
          result.narrow(dim, start: 0, length: start),
        ], dim: dim)
    }
    return result
  }

  /// The elements shifted in row-major order, with wraparound: `torch.roll`.
  public func roll(_ shift: Int) -> Tensor {
    flatten().roll([shift], dims: [0]).reshape(shape)
  }
}
