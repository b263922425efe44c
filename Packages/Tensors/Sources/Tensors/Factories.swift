// Tensors created from a shape.

extension Tensor {
  /// A tensor filled with one value: `torch.full`. By default, an `Int` gives int64 and a `Double`
  /// float32.
  public static func full<Element: TensorElement & TensorData>(
    _ shape: [Int], _ value: Element, dtype: DType? = nil, device: Device = .default,
    requiresGrad: Bool = false
  ) -> Tensor where Element.Scalar == Element {
    let scalar = Tensor(value, dtype: dtype, device: device)
    let result = Tensor(empty: checked(shape, for: "full"), dtype: scalar.dtype, device: device)
    device.backend.convert(
      scalar.view.with(scalar.view.layout.broadcast(to: shape)!), into: result.view)
    result.requiresGrad = requiresGrad
    return result
  }

  /// Creates a tensor filled with one value.
  private convenience init(
    filledWith value: Double, _ layout: Layout, _ dtype: DType, _ device: Device,
    _ requiresGrad: Bool = false
  ) {
    self.init(empty: layout, dtype: dtype, device: device)
    backend.ramp(Ramp(from: value, step: 0), into: view)
    self.requiresGrad = requiresGrad
  }

  /// A tensor of zeros: `torch.zeros`.
  public static func zeros(
    _ shape: [Int], dtype: DType = .float32, device: Device = .default, requiresGrad: Bool = false
  ) -> Tensor {
    Tensor(
      filledWith: 0, Layout(contiguous: checked(shape, for: "zeros")), dtype, device, requiresGrad)
  }

  /// A tensor of ones: `torch.ones`.
  public static func ones(
    _ shape: [Int], dtype: DType = .float32, device: Device = .default, requiresGrad: Bool = false
  ) -> Tensor {
    Tensor(
      filledWith: 1, Layout(contiguous: checked(shape, for: "ones")), dtype, device, requiresGrad)
  }

  /// An uninitialized tensor: `torch.empty`.
  public static func empty(
    _ shape: [Int], dtype: DType = .float32, device: Device = .default, requiresGrad: Bool = false
  ) -> Tensor {
    let result = Tensor(empty: checked(shape, for: "empty"), dtype: dtype, device: device)
    result.requiresGrad = requiresGrad
    return result
  }

  /// Zeros with the shape, dtype and device of another tensor: `torch.zeros_like`.
  public static func zerosLike(_ other: Tensor) -> Tensor {
    Tensor(filledWith: 0, other.view.layout.dense, other.dtype, other.device)
  }

  /// Ones with the shape, dtype and device of another tensor: `torch.ones_like`.
  public static func onesLike(_ other: Tensor) -> Tensor {
    Tensor(filledWith: 1, other.view.layout.dense, other.dtype, other.device)
  }

  /// A tensor filled with one value, with the shape, dtype and device of another:
  /// `torch.full_like`.
  public static func fullLike<Element: TensorElement & TensorData>(
    _ other: Tensor, _ value: Element
  ) -> Tensor where Element.Scalar == Element {
    let result = emptyLike(other)
    result.fill(value)
    return result
  }

  /// An uninitialized tensor with the shape, dtype and device of another: `torch.empty_like`.
  public static func emptyLike(_ other: Tensor) -> Tensor {
    Tensor(empty: other.view.layout.dense, dtype: other.dtype, device: other.device)
  }

  /// A matrix with ones on the diagonal and zeros elsewhere: `torch.eye`.
  public static func eye(
    _ rows: Int, _ columns: Int? = nil, dtype: DType = .float32, device: Device = .default
  ) -> Tensor {
    let result = zeros([rows, columns ?? rows], dtype: dtype, device: device)
    result.diagonal().fill(1)
    return result
  }

  /// `steps` evenly spaced numbers from `start` to `end`, both included: `torch.linspace`. For an
  /// integer dtype, both ends are truncated first, and so are the results.
  public static func linspace(
    _ start: Double, _ end: Double, steps: Int, dtype: DType = .float32, device: Device = .default
  ) -> Tensor {
    if !dtype.isFloatingPoint,
      start != start.rounded(.towardZero) || end != end.rounded(.towardZero)
    {
      return linspace(
        start.rounded(.towardZero), end.rounded(.towardZero), steps: steps, dtype: dtype,
        device: device)
    }
    guard steps >= 0 else { fatalError("linspace: \(steps) steps; there must be 0 or more") }
    let result = Tensor(empty: checked([steps], for: "linspace"), dtype: dtype, device: device)
    let step = steps > 1 ? (end - start) / Double(steps - 1) : 0
    // Computed from either end towards the middle, so that both ends are exact.
    let half = steps / 2
    let (first, second) = (
      result.narrow(0, start: 0, length: half), result.narrow(0, start: half, length: steps - half)
    )
    device.backend.ramp(Ramp(from: start, step: step), into: first.view)
    device.backend.ramp(
      steps > 1
        ? Ramp(from: end, step: step, shift: half - steps + 1) : Ramp(from: start, step: 0),
      into: second.view)
    return result
  }

