extension Operator {
  fileprivate static let cat = Operator(
    "cat",
    .wrtEach("the part of g that this input became") { (g, number, a: Concatenation) in
      g.narrow(a.dim, start: a.starts[number], length: a.starts[number + 1] - a.starts[number])
    }.forwardEach { (t, number, a: Concatenation) in
      // Zeros for the other inputs.
      var sizes = [Int](repeating: 0, count: 2 * (t.ndim - a.dim))
      sizes[sizes.count - 2] = a.starts[number]
      sizes[sizes.count - 1] = a.starts.last! - a.starts[number + 1]
      return t.pad(sizes)
    })
}

/// The offsets along a dim at which concatenated tensors start, and the end of the last one.
private struct Concatenation {
  let dim: Int
  var starts = [0]
}

extension Tensor {
  /// Concatenates tensors along a dim: `torch.cat`.
  ///
  /// Empty vectors are ignored if others have more dims.
  public static func cat(_ tensors: [Tensor], dim: Int = 0) -> Tensor {
    let whole = tensors.filter { $0.shape != [0] }
    if !whole.isEmpty, whole.count < tensors.count, whole[0].ndim != 1 {
      let dtype = tensors.dropFirst().reduce(tensors[0].dtype) { $1.dtype.promoted(with: $0) }
      return cat(whole.map { $0.to(dtype) }, dim: dim)
    }
    guard let first = tensors.first else { fatalError("cat: no tensors to join") }
    guard first.ndim > 0 else { fatalError("cat: tensors without dims; use stack") }
    requireOneDevice("cat", tensors)
    let dim = first.checkedDim(dim, for: "cat")
    var shape = first.shape
    var dtype = first.dtype
    for tensor in tensors.dropFirst() {
      var rest = tensor.shape
      guard tensor.ndim == first.ndim else {
        fatalError("cat: shapes \(first.shape) and \(tensor.shape) differ in their number of dims")
      }
      rest[dim] = first.shape[dim]
      guard rest == first.shape else {
        fatalError(
          "cat: shapes \(first.shape) and \(tensor.shape) differ in a dim other than \(dim)")
      }
      shape[dim] += tensor.shape[dim]
      dtype = dtype.promoted(with: tensor.dtype)
    }
    let result = Tensor(empty: shape, dtype: dtype, device: first.device)
    var parts = Concatenation(dim: dim)
    for tensor in tensors {
      let (start, length) = (parts.starts.last!, tensor.shape[dim])
      let part = result.sliced(dim, start: start, count: length, step: 1)
      first.backend.convert(tensor.view, into: part.view)
      parts.starts.append(start + length)
    }
    return result.recorded(.cat, tensors, with: parts)
  }

  /// Stacks tensors of one shape along a new dim: `torch.stack`.
  public static func stack(_ tensors: [Tensor], dim: Int = 0) -> Tensor {
    guard let first = tensors.first else { fatalError("stack: no tensors to join") }
    for (index, tensor) in tensors.enumerated() where tensor.shape != first.shape {
      fatalError(
        "stack: tensor 0 has shape \(first.shape), tensor \(index) has \(tensor.shape); they must be "
          + "the same")
    }
    return cat(
      tensors.map { $0.unsqueeze(dim) },
      dim: first.checkedDim(dim, for: "stack", in: first.ndim + 1))
  }

  /// Concatenates tensors along dim 1, or vectors along dim 0: `torch.hstack`.
  public static func hstack(_ tensors: [Tensor]) -> Tensor {
    let whole = tensors.map { $0.ndim == 0 ? $0.reshape([1]) : $0 }
    return cat(whole, dim: whole.first?.ndim == 1 ? 0 : 1)
  }

  /// Concatenates tensors along dim 0, with vectors as rows: `torch.vstack`.
  public static func vstack(_ tensors: [Tensor]) -> Tensor {
    cat(tensors.map { $0.ndim < 2 ? $0.reshape([1, -1]) : $0 }, dim: 0)
  }
}
