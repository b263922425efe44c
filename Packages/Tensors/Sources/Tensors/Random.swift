extension Tensor {
  /// Numbers drawn uniformly from [0, 1): `torch.rand`.
  public static func rand(
    _ shape: [Int], dtype: DType = .float32, device: Device = .default,
    generator: Generator = .default, requiresGrad: Bool = false
  ) -> Tensor {
    uniform(
      shape, low: 0, high: 1, dtype: dtype, device: device, generator: generator,
      requiresGrad: requiresGrad)
  }

  /// Numbers drawn uniformly from [`low`, `high`): `torch.empty(shape).uniform_(low, high)`.
  public static func uniform(
    _ shape: [Int], low: Double, high: Double, dtype: DType = .float32, device: Device = .default,
    generator: Generator = .default, requiresGrad: Bool = false
  ) -> Tensor {
    guard low <= high else {
      fatalError("uniform: no numbers from \(low) up to \(high); the first must not be larger")
    }
    let result = uniform(
      Layout(contiguous: checked(shape, for: "rand")), low: low, high: high, dtype: dtype,
      device: device, generator: generator)
    result.requiresGrad = requiresGrad
    return result
  }

  /// Numbers drawn from the standard normal distribution: `torch.randn`.
  public static func randn(
    _ shape: [Int], dtype: DType = .float32, device: Device = .default,
    generator: Generator = .default, requiresGrad: Bool = false
  ) -> Tensor {
    let result = normal(
      Layout(contiguous: checked(shape, for: "randn")), mean: 0, std: 1, dtype: dtype,
      device: device, generator: generator)
    result.requiresGrad = requiresGrad
    return result
  }

  /// Integers drawn uniformly from [`low`, `high`): `torch.randint`; int64.
  public static func randint(
    _ low: Int, _ high: Int, _ shape: [Int], device: Device = .default,
    generator: Generator = .default
  ) -> Tensor {
    guard low < high else {
      fatalError("randint: no integers from \(low) up to \(high); the first must be smaller")
    }
    let result = Tensor(empty: checked(shape, for: "randint"), dtype: .int64, device: device)
    result.backend.integers(low: low, high: high, generator: generator, into: result.view)
    return result
  }

  /// Integers drawn uniformly from [0, `high`): `torch.randint`; int64.
  public static func randint(
    _ high: Int, _ shape: [Int], device: Device = .default, generator: Generator = .default
  ) -> Tensor {
    randint(0, high, shape, device: device, generator: generator)
  }

  /// A random permutation of the integers from 0 up to, but not including, `count`:
  /// `torch.randperm`; int64.
  public static func randperm(
    _ count: Int, device: Device = .default, generator: Generator = .default
  ) -> Tensor {
    let result = Tensor(empty: checked([count], for: "randperm"), dtype: .int64, device: device)
    result.backend.permutation(generator: generator, into: result.view)
    return result
  }

  /// Numbers drawn from a normal distribution with the given mean and standard deviation:
  /// `torch.normal`.
  public static func normal(
    mean: Double, std: Double, _ shape: [Int], dtype: DType = .float32, device: Device = .default,
    generator: Generator = .default
  ) -> Tensor {
    normal(
      Layout(contiguous: checked(shape, for: "normal")), mean: mean, std: std, dtype: dtype,
      device: device, generator: generator)
  }

  /// A number drawn from a normal distribution for each mean and standard deviation, which
  /// broadcast: `torch.normal`. The result has no gradient.
  public static func normal(
    mean: Tensor, std: Tensor, generator: Generator = .default
  ) -> Tensor {
    guard let shape = Layout.broadcastShape(mean.shape, std.shape) else {
      fatalError("normal: means \(mean.shape) and deviations \(std.shape) do not broadcast")
    }
    if (std.detach() .< 0).anyTrue {
      fatalError("normal: a standard deviation is negative; it must be 0 or more")
    }
    let dtype = floatingPoint(resultType(mean, std), for: "normal")
    let drawn = randn(shape, dtype: dtype, device: mean.device, generator: generator)
    return noGrad { roundedOnce(drawn, std, mean) { $0 * $1 + $2 } }
  }

  /// Numbers drawn from an exponential distribution of the given rate:
  /// `torch.empty(shape).exponential_(rate)`.
  public static func exponential(
    _ shape: [Int], rate: Double = 1, dtype: DType = .float32, device: Device = .default,
    generator: Generator = .default
  ) -> Tensor {
    guard rate > 0 else { fatalError("exponential: a rate of \(rate); it must be above 0") }
    let result = Tensor(
      empty: checked(shape, for: "exponential"), dtype: floatingPoint(dtype, for: "exponential"),
      device: device)
    result.backend.exponential(generator: generator, into: result.view)
    return rate == 1 ? result : result / rate
  }

  /// Numbers drawn uniformly from [0, 1), with the shape, dtype and device of another tensor:
  /// `torch.rand_like`.
  public static func randLike(_ other: Tensor, generator: Generator = .default) -> Tensor {
    uniformLike(other, low: 0, high: 1, generator: generator)
  }

  /// Numbers drawn from the standard normal distribution, with the shape, dtype and device of
  /// another tensor: `torch.randn_like`.
  public static func randnLike(_ other: Tensor, generator: Generator = .default) -> Tensor {
    normalLike(other, mean: 0, std: 1, generator: generator)
  }

  /// Draws 1 with the probability that each element gives, else 0: `torch.bernoulli`.
  public func bernoulli(generator: Generator = .default) -> Tensor {
    requireFloatingPoint("bernoulli")
    if ((detach() .< 0) | (detach() .> 1) | isnan()).anyTrue {
      fatalError("bernoulli: a probability is not from 0 to 1")
    }
    // PyTorch draws in single precision for all dtypes but float64.
    let precision: DType = dtype == .float64 ? .float64 : .float32
    let draws = Tensor.rand(shape, dtype: precision, device: device, generator: generator)
    return noGrad { (draws .< to(precision)).to(dtype) }
  }

  /// Draws 1 with the given probability, else 0, for each element:
  /// `torch.empty(shape).bernoulli_(probability)`.
  public static func bernoulli(
    _ shape: [Int], probability: Double, dtype: DType = .float32, device: Device = .default,
    generator: Generator = .default
  ) -> Tensor {
    bernoulli(
      Layout(contiguous: checked(shape, for: "bernoulli")), probability, dtype, device, generator)
  }

  /// `count` indices into a vector, or into each row of a matrix, drawn with probabilities
  /// proportional to its elements: `torch.multinomial`; int64.
  ///
  /// - Parameters:
  ///   - count: the number of draws from each row.
  ///   - replacement: whether an index may be drawn more than once.
  ///   - generator: the generator of random numbers.
  public func multinomial(
    _ count: Int, replacement: Bool = false, generator: Generator = .default
  ) -> Tensor {
    requireFloatingPoint("multinomial")
    let weights = detach()
    guard ndim == 1 || ndim == 2, shape.last! > 0, count > 0, replacement || count <= shape.last!
    else {
      fatalError(
        "multinomial: \(count) draws from weights of shape \(shape); expected a vector or matrix, and "
          + "no more draws than weights without replacement")
    }
    let sums = weights.sum(dim: -1, keepDim: true)
    // NaN is neither 0 or more nor less than infinity.
    let areValid =
      numel == 0
      || (weights.amin().item() >= 0 && weights.amax().item() < .infinity
        && !(sums .<= 0).anyTrue)
    guard areValid else {
      fatalError(
        "multinomial: weights must be finite, 0 or more, and in each row one of them above 0")
    }
    if replacement && count > 1 {
      let upTo = weights.cumsum(dim: -1) / sums
      upTo[.ellipsis, -1] = Tensor(1.0)
      let draws = Tensor.rand(
        shape.dropLast() + [count], dtype: .float64, device: device, generator: generator)
      return upTo.to(.float64).searchsorted(draws)
    }
    if !replacement, count > 1, ((weights .!= 0).sum(dim: -1) .< count).anyTrue {
      fatalError(
        "multinomial: \(count) draws without replacement from fewer weights above 0; draw fewer, or with "
          + "replacement")
    }
    // The argmax of weight / exponential variate is each index with probability proportional to its
    // weight.
    let times = Tensor.exponential(shape, dtype: dtype, device: device, generator: generator)
    let ranks = weights / times
    return count == 1 ? ranks.argmax(dim: -1, keepDim: true) : ranks.topk(count).indices
  }
}

