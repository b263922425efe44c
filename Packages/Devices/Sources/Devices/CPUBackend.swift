import CKernels

/// The CPU's backend: OpenBLAS for matrix products, the kernels of CKernels for the rest.
public struct CPUBackend: Backend {
  /// Creates the backend, which is stateless.
  public init() {}

  // MARK: Memory

  public func makeStorage(byteCount: Int) -> Storage {
    flambeau_make_storage(byteCount)
  }

  public func copy(
    from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int
  ) {
    target.copyMemory(from: source, byteCount: byteCount)
  }

  public func copyOut(
    from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int
  ) {
    target.copyMemory(from: source, byteCount: byteCount)
  }

  // MARK: Filling

  public func convert(_ x: StridedView, into y: StridedView) {
    mayPostpone(y, x)
    flambeau_convert(
      y.dtype, x.dtype, y.layout.rank, y.layout.shape, y.ownPointer, y.layout.strides, x.ownPointer,
      x.layout.strides)
  }

  public func ramp(_ ramp: Ramp, into y: StridedView) {
    flambeau_ramp(y.dtype, ramp, y.layout.numel, y.pointer)
  }

  public func uniform(low: Double, high: Double, generator: Generator, into y: StridedView) {
    generator.withState {
      flambeau_random_uniform($0, y.dtype, y.layout.numel, y.pointer, low, high)
    }
  }

  public func normal(mean: Double, deviation: Double, generator: Generator, into y: StridedView) {
    generator.withState {
      // PyTorch draws many numbers in groups, but only into contiguous memory.
      flambeau_random_normal(
        $0, y.dtype, y.layout.numel, y.layout.isContiguous, y.pointer, mean, deviation)
    }
  }

  public func exponential(generator: Generator, into y: StridedView) {
    generator.withState { flambeau_random_exponential($0, y.dtype, y.layout.numel, y.pointer) }
  }

  public func integers(low: Int, high: Int, generator: Generator, into y: StridedView) {
    generator.withState {
      flambeau_random_integers($0, y.layout.numel, y.pointer.int64s, Int64(low), Int64(high))
    }
  }

  public func permutation(generator: Generator, into y: StridedView) {
    generator.withState {
      flambeau_random_permutation($0, y.layout.numel, y.pointer.int64s)
    }
  }

  // MARK: Element-wise

  public func unary(
    _ operation: UnaryOperation, _ x: StridedView, _ p: Double, _ q: Double, into y: StridedView
  ) {
    mayPostpone(y, x)
    if x.layout.isContiguous {
      return flambeau_unary_contiguous(
        operation, p, q, y.dtype, y.layout.numel, y.ownPointer, x.ownPointer)
    }
    flambeau_unary(
      operation, p, q, y.dtype, y.layout.rank, y.layout.shape, y.ownPointer, y.layout.strides,
      x.ownPointer, x.layout.strides)
  }

  public func binary(
    _ operation: BinaryOperation, _ a: StridedView, _ b: StridedView, into y: StridedView
  ) {
    mayPostpone(y, a, b)
    if a.layout.isContiguous, b.layout.isContiguous {
      return flambeau_binary_contiguous(
        operation, y.dtype, y.layout.numel, y.ownPointer, a.ownPointer, b.ownPointer)
    }
    flambeau_binary(
      operation, y.dtype, y.layout.rank, y.layout.shape, y.ownPointer, y.layout.strides,
      a.ownPointer,
      a.layout.strides, b.ownPointer, b.layout.strides)
  }

  public func compare(
    _ comparison: Comparison, _ a: StridedView, _ b: StridedView, into y: StridedView
  ) {
    mayPostpone(y, a, b)
    flambeau_compare(
      comparison, a.dtype, y.layout.rank, y.layout.shape,
      y.ownPointer.bools, y.layout.strides, a.ownPointer,
      a.layout.strides, b.ownPointer, b.layout.strides)
  }

  public func test(_ test: ElementTest, _ x: StridedView, into y: StridedView) {
    mayPostpone(y, x)
    flambeau_test(
      test, x.dtype, y.layout.rank, y.layout.shape, y.ownPointer.bools,
      y.layout.strides, x.ownPointer, x.layout.strides)
  }

  public func select(
    _ condition: StridedView, _ a: StridedView, _ b: StridedView, into y: StridedView
  ) {
    mayPostpone(y, condition, a, b)
    flambeau_select(
      y.dtype, y.layout.rank, y.layout.shape, y.ownPointer, y.layout.strides,
      condition.ownPointer.bools, condition.layout.strides, a.ownPointer,
      a.layout.strides, b.ownPointer, b.layout.strides)
  }

  // MARK: Over dims

  public func reduce(
    _ reduction: Reduction, _ x: StridedView, over reduced: [Bool], centers: StridedView?,
    divisor: Double, takesSquareRoot: Bool, into y: StridedView
  ) {
    let terms = ReductionTerms(centers: centers, divisor: divisor, takesSquareRoot: takesSquareRoot)
    mayPostpone(y, x)
    flambeau_reduce(
      reduction, terms, x.dtype, x.layout.rank, x.layout.shape, reduced, y.ownPointer, x.ownPointer,
      x.layout.strides)
  }

