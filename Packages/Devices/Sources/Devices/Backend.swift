/// The interface of a device: memory, copies, and kernels over strided views.
///
/// A device must implement the core. Every other method has a default, composed from the core or,
/// for sorting, random numbers and factorizations, computed on the CPU and copied back; a device
/// overrides it with a faster kernel. Attention and an optimizer's step have no default:
/// ``supports(_:)`` says whether there is a kernel for them, and the packages above fall back to
/// several operations if there is none.
///
/// Nothing above this package depends on the device. All views of a call are on the backend's
/// device, and the outputs are allocated, with the shape of the result. Unless stated otherwise,
/// outputs are contiguous, inputs have any strides, and all have the same dtype. Inputs of
/// `convert` and of element-wise operations may also be a single number on the CPU, broadcast:
/// ``StridedView/isCPUScalar``.
///
/// Calls may return before their work is done, except ``copyOut(from:to:byteCount:)``, which waits
/// for it. `Device.register` registers a device under a name.
public protocol Backend: Sendable {
  // MARK: The core: memory

  /// Allocates memory with undefined contents, aligned to 64 bytes.
  func makeStorage(byteCount: Int) -> Storage
  /// Copies from host memory to the device.
  func copy(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int)
  /// Copies from the device to host memory.
  func copyOut(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int)

  /// y = x, converted to y's dtype; both have any strides.
  func convert(_ x: StridedView, into y: StridedView)

  // MARK: The core: kernels

  /// y = op(x), of the same shape; p and q are parameters of some operations.
  func unary(
    _ operation: UnaryOperation, _ x: StridedView, _ p: Double, _ q: Double, into y: StridedView)
  /// y = op(a, b), of the same shape.
  func binary(_ operation: BinaryOperation, _ a: StridedView, _ b: StridedView, into y: StridedView)
  /// y = op(a, b), of the same shape; y is bool.
  func compare(_ comparison: Comparison, _ a: StridedView, _ b: StridedView, into y: StridedView)
  /// y = op(x), of the same shape; y is bool.
  func test(_ test: ElementTest, _ x: StridedView, into y: StridedView)
  /// y = a where the condition, which is bool, is true, and b elsewhere, of the same shape.
  func select(
    _ condition: StridedView, _ a: StridedView, _ b: StridedView, into y: StridedView)
  /// y = x reduced over the dims for which `reduced` is true, which y does not have. Sums and
  /// products take int64 and floating point; wide sums, with float64 results, and squares take
  /// floating point only; index reductions are over one dim and give int64. If there are no
  /// elements to reduce, y is left unchanged.
  ///
  /// Floating-point totals are divided by `divisor`, and their square root is taken if
  /// `takesSquareRoot`, before they are rounded. `centers`, float64 and one for each result, is
  /// subtracted from the elements before they are squared.
  func reduce(
    _ reduction: Reduction, _ x: StridedView, over reduced: [Bool], centers: StridedView?,
    divisor: Double, takesSquareRoot: Bool, into y: StridedView)
  /// c = a·b, or c + a·b, over the last two dims; the dims before them are the same in all three.
  func matmul(_ a: StridedView, _ b: StridedView, into c: StridedView, accumulating: Bool)
  /// y[i…] = x[i… with index[i…] in place of i[dim]]; y and index have the same shape, and index is
  /// int64.
  ///
  /// The device calls `invalid` with an index that is out of range, which stops the program with a
  /// message that names the operation. An asynchronous device may instead stop the program itself,
  /// later.
  func gather(
    _ x: StridedView, dim: Int, index: StridedView, into y: StridedView, invalid: (Int) -> Never)
  /// y[i… with index[i…] in place of i[dim]] = x[i…], or += if adding, in the order of x; x and
  /// index have the same shape, y any strides. Indices out of range are reported as by `gather`.
  func scatter(
    _ x: StridedView, dim: Int, index: StridedView, adding: Bool, into y: StridedView,
    invalid: (Int) -> Never)

  // MARK: Beyond the core: filling

  /// Evenly spaced numbers; y may be any dense view if they are all equal.
  func ramp(_ ramp: Ramp, into y: StridedView)
  // Random numbers fill y, a dense view, in memory order.
  /// Uniformly distributed numbers from low up to but not including high. Floating point.
  func uniform(low: Double, high: Double, generator: Generator, into y: StridedView)
  /// Normally distributed numbers. Floating point.
  func normal(mean: Double, deviation: Double, generator: Generator, into y: StridedView)
  /// Exponentially distributed numbers with a mean of 1. Floating point.
  func exponential(generator: Generator, into y: StridedView)
  /// Integers from low up to but not including high; int64.
  func integers(low: Int, high: Int, generator: Generator, into y: StridedView)
  /// The integers from 0 in random order; int64.
  func permutation(generator: Generator, into y: StridedView)

