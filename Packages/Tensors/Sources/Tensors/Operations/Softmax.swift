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
    let x = dtype.isFloatingPoint ? self : detach().to(.float32)
    let y = x.alongRows(dim, for: name) { rows in
      let result = Tensor(empty: rows.layout.contiguous, dtype: rows.dtype, device: device)
      backend.softmax(rows, logarithm: logarithm, into: result.view)
      return result
    }
    return y.recorded(name, derivative(checkedDim(dim, for: name)))
  }
}