  public func softmax(_ x: StridedView, logarithm: Bool, into y: StridedView) {
    guard x.layout.numel > 0 else { return }
    let shape = x.layout.shape
    flambeau_softmax(
      x.dtype, logarithm, shape[0], shape[1], shape[2], y.pointer, x.pointer)
  }

  public func softmaxGradients(
    _ gradient: StridedView, _ y: StridedView, logarithm: Bool, into dx: StridedView
  ) {
    guard y.layout.numel > 0 else { return }
    let shape = y.layout.shape
    flambeau_softmax_gradients(
      y.dtype, logarithm, shape[0], shape[1], shape[2], dx.pointer, gradient.pointer, y.pointer)
  }

  public func normalize(
    _ x: StridedView, weight: StridedView?, bias: StridedView?, center: Bool, eps: Double,
    into y: StridedView, means: StridedView, factors: StridedView
  ) {
    guard y.layout.numel > 0 else { return }
    flambeau_normalize(
      x.dtype, .init(x, weight, bias, center: center, eps: eps, means, factors), y.pointer)
  }

  public func normalizeGradients(
    _ gradient: StridedView, _ x: StridedView, weight: StridedView?, center: Bool,
    means: StridedView, factors: StridedView, into dx: StridedView, ofWeight: StridedView?,
    ofBias: StridedView?
  ) {
    flambeau_normalize_gradients(
      x.dtype, .init(x, weight, nil, center: center, eps: 0, means, factors), gradient.pointer,
      dx.pointer, ofWeight?.pointer, ofBias?.pointer)
  }

  public func crossEntropy(
    _ x: StridedView, target: StridedView, ignored: Int, into losses: StridedView,
    totals: StridedView, invalid: (Int) -> Never
  ) {
    let (rows, columns) = x.layout.rows
    guard rows > 0 else { return }
    var wrong: Int64 = 0
    let isValid = flambeau_cross_entropy(
      x.dtype, rows, columns, losses.pointer, totals.pointer, x.pointer, target.pointer.int64s,
      Int64(ignored), &wrong)
    if !isValid { invalid(Int(wrong)) }
  }

  public func crossEntropyGradients(
    _ gradient: StridedView, _ x: StridedView, target: StridedView, ignored: Int,
    totals: StridedView, into dx: StridedView
  ) {
    let (rows, columns) = x.layout.rows
    guard rows > 0 else { return }
    flambeau_cross_entropy_gradients(
      x.dtype, rows, columns, dx.pointer, x.pointer, totals.pointer, target.pointer.int64s,
      Int64(ignored), gradient.pointer)
  }

  public func scan(_ reduction: Reduction, _ x: StridedView, into y: StridedView) {
    guard x.layout.numel > 0 else { return }
    let shape = x.layout.shape
    flambeau_scan(
      reduction, x.dtype, shape[0], shape[1], shape[2], y.pointer, x.pointer)
  }

  public func sort(_ x: StridedView, descending: Bool, into places: StridedView) {
    let (rows, columns) = x.layout.rows
    flambeau_sort(x.dtype, descending, rows, columns, places.pointer.int64s, x.pointer)
  }

  public func first(
    _ count: Int, _ x: StridedView, descending: Bool, into places: StridedView
  ) {
    let (rows, columns) = x.layout.rows
    flambeau_first(
      x.dtype, descending, rows, columns, count, places.pointer.int64s, x.pointer)
  }

  public func nth(_ rank: Int, _ x: StridedView, prefersNaN: Bool, into places: StridedView) {
    let (rows, columns) = x.layout.rows
    flambeau_nth(x.dtype, prefersNaN, rows, columns, rank, places.pointer.int64s, x.pointer)
  }

  public func search(
    _ x: StridedView, in sorted: StridedView, afterEqual: Bool, into places: StridedView
  ) {
    let (rows, columns) = x.layout.rows
    flambeau_search(
      x.dtype, afterEqual, rows, columns, sorted.layout.rows.length, places.pointer.int64s,
      x.pointer, sorted.pointer)
  }

  public func countTrue(_ x: StridedView, into count: StridedView) {
    count.pointer.int64s.pointee = Int64(flambeau_count_true(x.layout.numel, x.pointer.bools))
  }

  public func nonzero(_ x: StridedView, into y: StridedView) {
    flambeau_nonzero(
      x.layout.numel, x.pointer.bools, y.layout.numel, y.pointer.int64s)
  }

  // MARK: Windows

  public func im2col(
    _ image: StridedView, _ windows: Windows, into columns: StridedView
  ) {
    let channels = image.layout.numel / max(windows.height * windows.width, 1)
    flambeau_im2col(
      image.dtype, windows, channels, columns.pointer, image.pointer)
  }

  public func argmaxOfWindows(
    _ image: StridedView, _ windows: Windows, into places: StridedView
  ) {
    let channels = image.layout.numel / max(windows.height * windows.width, 1)
    flambeau_argmax_of_windows(
      image.dtype, windows, channels, places.pointer.int64s, image.pointer)
  }