  // MARK: Over dims

  /// y = exp(x) / Σ exp(x), or its logarithm, over dim 1 of a contiguous [outer, length, inner].
  func softmax(_ x: StridedView, logarithm: Bool, into y: StridedView)
  /// The gradient of `softmax`, if no second derivatives are needed, given its result: y·(g - Σ
  /// g·y), or g - eʸ·Σ g for the logarithm.
  func softmaxGradients(
    _ gradient: StridedView, _ y: StridedView, logarithm: Bool, into dx: StridedView)
  /// Layer norm over the last dim of a contiguous x, or RMS norm if not centered (μ = 0): y =
  /// z·weight + bias with z = (x - μ)·r and r = 1 / √(σ² + ε). μ and r are stored in `means` and
  /// `factors`, which are float64.
  func normalize(
    _ x: StridedView, weight: StridedView?, bias: StridedView?, center: Bool, eps: Double,
    into y: StridedView, means: StridedView, factors: StridedView)
  /// The gradients of `normalize`, if no second derivatives are needed: with h = g·weight, dx =
  /// r·(h - mean(h) - z·mean(h·z)), without mean(h) if not centered, dweight = Σ g·z and dbias = Σ
  /// g.
  func normalizeGradients(
    _ gradient: StridedView, _ x: StridedView, weight: StridedView?, center: Bool,
    means: StridedView, factors: StridedView, into dx: StridedView, ofWeight: StridedView?,
    ofBias: StridedView?)
  /// The cross entropy of each row of a contiguous x: log Σ eˣ - x[target], or 0 if the target is
  /// `ignored`; log Σ eˣ is stored in `totals`, float32 for half-precision inputs. Targets out of
  /// range are reported as by `gather`.
  func crossEntropy(
    _ x: StridedView, target: StridedView, ignored: Int, into losses: StridedView,
    totals: StridedView, invalid: (Int) -> Never)
  /// The gradient of `crossEntropy`, if no second derivatives are needed: (softmax(x) -
  /// onehot(target))·g, or 0 if the target is `ignored`.
  func crossEntropyGradients(
    _ gradient: StridedView, _ x: StridedView, target: StridedView, ignored: Int,
    totals: StridedView, into dx: StridedView)
  /// y = softmax(q·kᵀ·scale + mask)·v, [batch dims…, length, width of v]; its last dim is
  /// contiguous, the others have any strides. The log-sum-exp of each row of scores is stored in
  /// `totals`. Both are in float64 for float64, else in float32. Only if supported.
  func attention(_ attention: AttentionViews, into y: StridedView, totals: StridedView)
  /// The gradients of `attention`, except for the mask, if no second derivatives are needed. The
  /// last dims of dq, dk and dv are contiguous, the others have any strides.
  func attentionGradients(
    _ attention: AttentionViews, _ gradient: StridedView, _ y: StridedView, totals: StridedView,
    intoQueries dq: StridedView, keys dk: StridedView, values dv: StridedView)
  /// An LSTM over all time steps; all views are contiguous. `gates`, [length, batch, 4 · size],
  /// holds the inputs' contributions to i, f, g and o, which the gates overwrite. `states`,
  /// [length, 2, batch, size], receives h and c after each step, computed from the initial h and c,
  /// [batch, size], and the weight, [4 · size, size].
  func lstm(
    _ gates: StridedView, _ h: StridedView, _ c: StridedView, weight: StridedView,
    into states: StridedView)
  /// The gradients of `lstm` for the contributions, into `gradients`, and for the initial states,
  /// into dh and dc, which must be 0. The gradient of the weight is the matrix product of
  /// `gradients` and the hidden states before each step.
  func lstmGradients(
    _ gradient: StridedView, _ gates: StridedView, _ states: StridedView, c: StridedView,
    weight: StridedView, into gradients: StridedView, dh: StridedView, dc: StridedView)
  /// Computes the means and variances of batch norm and group norm.
  func channelStatistics(_ norm: ChannelNormViews)
  /// y = (x - μ)·r·weight + bias, where r = 1 / √(σ² + ε), given the means and variances.
  func channelNorm(_ norm: ChannelNormViews, into y: StridedView)
  /// The gradients of `channelNorm`, if no second derivatives are needed. The means and variances
  /// depend on x unless they are constants.
  func channelNormGradients(
    _ norm: ChannelNormViews, areConstants: Bool, _ gradient: StridedView, into dx: StridedView,
    ofWeight: StridedView?, ofBias: StridedView?)
  /// Cumulative sums or products over dim 1 of a contiguous [outer, length, inner]; int64 and
  /// floating point.
  func scan(_ reduction: Reduction, _ x: StridedView, into y: StridedView)
  /// Stable argsort along the last dim of a contiguous x; int64. NaN counts as the largest.
  func sort(_ x: StridedView, descending: Bool, into places: StridedView)
  /// The first `count` indices in that order: `torch.topk`.
  func first(_ count: Int, _ x: StridedView, descending: Bool, into places: StridedView)
  /// The index of the element that follows `rank` others in rising order along the last dim of a
  /// contiguous x, or of the first NaN, if there is one and it is preferred: `torch.kthvalue`,
  /// `torch.median`; int64.
  func nth(_ rank: Int, _ x: StridedView, prefersNaN: Bool, into places: StridedView)
  /// Binary search, as `torch.searchsorted`: for each element of a contiguous x, the number of
  /// elements that are smaller, or with `afterEqual` not larger, in the same row of a contiguous
  /// `sorted`; int64.
  func search(
    _ x: StridedView, in sorted: StridedView, afterEqual: Bool, into places: StridedView)
  /// The number of true elements of a contiguous x of bool; one int64.
  func countTrue(_ x: StridedView, into count: StridedView)
  /// The flat indices of the true elements of a contiguous x of bool, as many as `y` has elements;
  /// int64.
  func nonzero(_ x: StridedView, into y: StridedView)

