// Overloads that take sizes as separate arguments: `Tensor.zeros(2, 3)` for `Tensor.zeros([2, 3])`.

extension Tensor {
  /// Zeros, with the given sizes: `torch.zeros`.
  public static func zeros(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .default, requiresGrad: Bool = false
  ) -> Tensor {
    zeros(sizes, dtype: dtype, device: device, requiresGrad: requiresGrad)
  }

  /// Ones, with the given sizes: `torch.ones`.
  public static func ones(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .default, requiresGrad: Bool = false
  ) -> Tensor {
    ones(sizes, dtype: dtype, device: device, requiresGrad: requiresGrad)
  }

  /// An uninitialized tensor, with the given sizes: `torch.empty`.
  public static func empty(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .default, requiresGrad: Bool = false
  ) -> Tensor {
    empty(sizes, dtype: dtype, device: device, requiresGrad: requiresGrad)
  }

  /// Numbers drawn uniformly from [0, 1), with the given sizes: `torch.rand`.
  public static func rand(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .default,
    generator: Generator = .default, requiresGrad: Bool = false
  ) -> Tensor {
    rand(
      sizes, dtype: dtype, device: device, generator: generator, requiresGrad: requiresGrad)
  }

  /// Numbers drawn from the standard normal distribution, with the given sizes: `torch.randn`.
  public static func randn(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .default,
    generator: Generator = .default, requiresGrad: Bool = false
  ) -> Tensor {
    randn(
      sizes, dtype: dtype, device: device, generator: generator, requiresGrad: requiresGrad)
  }
}