  public func col2im(_ columns: StridedView, _ windows: Windows, into image: StridedView) {
    let channels = image.layout.numel / max(windows.height * windows.width, 1)
    withoutHalves([columns], into: image) { inputs, image in
      flambeau_col2im(
        image.dtype, windows, channels, image.pointer, inputs[0].pointer)
    }
  }

  public func resample(
    _ x: StridedView, rows: Resampling, columns: Resampling, into y: StridedView
  ) {
    let images = x.layout.shape[0]
    rows.withTaps { rows in
      columns.withTaps { columns in
        flambeau_resample(y.dtype, rows, columns, images, y.pointer, x.pointer)
      }
    }
  }

  // MARK: By index

  public func gather(
    _ x: StridedView, dim: Int, index: StridedView, into y: StridedView, invalid: (Int) -> Never
  ) {
    var wrong: Int64 = 0
    let isValid = flambeau_gather(
      y.dtype, y.layout.rank, y.layout.shape, dim, x.layout.shape[dim], y.pointer,
      y.layout.strides, index.pointer.int64s, index.layout.strides, x.pointer, x.layout.strides,
      &wrong)
    if !isValid { invalid(Int(wrong)) }
  }

  public func scatter(
    _ x: StridedView, dim: Int, index: StridedView, adding: Bool, into y: StridedView,
    invalid: (Int) -> Never
  ) {
    var wrong: Int64 = 0
    let isValid = flambeau_scatter(
      adding, y.dtype, x.layout.rank, x.layout.shape, dim, y.layout.shape[dim], y.pointer,
      y.layout.strides, index.pointer.int64s, index.layout.strides, x.pointer, x.layout.strides,
      &wrong)
    if !isValid { invalid(Int(wrong)) }
  }

  // MARK: Optimizers

  public func supports(_ kernel: FusedKernel) -> Bool {
    switch kernel {
    case .attention(let dtype, _, _): dtype.isFloatingPoint
    case .optimize, .channelNorm, .convolutionOfIntegers: true
    }
  }

  public func optimize(
    _ step: OptimizerStep, _ p: StridedView, _ g: StridedView, states: [StridedView?],
    count: StridedView?
  ) {
    var step = step
    if let count { step.step = Int(count.pointer.int64s.pointee) }
    func state(_ index: Int) -> UnsafeMutableRawPointer? {
      index < states.count ? states[index]?.pointer : nil
    }
    flambeau_optimize(
      p.dtype, p.layout.numel, step, p.pointer, g.pointer, state(0), state(1), state(2))
  }
}

/// The next kernel may be postponed; see ``fused(_:)``.
@inline(__always)
private func mayPostpone(
  _ y: StridedView, _ a: StridedView, _ b: StridedView? = nil, _ c: StridedView? = nil
) {
  flambeau_may_postpone_next(y.storage, a.storage, b?.storage, c?.storage)
}

extension UnsafeMutableRawPointer {
  fileprivate var int64s: UnsafeMutablePointer<Int64> { assumingMemoryBound(to: Int64.self) }
  fileprivate var bools: UnsafeMutablePointer<Bool> { assumingMemoryBound(to: Bool.self) }
}

extension Normalization {
  fileprivate init(
    _ x: StridedView, _ weight: StridedView?, _ bias: StridedView?, center: Bool, eps: Double,
    _ means: StridedView, _ factors: StridedView
  ) {
    let (count, length) = x.layout.rows
    self.init(
      count: count, length: length, center: center, eps: eps, x: x.pointer,
      weight: weight?.pointer, bias: bias?.pointer,
      means: means.pointer.assumingMemoryBound(to: Double.self),
      factors: factors.pointer.assumingMemoryBound(to: Double.self))
  }
}

/// The CPU's memory and threads.
public enum CPU {
  /// The bytes that storages use.
  public static var memoryAllocated: Int { Int(flambeau_memory_statistics().in_use) }
  /// The peak of the bytes that storages use, measured at each allocation of more than 64 KiB:
  /// `torch.cuda.max_memory_allocated`.
  public static var maxMemoryAllocated: Int { Int(flambeau_memory_statistics().peak) }
  /// Resets the peak to the current use: `torch.cuda.reset_peak_memory_stats`.
  public static func resetMaxMemoryAllocated() { flambeau_reset_peak_memory() }
  /// The bytes that the allocator caches for reuse.
  public static var memoryCached: Int { Int(flambeau_memory_statistics().cached) }
  /// Returns the cached memory of this thread and of the shared cache to the system:
  /// `torch.cuda.empty_cache`.
  public static func emptyCache() { flambeau_empty_cache() }
}

extension ReductionTerms {
  init(centers: StridedView?, divisor: Double, takesSquareRoot: Bool) {
    let centers = centers.map { UnsafePointer($0.pointer.assumingMemoryBound(to: Double.self)) }
    self.init(centers: centers, divisor: divisor, takes_root: takesSquareRoot)
  }
}
