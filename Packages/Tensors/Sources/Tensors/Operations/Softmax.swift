// Softmax and its logarithm, each beside its derivative.

extension Tensor {
  /// eˣ / Σ eˣ along a dim, without overflow: `torch.softmax`.
  public func softmax(dim: Int) -> Tensor {
    softmax(dim, logarithm: false, "softmax") { dim in
      .wrt(
        self,
        savingOutput: { g, y in
          let product = g * y
          return product - y * product.sum(dims: [dim], keepDim: true)
        })
    }
  }

  /// log softmax along a dim: x - log Σ eˣ, without overflow; `torch.log_softmax`.
  public func logSoftmax(dim: Int) -> Tensor {
    softmax(dim, logarithm: true, "logSoftmax") { dim in
      .wrt(self, savingOutput: { g, y in g - y.exp() * g.sum(dims: [dim], keepDim: true) })
    }
  }

  private func softmax(
    _ dim: Int, logarithm: Bool, _ name: String, _ derivative: (Int) -> Edge
  ) -> Tensor {
    let dim = checkedDim(dim, for: name)
    let x = dtype.isFloatingPoint ? view : view.converted(to: .float32)
    // The kernel takes rows, so another dim is laid out last meanwhile.
    let (source, isLast) = (Tensor(x), dim == Swift.max(ndim - 1, 0))
    let rows = isLast ? source.view.contiguous() : source.transpose(dim, -1).view.contiguous()
    let result = Tensor(empty: rows.layout.contiguous, dtype: x.dtype, device: device)
    backend.softmax(rows, logarithm: logarithm, into: result.view)
    let y = isLast ? result : result.transpose(dim, -1)
    return y.recorded(name, derivative(dim))
  }
}
