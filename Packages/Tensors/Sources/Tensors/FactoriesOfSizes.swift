// Sizes one by one, `Tensor.zeros(2, 3)`, beside those in an array, `Tensor.zeros([2, 3])`.

extension Tensor {
  /// Zeros, of the given sizes: `torch.zeros`.
  public static func zeros(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .default, requiresGrad: Bool = false
  ) -> Tensor {
    zeros(sizes, dtype: dtype, device: device, requiresGrad: requiresGrad)
  }

  /// Ones, of the given sizes: `torch.ones`.
  public static func ones(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .default, requiresGrad: Bool = false
  ) -> Tensor {
    ones(sizes, dtype: dtype, device: device, requiresGrad: requiresGrad)
  }

  /// A tensor whose contents are not defined, of the given sizes: `torch.empty`.
  public static func empty(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .default, requiresGrad: Bool = false
  ) -> Tensor {
    empty(sizes, dtype: dtype, device: device, requiresGrad: requiresGrad)
  }

  /// Numbers evenly distributed from 0 up to, but not including, 1, of the given sizes: `torch.rand`.
  public static func rand(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .default,
    generator: Generator = .default, requiresGrad: Bool = false
  ) -> Tensor {
    rand(
      sizes, dtype: dtype, device: device, generator: generator, requiresGrad: requiresGrad)
  }

  /// Numbers normally distributed with mean 0 and standard deviation 1, of the given sizes: `torch.randn`.
  public static func randn(
    _ sizes: Int..., dtype: DType = .float32, device: Device = .default,
    generator: Generator = .default, requiresGrad: Bool = false
  ) -> Tensor {
    randn(
      sizes, dtype: dtype, device: device, generator: generator, requiresGrad: requiresGrad)
  }
}
