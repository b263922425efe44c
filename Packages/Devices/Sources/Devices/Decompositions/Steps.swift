// What decompositions are written in: each step is one operation of the core, with operands broadcast and the result
// in memory of its own.

extension StridedView {
  /// An operation on each element.
  func unary(_ operation: UnaryOperation) -> StridedView {
    let y = StridedView(empty: layout.contiguous, dtype: dtype, device: storage.device)
    storage.device.backend.unary(operation, self, 0, 0, into: y)
    return y
  }

  /// An operation on the elements of two views.
  func binary(_ operation: BinaryOperation, _ other: StridedView) -> StridedView {
    met(with: other, dtype) { $0.binary(operation, $1, $2, into: $3) }
  }

  /// A comparison of the elements of two views.
  func compare(_ comparison: Comparison, _ other: StridedView) -> StridedView {
    met(with: other, .bool) { $0.compare(comparison, $1, $2, into: $3) }
  }

  /// Which elements pass a test.
  func test(_ test: ElementTest) -> StridedView {
    let y = StridedView(empty: layout.contiguous, dtype: .bool, device: storage.device)
    storage.device.backend.test(test, self, into: y)
    return y
  }

  /// a where this view, which is bool, is true, else b.
  func select(_ a: StridedView, _ b: StridedView) -> StridedView {
    let shape = [a, b].reduce(layout.shape) { Layout.broadcastShape($0, $1.layout.shape)! }
    let y = StridedView(empty: Layout(contiguous: shape), dtype: a.dtype, device: storage.device)
    storage.device.backend.select(
      broadcast(to: shape), a.broadcast(to: shape), b.broadcast(to: shape), into: y)
    return y
  }

  private func met(
    with other: StridedView, _ dtype: DType,
    _ body: (any Backend, StridedView, StridedView, StridedView) -> Void
  ) -> StridedView {
    let shape = Layout.broadcastShape(layout.shape, other.layout.shape)!
    let device = isNumber ? other.storage.device : storage.device
    let y = StridedView(empty: Layout(contiguous: shape), dtype: dtype, device: device)
    body(device.backend, broadcast(to: shape), other.broadcast(to: shape), y)
    return y
  }

  static func + (a: StridedView, b: StridedView) -> StridedView { a.binary(.add, b) }
  static func - (a: StridedView, b: StridedView) -> StridedView { a.binary(.subtract, b) }
  static func * (a: StridedView, b: StridedView) -> StridedView { a.binary(.multiply, b) }
  static func / (a: StridedView, b: StridedView) -> StridedView { a.binary(.divide, b) }

  /// Reduced over one dim, which stays with a size of 1. The dim has elements.
  func reduced(_ reduction: Reduction, _ dim: Int, divisor: Double = 1) -> StridedView {
    var shape = layout.shape
    shape[dim] = 1
    let y = StridedView(
      empty: Layout(contiguous: shape), dtype: reduction.isIndex ? .int64 : dtype,
      device: storage.device)
    storage.device.backend.reduce(
      reduction, self, over: shape.indices.map { $0 == dim }, centers: nil, divisor: divisor,
      takesRoot: false, into: y.shaped(shape.indices.filter { $0 != dim }.map { shape[$0] }))
    return y
  }
}

extension StridedView {
  /// One number, which lies on the CPU.
  init(number: Double, _ dtype: DType) {
    let wide = StridedView(empty: .scalar, dtype: .float64, device: .cpu)
    wide.pointer.storeBytes(of: number, as: Double.self)
    self = wide.converted(to: dtype)
  }

  /// Whole numbers.
  init(_ numbers: [Int], device: Device) {
    self.init(empty: Layout(contiguous: [numbers.count]), dtype: .int64, device: device)
    numbers.withUnsafeBytes(copyIn)
  }

  /// One number everywhere.
  func fill(_ number: Double) {
    storage.device.backend.convert(
      StridedView(number: number, dtype).broadcast(to: layout.shape), into: self)
  }

  /// The same elements, of which there are no gaps between, in another shape.
  func shaped(_ shape: [Int]) -> StridedView {
    with(
      Layout(shape: shape, strides: Layout.contiguousStrides(of: shape), offset: layout.offset))
  }

  /// As a matrix of the rows along the last dim.
  var rows: StridedView { shaped([layout.rows.count, layout.rows.length]) }

  /// Repeated along dims of size 1, and along new ones.
  func broadcast(to shape: [Int]) -> StridedView { with(layout.broadcast(to: shape)!) }

  /// The part at one place of the first dim.
  subscript(place: Int) -> StridedView {
    with(
      Layout(
        shape: Array(layout.shape.dropFirst()), strides: Array(layout.strides.dropFirst()),
        offset: layout.offset + place * layout.strides[0]))
  }

  /// A part along a dim.
  func part(_ dim: Int, _ start: Int, _ length: Int) -> StridedView {
    var shape = layout.shape
    shape[dim] = length
    return with(
      Layout(
        shape: shape, strides: layout.strides,
        offset: layout.offset + start * layout.strides[dim]))
  }

  /// With the last two dims exchanged.
  var transposed: StridedView {
    var order = Array(layout.shape.indices)
    order.swapAt(order.count - 2, order.count - 1)
    return permuted(order)
  }

  /// Halves as float32, to compute with, and all else as it is.
  var widened: StridedView {
    converted(to: dtype.isHalf ? .float32 : dtype)
  }
}