  // MARK: Factorizations. Views are contiguous, and float32 or float64: batches of column-major
  // matrices, so the last dim of a view is a column. `failed`, which is bool, says for each matrix
  // whether its factorization failed.

  /// P·L·U = a, for square matrices; L and U overwrite a, and the pivots are int32.
  func lu(_ a: StridedView, pivots: StridedView)
  /// b = a⁻¹·b, or a⁻ᵀ·b, given the factors of a.
  func luSolve(_ lu: StridedView, pivots: StridedView, transposed: Bool, into b: StridedView)
  /// b = a⁻¹, given the factors of a.
  func luInverse(_ lu: StridedView, pivots: StridedView, into b: StridedView)
  /// Uᵀ·U = a; U overwrites a, of which only the upper triangle is read.
  func cholesky(_ a: StridedView, failed: StridedView)
  /// Q·R = a, which is destroyed; Q and R are reduced.
  func qr(_ a: StridedView, q: StridedView, r: StridedView)
  /// U·S·Vᵀ = a, which is destroyed.
  func svd(
    _ a: StridedView, left: StridedView, values: StridedView, right: StridedView,
    failed: StridedView)
  /// V·W·Vᵀ = a for symmetric matrices; V overwrites a, and the eigenvalues are in ascending order.
  func eigh(_ a: StridedView, values: StridedView, failed: StridedView)

  // MARK: Windows; all views are contiguous and floating point

  /// The elements of each window over images [channels, height, width], and 0 outside of them, as
  /// [channels, kernel height, kernel width, out height, out width].
  func im2col(_ image: StridedView, _ windows: Windows, into columns: StridedView)
  /// The flat index in its channel of the largest element, or of the first NaN, of each window, as
  /// [channels, out height, out width]; int64. No window is entirely outside of the image.
  func argmaxOfWindows(_ image: StridedView, _ windows: Windows, into places: StridedView)
  /// y = x, [images, rows.size, columns.size], resampled along both dims, first within rows.
  func resample(_ x: StridedView, rows: Resampling, columns: Resampling, into y: StridedView)
  /// y = x ∗ w + bias: images [batch, channels, height, width] convolved with weights [out
  /// channels, channels of a group, kernel height, kernel width], plus one number for each out
  /// channel.
  func convolve(
    _ x: StridedView, _ weight: StridedView, bias: StridedView?, _ windows: Windows, groups: Int,
    into y: StridedView)
  /// The gradient of `convolve` for the images, given that of the result.
  func convolveGradientOfInput(
    _ gradient: StridedView, _ weight: StridedView, _ windows: Windows, groups: Int,
    into dx: StridedView)
  /// The gradient of `convolve` for the weight, given that of the result.
  func convolveGradientOfWeight(
    _ x: StridedView, _ gradient: StridedView, _ windows: Windows, groups: Int,
    into dw: StridedView)
  /// The reverse of `im2col`: each pixel of the image is the sum of its occurrences in the columns.
  func col2im(_ columns: StridedView, _ windows: Windows, into image: StridedView)

