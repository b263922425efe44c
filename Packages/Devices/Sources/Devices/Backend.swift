/// What a device can do: memory, copies, and kernels over strided views.
///
/// A device must have the core. All that comes after it has a default, made of the core or, as sorting, random
/// numbers and factorisations, computed on the CPU and copied back, until a device does better: a kernel of its own
/// takes the place of the default. Attention and an optimizer's step have none; ``supports(_:)`` says where there
/// is a kernel for them, and what is above this package takes steps of its own where there is not.
///
/// Nothing above this package knows which device it runs on. All views of a call are on the backend's device, and
/// outputs exist already, in the shape that the call gives; unless it says otherwise, outputs are contiguous,
/// inputs have any strides, and all have one dtype. What `convert` and element-wise operations read may also be one
/// number on the CPU, repeated: ``StridedView/isNumber``.
///
/// Calls may return before their work is done, but for ``copyOut(from:to:byteCount:)``, which waits for it.
/// `Device.register` makes a device known by its name.
public protocol Backend: Sendable {
  // MARK: The core: memory

  /// Memory whose contents are not defined, aligned to 64 bytes.
  func makeStorage(byteCount: Int) -> Storage
  /// Copies from the program's memory to the device.
  func copy(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int)
  /// Copies from the device to the program's memory.
  func copyOut(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int)

  /// y = x, converted to y's dtype; any strides on both sides.
  func convert(_ x: StridedView, into y: StridedView)

  // MARK: The core: kernels

  /// y = op(x), of one shape, with two numbers that some operations need.
  func unary(
    _ operation: UnaryOperation, _ x: StridedView, _ p: Double, _ q: Double, into y: StridedView)
  /// y = op(a, b), of one shape.
  func binary(_ operation: BinaryOperation, _ a: StridedView, _ b: StridedView, into y: StridedView)
  /// y = op(a, b), of one shape; y is bool.
  func compare(_ comparison: Comparison, _ a: StridedView, _ b: StridedView, into y: StridedView)
  /// y = op(x), of one shape; y is bool.
  func test(_ test: ElementTest, _ x: StridedView, into y: StridedView)
  /// y = a where the condition, which is bool, is true, and b elsewhere, of one shape.
  func select(
    _ condition: StridedView, _ a: StridedView, _ b: StridedView, into y: StridedView)
  /// y = x reduced over the dims that `reduced` marks, which y does not have. Sums and products take
  /// int64 and floating point, wide sums, which are float64, and squares the latter; indices are int64 and
  /// over one dim. Where there is nothing to reduce, y stays as it is.
  ///
  /// Sums of floating point are divided by `divisor`, and the root is taken of them if `takesRoot`, before they
  /// are rounded. What is squared is first lessened by the centre of its result, where there are `centers`,
  /// float64.
  func reduce(
    _ reduction: Reduction, _ x: StridedView, over reduced: [Bool], centers: StridedView?,
    divisor: Double, takesRoot: Bool, into y: StridedView)
  /// c = a·b, or c + a·b, over the last two dims; the dims before them are the same in all three.
  func matmul(_ a: StridedView, _ b: StridedView, into c: StridedView, accumulating: Bool)
  /// y[i…] = x[i… with index[i…] in place of i[dim]]; y and index have one shape, and index is int64.
  ///
  /// The device calls `invalid` with an index that is out of range, which stops the program with what is known of
  /// the operation. One that would have to be waited for stops the program itself, later.
  func gather(
    _ x: StridedView, dim: Int, index: StridedView, into y: StridedView, invalid: (Int) -> Never)
  /// y[i… with index[i…] in place of i[dim]] = x[i…], or += if adding, in the order of x; x and index have one
  /// shape, y any strides. Indices that are out of range are told as by `gather`.
  func scatter(
    _ x: StridedView, dim: Int, index: StridedView, adding: Bool, into y: StridedView,
    invalid: (Int) -> Never)

  // MARK: Beyond the core: filling

  /// Numbers at equal distances; y may be any view without gaps where they are all one.
  func ramp(_ ramp: Ramp, into y: StridedView)
  // Random numbers fill memory in its order, of a view without gaps whose dims may be in any order.
  /// Evenly distributed numbers, from low up to but not including high. Floating point.
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