  /// The integers from 0 up to, but not including, `end`: `torch.arange`; int64.
  public static func arange(_ end: Int, device: Device = .default) -> Tensor {
    arange(0, end, device: device)
  }

  /// The integers from `start` up to, but not including, `end`, in steps of `step`: `torch.arange`;
  /// int64.
  public static func arange(
    _ start: Int, _ end: Int, step: Int = 1, device: Device = .default
  ) -> Tensor {
    let (distance, overflow) = end.subtractingReportingOverflow(start)
    guard step != 0, distance == 0 || (distance > 0) == (step > 0), !overflow else {
      fatalError("arange: no steps of \(step) lead from \(start) to \(end)")
    }
    // Rounded up.
    let count = distance / step + (distance % step == 0 ? 0 : 1)
    let result = Tensor(empty: checked([count], for: "arange"), dtype: .int64, device: device)
    device.backend.ramp(Ramp(from: start, step: step), into: result.view)
    return result
  }

  /// Numbers from `start` up to, but not including, `end`, in steps of `step`: `torch.arange`. For
  /// an integer dtype, `start` and `step` are truncated, and for int64 `end` too.
  public static func arange(
    _ start: Double, _ end: Double, step: Double = 1, dtype: DType = .float32,
    device: Device = .default
  ) -> Tensor {
    func whole(_ number: Double) -> Int {
      guard let whole = Int(exactly: number.rounded(.towardZero)) else {
        fatalError("arange: \(number) is not an integer that int64 can hold")
      }
      return whole
    }
    if dtype == .int64 {
      return arange(whole(start), whole(end), step: whole(step), device: device)
    }
    let count = ((end - start) / step).rounded(.up)
    guard step != 0, start == end || (start < end) == (step > 0), count < Double(Int.max / 8) else {
      fatalError("arange: no steps of \(step) lead from \(start) to \(end)")
    }
    let result = Tensor(empty: [Int(count)], dtype: dtype, device: device)
    device.backend.ramp(
      dtype.isFloatingPoint
        ? Ramp(from: start, step: step) : Ramp(from: whole(start), step: whole(step)),
      into: result.view)
    return result
  }
}

/// Grids, triangular matrices and one-hot vectors.
extension Tensor {
  /// The coordinates of a grid: for each vector, a tensor whose values vary along that vector's own
  /// dim: `torch.meshgrid` with `indexing="ij"`.
  public static func meshgrid(_ vectors: [Tensor]) -> [Tensor] {
    for vector in vectors where vector.ndim > 1 {
      fatalError("meshgrid: a tensor of shape \(vector.shape); each must be a vector")
    }
    let shape = vectors.map(\.numel)
    return vectors.enumerated().map { dim, vector in
      var spread = [Int](repeating: 1, count: vectors.count)
      spread[dim] = vector.numel
      return vector.reshape(spread).expand(shape)
    }
  }

  /// The lower triangle of each matrix, with zeros above it: `torch.tril`. A positive `diagonal` is
  /// above the main one.
  public func tril(diagonal: Int = 0) -> Tensor { triangle(diagonal, lower: true, "tril") }

  /// The upper triangle of each matrix, with zeros below it: `torch.triu`.
  public func triu(diagonal: Int = 0) -> Tensor { triangle(diagonal, lower: false, "triu") }

  private func triangle(_ diagonal: Int, lower: Bool, _ name: String) -> Tensor {
    guard ndim >= 2 else {
      fatalError("\(name): a tensor of shape \(shape) is not a matrix; it needs at least two dims")
    }
    let rows = Tensor.arange(shape[ndim - 2], device: device).unsqueeze(1)
    let columns = Tensor.arange(shape[ndim - 1], device: device)
    let mask = lower ? columns .<= rows + diagonal : columns .>= rows + diagonal
    return .where(mask, self, dtype == .bool ? Tensor(false) : 0)
  }

  /// One-hot vectors along a new last dim, 1 at each class's index and 0 elsewhere:
  /// `torch.nn.functional.one_hot`; int64. By default, the number of classes is the largest class
  /// plus 1.
  public func oneHot(classCount: Int? = nil) -> Tensor {
    guard dtype == .int64 else { fatalError("oneHot: classes of \(dtype); they must be int64") }
    let count = classCount ?? (numel == 0 ? 0 : amax().item(as: Int.self) + 1)
    let places = unsqueeze(-1)
    if ((places .< 0) | (places .>= count)).anyTrue {
      fatalError("oneHot: a class is out of range for \(count) classes")
    }
    return (places .== Tensor.arange(count, device: device)).to(.int64)
  }
}
