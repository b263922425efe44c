// Reductions over one dim, `x.std(dim: 1)`, beside those over several, `x.std(dims: [1, 2])`.

extension Tensor {
  /// The sum over one dim: `torch.sum`; see ``sum(dims:keepDim:)``.
  public func sum(dim: Int, keepDim: Bool = false) -> Tensor { sum(dims: [dim], keepDim: keepDim) }
  /// The product over one dim: `torch.prod`; see ``prod(dims:keepDim:)``.
  public func prod(dim: Int, keepDim: Bool = false) -> Tensor {
    prod(dims: [dim], keepDim: keepDim)
  }
  /// The mean over one dim: `torch.mean`; see ``mean(dims:keepDim:)``.
  public func mean(dim: Int, keepDim: Bool = false) -> Tensor {
    mean(dims: [dim], keepDim: keepDim)
  }
  /// The variance over one dim: `torch.var`; see ``variance(dims:correction:keepDim:)``.
  public func variance(dim: Int, correction: Int = 1, keepDim: Bool = false) -> Tensor {
    variance(dims: [dim], correction: correction, keepDim: keepDim)
  }
  /// The standard deviation over one dim: `torch.std`; see ``std(dims:correction:keepDim:)``.
  public func std(dim: Int, correction: Int = 1, keepDim: Bool = false) -> Tensor {
    std(dims: [dim], correction: correction, keepDim: keepDim)
  }
  /// The largest element over one dim: `torch.amax`; see ``amax(dims:keepDim:)``.
  public func amax(dim: Int, keepDim: Bool = false) -> Tensor {
    amax(dims: [dim], keepDim: keepDim)
  }
  /// The smallest element over one dim: `torch.amin`; see ``amin(dims:keepDim:)``.
  public func amin(dim: Int, keepDim: Bool = false) -> Tensor {
    amin(dims: [dim], keepDim: keepDim)
  }
  /// log Σ eˣ over one dim: `torch.logsumexp`; see ``logsumexp(dims:keepDim:)``.
  public func logsumexp(dim: Int, keepDim: Bool = false) -> Tensor {
    logsumexp(dims: [dim], keepDim: keepDim)
  }
  /// The norm over one dim: `torch.linalg.vector_norm`; see ``norm(_:dims:keepDim:)``.
  public func norm(_ p: Double = 2, dim: Int, keepDim: Bool = false) -> Tensor {
    norm(p, dims: [dim], keepDim: keepDim)
  }
  /// Whether all elements over one dim are nonzero: `torch.all`; see ``all(dims:keepDim:)``.
  public func all(dim: Int, keepDim: Bool = false) -> Tensor { all(dims: [dim], keepDim: keepDim) }
  /// Whether any element over one dim is nonzero: `torch.any`; see ``any(dims:keepDim:)``.
  public func any(dim: Int, keepDim: Bool = false) -> Tensor { any(dims: [dim], keepDim: keepDim) }
  /// The number of nonzero elements over one dim: `torch.count_nonzero`; see
  /// ``countNonzero(dims:)``.
  public func countNonzero(dim: Int) -> Tensor { countNonzero(dims: [dim]) }
}