  // MARK: Optimizers

  /// One step on a parameter p with the gradient g and up to three states, all contiguous. `count`,
  /// one int64, replaces the step's number if given, so that replays of a graph can advance it.
  func optimize(
    _ step: OptimizerStep, _ p: StridedView, _ g: StridedView, states: [StridedView?],
    count: StridedView?)

  // MARK: Capabilities

  /// Whether the device has the fused kernel.
  func supports(_ kernel: FusedKernel) -> Bool
  /// A copy between this device and another, or the CPU, by a faster way than a blocking copy
  /// through host memory; nil if there is none.
  func directCopy(of source: StridedView, to device: Device, nonBlocking: Bool) -> StridedView?
  /// Whether the device copies asynchronously from page-locked memory.
  var pinsMemory: Bool { get }
  /// A copy in page-locked host memory, for devices with ``pinsMemory``.
  func pinned(_ x: StridedView) -> StridedView
  /// Whether this thread's work on the device is being captured into a graph instead of executed.
  var isCapturing: Bool { get }
  /// Executes `body` immediately, outside of the capture in progress, and waits for it.
  func beforeCapture<Result>(_ body: () -> Result) -> Result
}

/// Fused kernels that a device may have; without them, the packages above run several operations.
public enum FusedKernel: Sendable {
  /// `attention` and `attentionGradients`, for queries and keys of one width and values of another.
  case attention(DType, width: Int, valueWidth: Int)
  /// `optimize`.
  case optimize
  /// `channelStatistics`, `channelNorm` and `channelNormGradients`.
  case channelNorm
  /// `convolve` of integers.
  case convolutionOfIntegers
}

/// The inputs of batch norm and group norm.
public struct ChannelNormViews: Sendable {
  /// [outer, channels, inner], contiguous.
  public let x: StridedView
  /// The number of groups of channels that are normalized together in each example; 0 if each
  /// channel is normalized over all examples.
  public let groups: Int
  /// Of each channel, contiguous and of x's dtype.
  public let weight, bias: StridedView?
  /// The mean and the variance of each channel, or of each group of each example; float64.
  public let means, variances: StridedView
  /// The number added to the variances.
  public let eps: Double

  /// Creates the inputs.
  public init(
    x: StridedView, groups: Int, weight: StridedView?, bias: StridedView?, means: StridedView,
    variances: StridedView, eps: Double
  ) {
    (self.x, self.groups, self.weight, self.bias) = (x, groups, weight, bias)
    (self.means, self.variances, self.eps) = (means, variances, eps)
  }
}

/// The inputs of attention: views of the same dtype, [batch dims…, length, width], with the same
/// batch dims and any strides.
public struct AttentionViews: Sendable {
  /// The queries.
  public let q: StridedView
  /// The keys, as wide as the queries.
  public let k: StridedView
  /// The values, as many as keys.
  public let v: StridedView
  /// Added to the scores or, if bool, false where a key is masked: [batch dims…, queries, keys].
  public let mask: StridedView?
  /// Whether queries attend only to keys up to their own position.
  public let isCausal: Bool
  /// The factor of the products of queries and keys.
  public let scale: Double

  /// Creates the views of a call.
  ///
  /// - Parameters:
  ///   - q: the queries.
  ///   - k: the keys.
  ///   - v: the values.
  ///   - mask: added to the scores or, if bool, false where a key is masked.
  ///   - isCausal: whether queries attend only to keys up to their own position.
  ///   - scale: the factor of the products of queries and keys.
  public init(
    q: StridedView, k: StridedView, v: StridedView, mask: StridedView?, isCausal: Bool,
    scale: Double
  ) {
    (self.q, self.k, self.v) = (q, k, v)
    (self.mask, self.isCausal, self.scale) = (mask, isCausal, scale)
  }

  var all: [StridedView?] { [q, k, v, mask] }
}

extension Backend {
  /// y = x reduced, without centers, division or square root.
  public func reduce(
    _ reduction: Reduction, _ x: StridedView, over reduced: [Bool], into y: StridedView
  ) {
    reduce(reduction, x, over: reduced, centers: nil, divisor: 1, takesSquareRoot: false, into: y)
  }
}
