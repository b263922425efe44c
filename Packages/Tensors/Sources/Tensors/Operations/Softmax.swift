// Softmax and its logarithm, each next to its derivative.

extension Operator {
  static let softmax = Operator(
    "softmax", precision: .onGPUs, parameters: ["dim"],
    .wrt(.x, saving: .output, "∂L/∂x = s·(g-Σ g·s), s = softmax(x)") { (g, y, dim: Int) in
      guard isGradEnabled else { return y.softmaxGradient(g, dim, logarithm: false) }
      let product = g * y
      return product - y * product.sum(dims: [dim], keepDim: true)
    }.ofOneOperation().symmetric())
  static let logSoftmax = Operator(
    "logSoftmax", precision: .onGPUs, parameters: ["dim"],
    .wrt(.x, saving: .output, "∂L/∂x = g-softmax(x)·Σg") { (g, y, dim: Int) in
      guard isGradEnabled else { return y.softmaxGradient(g, dim, logarithm: true) }
      return g - y.exp() * g.sum(dims: [dim], keepDim: true)
    }.ofOneOperation().forward { (t, y, dim: Int) in
      t - (y.exp() * t).sum(dims: [dim], keepDim: true)
    })
  static let crossEntropy = Operator(
    "crossEntropy", precision: .everywhere,
    .wrt(.x, saving: .x, .y, "∂L/∂x = (softmax(x)-target)·g") {
      (g, x, target, a: CrossEntropy) in
      if isGradEnabled { return g.unsqueeze(-1) * x.distance(from: target, a) }
      let dx = Tensor(empty: x.shape, dtype: x.dtype, device: x.device)
      x.backend.crossEntropyGradients(
        g.view.contiguous(), x.view.contiguous(), target: target.view.contiguous(),
        ignored: a.ignoreIndex, totals: a.totals.view, into: dx.view)
      return dx
    }.ofOneOperation().forward { (t, x, target, a: CrossEntropy) in
      (t * x.distance(from: target, a)).sum(dim: -1)
    }, .none)
}

/// The attributes of cross entropy.
private struct CrossEntropy {
  let ignoreIndex: Int
  /// log Σ eˣ of each row.
  let totals: Tensor
}

extension Tensor {
  /// softmax(x) minus the one-hot target, and 0 where the target is ignored.
  fileprivate func distance(from target: Tensor, _ a: CrossEntropy) -> Tensor {
    let isIgnored = target .== a.ignoreIndex
    let right = target.maskedFill(isIgnored, 0).oneHot(classCount: shape[ndim - 1])
    return (softmax(dim: -1) - right.to(dtype)).maskedFill(isIgnored.unsqueeze(-1), 0)
  }

  /// eˣ / Σ eˣ along a dim, without overflow: `torch.softmax`.
  public func softmax(dim: Int) -> Tensor {
    softmax(dim, logarithm: false, .softmax)
  }

  /// log softmax along a dim: x - log Σ eˣ, without overflow; `torch.log_softmax`.
  public func logSoftmax(dim: Int) -> Tensor {
    softmax(dim, logarithm: true, .logSoftmax)
  }

  private func softmax(_ dim: Int, logarithm: Bool, _ row: Operator) -> Tensor {
    let x = dtype.isFloatingPoint ? detach().input(of: row) : detach().to(.float32)
    let dim = checkedDim(dim, for: row.name)
    let y = Tensor(empty: shape, dtype: x.dtype, device: device)
    backend.softmax(x.split(at: dim), logarithm: logarithm, into: y.split(at: dim))
    return y.recorded(row, self, with: dim)
  }

  /// The gradient of the softmax whose result this is, in one operation.
  fileprivate func softmaxGradient(_ gradient: Tensor, _ dim: Int, logarithm: Bool) -> Tensor {
    let dx = Tensor(empty: shape, dtype: dtype, device: device)
    backend.softmaxGradients(
      gradient.split(at: dim), split(at: dim), logarithm: logarithm, into: dx.split(at: dim))
    return dx
  }

  /// The cross entropy of each row of logits, -log softmax(x) at the target:
  /// `torch.nn.functional.cross_entropy` with `reduction="none"`.
  ///
  /// - Parameters:
  ///   - target: the correct classes, int64, in the shape of x without its last dim, that of the
  ///     classes.
  ///   - ignoreIndex: targets that are ignored, with a loss of 0.
  public func crossEntropy(_ target: Tensor, ignoreIndex: Int = -100) -> Tensor {
    if let wide = prepared(for: .crossEntropy) {
      return wide.crossEntropy(target, ignoreIndex: ignoreIndex)
    }
    requireFloatingPoint("crossEntropy")
    guard ndim > 0, target.dtype == .int64, target.shape == Array(shape.dropLast()),
      target.device == device
    else {
      fatalError(
        "crossEntropy: scores \(shape), target \(target.dtype) \(target.shape); expected […, classes] "
          + "and int64 […]")
    }
    let (x, places) = (view.contiguous(), target.view.contiguous())
    let losses = Tensor(empty: target.shape, dtype: dtype, device: device)
    let totals = Tensor(
      empty: target.shape, dtype: dtype.isHalf ? .float32 : dtype, device: device)
    backend.crossEntropy(
      x, target: places, ignored: ignoreIndex, into: losses.view, totals: totals.view
    ) { target in
      fatalError("crossEntropy: target \(target) is out of range for \(shape[ndim - 1]) classes")
    }
    return losses.recorded(
      .crossEntropy, self, target, with: CrossEntropy(ignoreIndex: ignoreIndex, totals: totals))
  }
}