// Random tensors are filled in memory order: one with another order of dims in memory gets the same
// numbers at other indices, as in PyTorch.
extension Tensor {
  /// Uniformly distributed numbers with the shape, dtype, device and memory order of another
  /// tensor. For Flambeau's packages only.
  @_spi(Flambeau) public static func uniformLike(
    _ other: Tensor, low: Double, high: Double, generator: Generator
  ) -> Tensor {
    uniform(
      other.view.layout.dense, low: low, high: high, dtype: other.dtype, device: other.device,
      generator: generator)
  }

  /// Normally distributed numbers with the shape, dtype, device and memory order of another tensor.
  /// For Flambeau's packages only.
  @_spi(Flambeau) public static func normalLike(
    _ other: Tensor, mean: Double, std: Double, generator: Generator
  ) -> Tensor {
    normal(
      other.view.layout.dense, mean: mean, std: std, dtype: other.dtype, device: other.device,
      generator: generator)
  }

  /// Draws 1 with the given probability, else 0, with the shape, dtype, device and memory order of
  /// another tensor. For Flambeau's packages only.
  @_spi(Flambeau) public static func bernoulliLike(
    _ other: Tensor, probability: Double, generator: Generator
  ) -> Tensor {
    bernoulli(other.view.layout.dense, probability, other.dtype, other.device, generator)
  }

  fileprivate static func uniform(
    _ layout: Layout, low: Double, high: Double, dtype: DType, device: Device, generator: Generator
  ) -> Tensor {
    guard low <= high else {
      fatalError("uniform: from \(low) up to \(high); the first must not be larger")
    }
    let result = Tensor(empty: layout, dtype: floatingPoint(dtype, for: "rand"), device: device)
    result.backend.uniform(low: low, high: high, generator: generator, into: result.view)
    return result
  }

  fileprivate static func normal(
    _ layout: Layout, mean: Double, std: Double, dtype: DType, device: Device, generator: Generator
  ) -> Tensor {
    guard std >= 0 else {
      fatalError("normal: a standard deviation of \(std); it must be 0 or more")
    }
    let result = Tensor(empty: layout, dtype: floatingPoint(dtype, for: "randn"), device: device)
    result.backend.normal(mean: mean, deviation: std, generator: generator, into: result.view)
    return result
  }

  fileprivate static func bernoulli(
    _ layout: Layout, _ probability: Double, _ dtype: DType, _ device: Device,
    _ generator: Generator
  ) -> Tensor {
    guard (0...1).contains(probability) else {
      fatalError("bernoulli: a probability of \(probability); it must be from 0 to 1")
    }
    let draws = uniform(
      layout, low: 0, high: 1, dtype: .float64, device: device, generator: generator)
    return (draws .< probability).to(dtype)
  }

  fileprivate static func floatingPoint(_ dtype: DType, for operation: String) -> DType {
    guard dtype.isFloatingPoint else {
      fatalError("\(operation): \(dtype) cannot hold such numbers; use float32 or float64")
    }
    return dtype
  }
}