  /// y = exp(x) / Σ exp(x), or its logarithm, over the last dim of a contiguous x.
  func softmax(_ x: StridedView, logarithm: Bool, into y: StridedView)
  /// Each row of a contiguous x along the last dim with mean 0, or without centering as it is, and then
  /// with a mean square of 1: z = (x - μ)·r, where r = 1 / √(σ² + ε); then y = z·weight + bias. μ and r go
  /// into `means` and `factors`, which are float64.
  func normalize(
    _ x: StridedView, weight: StridedView?, bias: StridedView?, center: Bool, eps: Double,
    into y: StridedView, means: StridedView, factors: StridedView)
  /// The derivatives of `normalize` where no further ones are wanted: with h = g·weight,
  /// r·(h - mean(h) - z·mean(h·z)), Σ g·z and Σ g.
  func normalizeGradients(
    _ gradient: StridedView, _ x: StridedView, weight: StridedView?, center: Bool,
    means: StridedView, factors: StridedView, into dx: StridedView, ofWeight: StridedView?,
    ofBias: StridedView?)
  /// log Σ eˣ - x at the target of each row of a contiguous x, and log Σ eˣ in `totals`, which are float32 for
  /// halves; 0 where the target is `ignored`. Targets that are out of range are told as by `gather`.
  func crossEntropy(
    _ x: StridedView, target: StridedView, ignored: Int, into losses: StridedView,
    totals: StridedView, invalid: (Int) -> Never)
  /// The derivative of `crossEntropy` where no further one is wanted: (eˣ / Σ eˣ - 1 at the target)·g, and 0
  /// where the target is `ignored`.
  func crossEntropyGradients(
    _ gradient: StridedView, _ x: StridedView, target: StridedView, ignored: Int,
    totals: StridedView, into dx: StridedView)
  /// softmax(q·kᵀ·scale + mask)·v, [batch, length, width of v], and for each row the logarithm of its sum in
  /// `totals`, which are float64 for float64 and else float32. Only where it is supported.
  func attention(_ attention: AttentionViews, into y: StridedView, totals: StridedView)
  /// The derivatives of `attention` where no further ones are wanted, but for that by the mask.
  func attentionGradients(
    _ attention: AttentionViews, _ gradient: StridedView, _ y: StridedView, totals: StridedView,
    intoQueries dq: StridedView, keys dk: StridedView, values dv: StridedView)
  /// A long short-term memory along time, all contiguous: `gates` are what the inputs contribute to i, f, g
  /// and o side by side, [length, batch, 4 · size], and become the gates; `states` are h and c after each
  /// step, [length, 2, batch, size], from h and c, [batch, size], and the weight, [4 · size, size].
  func lstm(
    _ gates: StridedView, _ h: StridedView, _ c: StridedView, weight: StridedView,
    into states: StridedView)
  /// Its derivatives by the contributions and by the first states, of which dh and dc are 0 before; that by
  /// the weight is the product of those of the contributions and the hidden states before each step.
  func lstmGradients(
    _ gradient: StridedView, _ gates: StridedView, _ states: StridedView, c: StridedView,
    weight: StridedView, into gradients: StridedView, dh: StridedView, dc: StridedView)
  /// The running sums or products along the last dim of a contiguous x; int64 and floating point.
  func scan(_ reduction: Reduction, _ x: StridedView, into y: StridedView)
  /// The places along the last dim of a contiguous x in the order of their elements; int64. Equal
  /// elements keep their order, and NaN is the largest.
  func sort(_ x: StridedView, descending: Bool, into places: StridedView)
  /// How many elements of each row of a contiguous `sorted` come before each element of the same row
  /// of a contiguous x, or before it or are equal to it; int64.
  func search(
    _ x: StridedView, in sorted: StridedView, afterEqual: Bool, into places: StridedView)
  /// How many elements of a contiguous x of bool are true; one int64.
  func countTrue(_ x: StridedView, into count: StridedView)
  /// The places, counted row by row, at which a contiguous x of bool is true, of which there are as many as `y` has
  /// elements; int64.
  func nonzero(_ x: StridedView, into y: StridedView)

  // MARK: Factorisations. Views are contiguous and float64, of any number of matrices that lie column by
  // column: the last dim of a view is a column. `failed`, which is bool, tells of each whether it failed.

  /// P·L·U = a, for square matrices, with L and U in place of a, and int32 pivots.
  func lu(_ a: StridedView, pivots: StridedView)
  /// b = a⁻¹·b, given the factors of a.
  func luSolve(_ lu: StridedView, pivots: StridedView, into b: StridedView)
  /// L·Lᵀ = a, in place of a, of which only the lower triangle is read.
  func cholesky(_ a: StridedView, failed: StridedView)
  /// Q·R = a, with the first columns of Q in place of those of a.
  func qr(_ a: StridedView, upper: StridedView)
  /// U·S·Vᵀ = a, which is destroyed.
  func svd(
    _ a: StridedView, left: StridedView, values: StridedView, right: StridedView,
    failed: StridedView)
  /// V·W·Vᵀ = a for symmetric matrices, with V in place of a; values rise.
  func eigh(_ a: StridedView, values: StridedView, failed: StridedView)

