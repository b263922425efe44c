extension Tensor {
  /// Numbers evenly distributed from 0 up to, but not including, 1: `torch.rand`.
  public static func rand(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu,
    generator: Generator = .default, requiresGrad: Bool = false
  ) -> Tensor {
    uniform(
      shape, low: 0, high: 1, dtype: dtype, device: device, generator: generator,
      requiresGrad: requiresGrad)
  }

  /// Numbers evenly distributed from `low` up to, but not including, `high`:
  /// `torch.empty(shape).uniform_(low, high)`.
  public static func uniform(
    _ shape: [Int], low: Double, high: Double, dtype: DType = .float32, device: Device = .cpu,
    generator: Generator = .default, requiresGrad: Bool = false
  ) -> Tensor {
    let result = Tensor(
      empty: checked(shape, for: "rand"), dtype: floatingPoint(dtype, for: "rand"), device: device)
    result.backend.uniform(low: low, high: high, generator: generator, into: result.view)
    result.requiresGrad = requiresGrad
    return result
  }

  /// Numbers normally distributed with mean 0 and standard deviation 1: `torch.randn`.
  public static func randn(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu,
    generator: Generator = .default, requiresGrad: Bool = false
  ) -> Tensor {
    let result = Tensor(
      empty: checked(shape, for: "randn"), dtype: floatingPoint(dtype, for: "randn"),
      device: device)
    result.backend.normal(mean: 0, deviation: 1, generator: generator, into: result.view)
    result.requiresGrad = requiresGrad
    return result
  }

  /// Whole numbers from `low` up to, but not including, `high`: `torch.randint`; int64.
  public static func randint(
    _ low: Int, _ high: Int, _ shape: [Int], device: Device = .cpu,
    generator: Generator = .default
  ) -> Tensor {
    guard low < high else {
      fatalError("randint: no whole numbers from \(low) up to \(high); the first must be smaller")
    }
    let result = Tensor(empty: checked(shape, for: "randint"), dtype: .int64, device: device)
    result.backend.integers(low: low, high: high, generator: generator, into: result.view)
    return result
  }

  /// The whole numbers from 0 up to, but not including, `count`, in random order:
  /// `torch.randperm`; int64.
  public static func randperm(
    _ count: Int, device: Device = .cpu, generator: Generator = .default
  ) -> Tensor {
    let result = Tensor(empty: checked([count], for: "randperm"), dtype: .int64, device: device)
    result.backend.permutation(generator: generator, into: result.view)
    return result
  }

  /// Numbers normally distributed with a mean and a standard deviation: `torch.normal`.
  public static func normal(
    mean: Double, std: Double, _ shape: [Int], dtype: DType = .float32, device: Device = .cpu,
    generator: Generator = .default
  ) -> Tensor {
    guard std >= 0 else {
      fatalError("normal: a standard deviation of \(std); it must be 0 or more")
    }
    return randn(shape, dtype: dtype, device: device, generator: generator) * std + mean
  }

  /// Numbers as ``rand(_:dtype:device:generator:requiresGrad:)`` gives, in the shape, dtype and device
  /// of another tensor.
  public static func randLike(_ other: Tensor, generator: Generator = .default) -> Tensor {
    rand(other.shape, dtype: other.dtype, device: other.device, generator: generator)
  }

  /// Numbers as ``randn(_:dtype:device:generator:requiresGrad:)`` gives, in the shape, dtype and device
  /// of another tensor.
  public static func randnLike(_ other: Tensor, generator: Generator = .default) -> Tensor {
    randn(other.shape, dtype: other.dtype, device: other.device, generator: generator)
  }

  /// 1 with the probability that each element gives, else 0: `torch.bernoulli`.
  public func bernoulli(generator: Generator = .default) -> Tensor {
    requireFloatingPoint("bernoulli")
    if ((self .< 0) | (self .> 1) | isnan()).anyTrue {
      fatalError("bernoulli: a probability is not from 0 to 1")
    }
    let draws = Tensor.rand(shape, dtype: .float64, device: device, generator: generator)
    return noGrad { (draws .< self.to(.float64)).to(dtype) }
  }

  private static func floatingPoint(_ dtype: DType, for operation: String) -> DType {
    guard dtype.isFloatingPoint else {
      fatalError("\(operation): \(dtype) cannot hold such numbers; use float32 or float64")
    }
    return dtype
  }
}
