// The building blocks of decompositions: each is one operation of the core, with operands broadcast
// and a newly allocated result.

extension StridedView {
  func unary(_ operation: UnaryOperation) -> StridedView {
    let y = StridedView(empty: layout.contiguous, dtype: dtype, device: storage.device)
    storage.device.backend.unary(operation, self, 0, 0, into: y)
    return y
  }

  func binary(_ operation: BinaryOperation, _ other: StridedView) -> StridedView {
    met(with: other, dtype) { $0.binary(operation, $1, $2, into: $3) }
  }

  func compare(_ comparison: Comparison, _ other: StridedView) -> StridedView {
    met(with: other, .bool) { $0.compare(comparison, $1, $2, into: $3) }
  }

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
    let device = isCPUScalar ? other.storage.device : storage.device
    let y = StridedView(empty: Layout(contiguous: shape), dtype: dtype, device: device)
    body(device.backend, broadcast(to: shape), other.broadcast(to: shape), y)
    return y
  }

  static func + (a: StridedView, b: StridedView) -> StridedView { a.binary(.add, b) }
  static func - (a: StridedView, b: StridedView) -> StridedView { a.binary(.subtract, b) }
  static func * (a: StridedView, b: StridedView) -> StridedView { a.binary(.multiply, b) }
  static func / (a: StridedView, b: StridedView) -> StridedView { a.binary(.divide, b) }

  /// The reduction over one dim, which is kept with size 1 and must not be empty.
  func reduced(_ reduction: Reduction, _ dim: Int, divisor: Double = 1) -> StridedView {
    var shape = layout.shape
    shape[dim] = 1
    let y = StridedView(
      empty: Layout(contiguous: shape), dtype: reduction.isIndex ? .int64 : dtype,
      device: storage.device)
    storage.device.backend.reduce(
      reduction, self, over: shape.indices.map { $0 == dim }, centers: nil, divisor: divisor,
      takesSquareRoot: false, into: y.shaped(shape.indices.filter { $0 != dim }.map { shape[$0] }))
    return y
  }
}

extension StridedView {
  /// Creates a scalar on the CPU.
  init(number: Double, _ dtype: DType) {
    let wide = StridedView(empty: .scalar, dtype: .float64, device: .cpu)
    wide.pointer.storeBytes(of: number, as: Double.self)
    self = wide.converted(to: dtype)
  }

  /// Creates a vector of int64.
  init(_ numbers: [Int], device: Device) {
    self.init(empty: Layout(contiguous: [numbers.count]), dtype: .int64, device: device)
    numbers.withUnsafeBytes(copyIn)
  }

  /// Sets all elements to a number.
  func fill(_ number: Double) {
    storage.device.backend.convert(
      StridedView(number: number, dtype).broadcast(to: layout.shape), into: self)
  }

  /// The same elements in another shape; the view must be contiguous.
  func shaped(_ shape: [Int]) -> StridedView {
    with(
      Layout(shape: shape, strides: Layout.contiguousStrides(of: shape), offset: layout.offset))
  }

  /// The view as a matrix, with rows along the last dim.
  var rows: StridedView { shaped([layout.rows.count, layout.rows.length]) }

  func broadcast(to shape: [Int]) -> StridedView { with(layout.broadcast(to: shape)!) }

  /// The slice at an index of the first dim.
  subscript(place: Int) -> StridedView {
    with(
      Layout(
        shape: Array(layout.shape.dropFirst()), strides: Array(layout.strides.dropFirst()),
        offset: layout.offset + place * layout.strides[0]))
  }

  /// A range of a dim: `torch.narrow`.
  func part(_ dim: Int, _ start: Int, _ length: Int) -> StridedView {
    var shape = layout.shape
    shape[dim] = length
    return with(
      Layout(
        shape: shape, strides: layout.strides,
        offset: layout.offset + start * layout.strides[dim]))
  }

  /// The view with the last two dims swapped.
  var transposed: StridedView {
    var order = Array(layout.shape.indices)
    order.swapAt(order.count - 2, order.count - 1)
    return permuted(order)
  }

  /// The view in float32 if it is in half precision, else unchanged.
  var widened: StridedView {
    converted(to: dtype.isHalf ? .float32 : dtype)
  }
}
