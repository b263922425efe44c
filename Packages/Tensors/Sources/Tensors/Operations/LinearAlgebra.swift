infix operator • : MultiplicationPrecedence

extension Operator {
  static let matmul = Operator(
    "matmul", precision: .lowered,
    .wrt(.x, saving: .y, "∂L/∂x = g • yᵀ") { g, y in
      matrixProduct(g, y.transpose(-2, -1))
    }.ofOneOperation().forward { t, y in matrixProduct(t, y) },
    .wrt(.y, saving: .x, "∂L/∂y = xᵀ • g") { g, x in
      matrixProduct(x.transpose(-2, -1), g)
    }.ofOneOperation().forward { t, x in matrixProduct(x, t) })
  static let linear = Operator(
    "linear", precision: .lowered,
    .wrt(.x, saving: .y, "∂L/∂x = g • w") { g, w in matrixProduct(g, w) }.ofOneOperation()
      .forward { t, w in matrixProduct(t, w.T) },
    .wrt(.y, saving: .x, "∂L/∂w = gᵀ • x") { g, x in matrixProduct(g.T, x) }.ofOneOperation()
      .forward { t, x in matrixProduct(x, t.T) },
    .wrt(.z, "∂L/∂b = g, summed over the rows") { g in g }.symmetric())
}

extension Tensor {
  /// The matrix product: `@` in PyTorch.
  public static func • (a: Tensor, b: Tensor) -> Tensor { a.matmul(b) }

  /// The matrix product: `torch.matmul`.
  ///
  /// A vector counts as a row on the left and as a column on the right, and that dim is removed
  /// from the result; dims before the last two are broadcast.
  public func matmul(_ other: Tensor) -> Tensor {
    input(of: .matmul).product(other.input(of: .matmul))
  }

  private func product(_ other: Tensor) -> Tensor {
    guard ndim > 0, other.ndim > 0 else {
      fatalError("matmul: shapes \(shape) and \(other.shape); both need at least one dim")
    }
    let a = ndim == 1 ? unsqueeze(0) : self
    let b = other.ndim == 1 ? other.unsqueeze(1) : other
    guard a.shape[a.ndim - 1] == b.shape[b.ndim - 2] else {
      fatalError(
        "matmul: shapes \(shape) and \(other.shape) do not fit: \(a.shape[a.ndim - 1]) columns on the "
          + "left, \(b.shape[b.ndim - 2]) rows on the right")
    }
    var product = matrixProduct(a, b)
    if ndim == 1 { product = product.squeeze(-2) }
    if other.ndim == 1 { product = product.squeeze(-1) }
    return product
  }

  /// x·wᵀ + b: `torch.nn.functional.linear`.
  ///
  /// - Parameters:
  ///   - weight: of shape [out, in], for an input of shape […, in].
  ///   - bias: of shape [out], or none.
  public func linear(_ weight: Tensor, bias: Tensor? = nil) -> Tensor {
    guard ndim > 0, weight.ndim == 2, shape[ndim - 1] == weight.shape[1],
      bias.map({ $0.shape == [weight.shape[0]] }) ?? true
    else {
      fatalError(
        "linear: input \(shape), weight \(weight.shape), bias \(bias.map { "\($0.shape)" } ?? "none"); "
          + "expected […, in], [out, in], [out]")
    }
    let inputs = (input(of: .linear), weight.input(of: .linear))
    if inputs.0 !== self || inputs.1 !== weight {
      return inputs.0.linear(inputs.1, bias: bias?.input(of: .linear))
    }
    guard weight.dtype == dtype, bias.map({ $0.dtype == dtype }) ?? true else {
      fatalError(
        "linear: input \(dtype) \(shape), weight \(weight.dtype) \(weight.shape)"
          + (bias.map { ", bias \($0.dtype)" } ?? "") + "; they must have one dtype: use to(_:)")
    }
    guard let bias, dtype.isFloatingPoint else {
      let product = matmul(weight.T)
      return bias.map { product + $0 } ?? product
    }
    Tensor.requireOneDevice("linear", [self, weight, bias])
    let rows = ndim == 2 ? self : reshape([-1, weight.shape[1]])
    let shape = [rows.shape[0], weight.shape[0]]
    let result = Tensor(empty: shape, dtype: dtype, device: device)
    backend.convert(bias.view.with(bias.view.layout.broadcast(to: shape)!), into: result.view)
    let transposed = weight.detach().T
    backend.matmul(rows.view, transposed.view, into: result.view, accumulating: true)
    result.recorded(.linear, rows, weight, bias)
    return ndim == 2 ? result : result.reshape(self.shape.dropLast() + [weight.shape[0]])
  }
}

/// The matrix product of tensors with at least two dims, of which those before the last two are
/// batch dims.
private func matrixProduct(_ a: Tensor, _ b: Tensor) -> Tensor {
  let dtype = Tensor.resultType(a, b)
  let (a, b) = (a.to(dtype), b.to(dtype))
  Tensor.requireOneDevice("matmul", [a, b])
  let (rows, columns) = (a.shape[a.ndim - 2], b.shape[b.ndim - 1])
  guard let batch = Layout.broadcastShape(a.shape.dropLast(2) + [], b.shape.dropLast(2) + [])
  else {
    fatalError("matmul: the dims before the last two of \(a.shape) and \(b.shape) do not broadcast")
  }
  let result = Tensor(empty: batch + [rows, columns], dtype: a.dtype, device: a.device)
  let x = a.view.with(a.view.layout.broadcast(to: batch + a.shape.suffix(2))!)
  let y = b.view.with(b.view.layout.broadcast(to: batch + b.shape.suffix(2))!)
  a.backend.matmul(x, y, into: result.view, accumulating: false)
  return result.recorded(.matmul, a, b)
}