  // MARK: Windows, all views contiguous and floating-point

  /// The elements of each window over images [channels, height, width], and 0 for what lies outside, as [channels, kernel height, kernel width, out height, out width].
  func im2col(_ image: StridedView, _ windows: Windows, into columns: StridedView)
  /// The place in its channel of the largest element of each window, or of the first NaN, as [channels, out
  /// height, out width]; int64. No window lies outside of the image.
  func argmaxOfWindows(_ image: StridedView, _ windows: Windows, into places: StridedView)
  /// y = x ∗ w, or y + x ∗ w: images [batch, channels, height, width] convolved by weights [out channels,
  /// channels of a group, kernel height, kernel width].
  func convolve(
    _ x: StridedView, _ weight: StridedView, _ windows: Windows, groups: Int, accumulating: Bool,
    into y: StridedView)
  /// Its derivative by the images, and by the weights, for a gradient in the shape of its result.
  func convolveGradientOfInput(
    _ gradient: StridedView, _ weight: StridedView, _ windows: Windows, groups: Int,
    into dx: StridedView)
  /// The derivative of a convolution by its weight.
  func convolveGradientOfWeight(
    _ x: StridedView, _ gradient: StridedView, _ windows: Windows, groups: Int,
    into dw: StridedView)
  /// The sum of all that such columns hold of each place of an image.
  func col2im(_ columns: StridedView, _ windows: Windows, into image: StridedView)

  // MARK: Optimizers

  /// One step on a parameter p with the gradient g, and with up to three states, all contiguous. Its number is
  /// that in `count`, one int64, where there is one, which replays of a graph change.
  func optimize(
    _ step: OptimizerStep, _ p: StridedView, _ g: StridedView, states: [StridedView?],
    count: StridedView?)

  // MARK: What a device is able to

  /// Whether the device has a kernel for what is otherwise done in steps above this package.
  func supports(_ kernel: FusedKernel) -> Bool
  /// A copy between this device and another, or the CPU, in another way than through the program's memory as it
  /// waits; nil where there is none.
  func quickCopy(of source: StridedView, to device: Device, nonBlocking: Bool) -> StridedView?
  /// Whether the device copies from page-locked memory while the program goes on.
  var pinsMemory: Bool { get }
  /// A copy on the CPU in such memory, for devices that ``pinsMemory``.
  func pinned(_ x: StridedView) -> StridedView
  /// Whether what this thread gives the device is captured to be done later, in place of being done.
  var isCapturing: Bool { get }
  /// Does something at once while work is captured, in memory that stays, and waits for it.
  func beforeCapture<Result>(_ body: () -> Result) -> Result
}

/// Kernels that a device may have for what is otherwise done in steps above this package.
public enum FusedKernel: Sendable {
  /// `attention` and `attentionGradients` for queries and keys of a width, and values of another.
  case attention(DType, width: Int, valueWidth: Int)
  /// `optimize`.
  case optimize
}

/// What attention reads: contiguous views of one dtype, [batch, length, width].
public struct AttentionViews: Sendable {
  /// The queries.
  public let q: StridedView
  /// The keys, as wide as the queries.
  public let k: StridedView
  /// The values, as many as keys.
  public let v: StridedView
  /// What is added to the scores or, where bool, false where a key is masked: dims that make up the batch,
  /// then queries and keys; any strides.
  public let mask: StridedView?
  /// Whether queries attend only to keys up to their own place.
  public let isCausal: Bool
  /// What the products of queries and keys are multiplied by.
  public let scale: Double

  /// Creates the views of a call.
  ///
  /// - Parameters:
  ///   - q: the queries.
  ///   - k: the keys.
  ///   - v: the values.
  ///   - mask: what is added to scores, or which are left out.
  ///   - isCausal: whether queries attend only to keys up to their own place.
  ///   - scale: the factor of products.
  public init(
    q: StridedView, k: StridedView, v: StridedView, mask: StridedView?, isCausal: Bool,
    scale: Double
  ) {
    (self.q, self.k, self.v) = (q, k, v)
    (self.mask, self.isCausal, self.scale) = (mask, isCausal, scale)
  }

  /// All of them.
  var all: [StridedView?] { [q, k, v, mask] }
}

extension Backend {
  /// y = x reduced, with sums as they are.
  public func reduce(
    _ reduction: Reduction, _ x: StridedView, over reduced: [Bool], into y: StridedView
  ) {
    reduce(reduction, x, over: reduced, centers: nil, divisor: 1, takesRoot: false, into: y)
  }
}
