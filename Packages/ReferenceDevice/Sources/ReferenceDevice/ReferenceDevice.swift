import Devices

/// A minimal device in plain Swift: the core of `Backend` and nothing more, one loop for each kind
/// of operation. Its element-wise arithmetic is that of all devices; sums are accumulated in
/// `Double` and `Int64`.
///
/// The tests run all operations on it, since what works here works on any device that implements
/// the core. A new device can be compared with it, or start as a copy of it.
public enum ReferenceDevice {
  /// The device, called `reference:0`.
  public static let device = Device(
    kind: Device.register("reference") { _ in ReferenceBackend() }, index: 0)
}

/// The backend of ``ReferenceDevice``.
struct ReferenceBackend: Backend {
  func makeStorage(byteCount: Int) -> Storage {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 64)
    let address = UInt(bitPattern: memory)
    return Storage.wrapping(
      UnsafeMutableRawPointer(bitPattern: address ^ Elements.disguise)!, byteCount: byteCount,
      device: ReferenceDevice.device
    ) { UnsafeMutableRawPointer(bitPattern: address)!.deallocate() }
  }

  func copy(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int) {
    Elements.uncovered(target).copyMemory(from: source, byteCount: byteCount)
  }

  func copyOut(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int) {
    target.copyMemory(
      from: Elements.uncovered(UnsafeMutableRawPointer(mutating: source)), byteCount: byteCount)
  }

  // MARK: Element-wise

  func convert(_ x: StridedView, into y: StridedView) {
    let (from, to) = (Elements(x), Elements(y))
    walk(y, x) { at in
      if x.dtype.isFloatingPoint {
        to.store(from.double(at[1]), at[0])
      } else {
        to.store(from.int(at[1]), at[0])
      }
    }
  }

  func unary(
    _ operation: UnaryOperation, _ x: StridedView, _ p: Double, _ q: Double, into y: StridedView
  ) {
    let (from, to) = (Elements(x), Elements(y))
    walk(y, x) { operation.apply(x.dtype, from[$0[1]], p, q, into: to[$0[0]]) }
  }

  func binary(_ operation: BinaryOperation, _ a: StridedView, _ b: StridedView, into y: StridedView)
  {
    let (left, right, to) = (Elements(a), Elements(b), Elements(y))
    walk(y, a, b) { operation.apply(a.dtype, left[$0[1]], right[$0[2]], into: to[$0[0]]) }
  }

  func compare(_ comparison: Comparison, _ a: StridedView, _ b: StridedView, into y: StridedView) {
    let (left, right, to) = (Elements(a), Elements(b), Elements(y))
    walk(y, a, b) { comparison.apply(a.dtype, left[$0[1]], right[$0[2]], into: to[$0[0]]) }
  }

  func test(_ test: ElementTest, _ x: StridedView, into y: StridedView) {
    let (from, to) = (Elements(x), Elements(y))
    walk(y, x) { test.apply(x.dtype, from[$0[1]], into: to[$0[0]]) }
  }

  func select(_ condition: StridedView, _ a: StridedView, _ b: StridedView, into y: StridedView) {
    let (flags, left, right, to) = (Elements(condition), Elements(a), Elements(b), Elements(y))
    walk(y, condition, a, b) { at in
      let isTrue = flags.int(at[1]) != 0
      to.copy(isTrue ? left : right, isTrue ? at[2] : at[3], at[0])
    }
  }

  // MARK: Over dims

  func reduce(
    _ reduction: Reduction, _ x: StridedView, over reduced: [Bool], centers: StridedView?,
    divisor: Double, takesSquareRoot: Bool, into y: StridedView
  ) {
    guard x.layout.numel > 0 else { return }
    func part(_ list: [Int], _ isReduced: Bool) -> [Int] {
      list.indices.filter { reduced[$0] == isReduced }.map { list[$0] }
    }
    let (shape, strides) = (x.layout.shape, x.layout.strides)
    let (from, to, middles) = (Elements(x), Elements(y), centers.map(Elements.init))
    func each(_ first: Int, _ body: (Int) -> Void) {
      walk(part(shape, true), [part(strides, true)]) { body(first + $0[0]) }
    }
    var place = 0
    walk(part(shape, false), [part(strides, false)]) { at in
      defer { place += 1 }
      guard let start = reduction.start else {
        if x.dtype.isFloatingPoint {
          var best = Best<Double>(reduction)
          each(at[0]) { best.take(from.double($0)) }
          if best.isIndex { to.store(best.place, place) } else { to.store(best.value, place) }
        } else {
          var best = Best<Int64>(reduction)
          each(at[0]) { best.take(from.int($0)) }
          to.store(best.isIndex ? best.place : best.value, place)
        }
        return
      }
      if x.dtype.isFloatingPoint {
        var total = Double(start)
        let center = middles?.double(place) ?? 0
        each(at[0]) { total = reduction.joined(total, from.double($0), center: center) }
        total /= divisor
        to.store(takesSquareRoot ? total.squareRoot() : total, place)
      } else {
        var total = Int64(start)
        each(at[0]) { total = reduction.joined(total, from.int($0), center: 0) }
        to.store(total, place)
      }
    }
  }

  func matmul(_ a: StridedView, _ b: StridedView, into c: StridedView, accumulating: Bool) {
    let (left, right, to) = (Elements(a), Elements(b), Elements(c))
    let (rank, length) = (c.layout.rank, a.layout.shape[a.layout.rank - 1])
    func step(_ view: StridedView, _ fromEnd: Int) -> Int { view.layout.strides[rank - fromEnd] }
    var (rows, columns) = (a.layout.strides, b.layout.strides)
    (rows[rank - 1], columns[rank - 2]) = (0, 0)
    walk(c.layout.shape, [c.layout.strides, rows, columns]) { at in
      if c.dtype.isFloatingPoint {
        var sum = accumulating ? to.double(at[0]) : 0
        for k in 0..<length {
          sum += left.double(at[1] + k * step(a, 1)) * right.double(at[2] + k * step(b, 2))
        }
        to.store(sum, at[0])
      } else {
        var sum = accumulating ? to.int(at[0]) : 0
        for k in 0..<length {
          sum &+= left.int(at[1] + k * step(a, 1)) &* right.int(at[2] + k * step(b, 2))
        }
        to.store(sum, at[0])
      }
    }
  }

  func gather(
    _ x: StridedView, dim: Int, index: StridedView, into y: StridedView, invalid: (Int) -> Never
  ) {
    let (from, places, to) = (Elements(x), Elements(index), Elements(y))
    var strides = x.layout.strides
    strides[dim] = 0
    walk(y.layout.shape, [y.layout.strides, index.layout.strides, strides]) { at in
      let place = Int(places.int(at[1]))
      guard (0..<x.layout.shape[dim]).contains(place) else { invalid(place) }
      to.copy(from, at[2] + place * x.layout.strides[dim], at[0])
    }
  }

  func scatter(
    _ x: StridedView, dim: Int, index: StridedView, adding: Bool, into y: StridedView,
    invalid: (Int) -> Never
  ) {
    let (from, places, to) = (Elements(x), Elements(index), Elements(y))
    var strides = y.layout.strides
    strides[dim] = 0
    walk(x.layout.shape, [x.layout.strides, index.layout.strides, strides]) { at in
      let place = Int(places.int(at[1]))
      guard (0..<y.layout.shape[dim]).contains(place) else { invalid(place) }
      let target = at[2] + place * y.layout.strides[dim]
      if !adding {
        to.copy(from, at[0], target)
      } else if x.dtype.isFloatingPoint {
        to.store(to.double(target) + from.double(at[0]), target)
      } else {
        to.store(to.int(target) &+ from.int(at[0]), target)
      }
    }
  }
}

/// The largest or smallest element so far, and its index.
private struct Best<Number: Numeric & Comparable> {
  let isIndex: Bool
  private let isLargest: Bool
  private(set) var value: Number = 0
  private(set) var place: Int64 = 0
  private var count: Int64 = 0

  init(_ reduction: Reduction) {
    isIndex = reduction.isIndex
    isLargest = reduction == .maximum || reduction == .indexOfMaximum
  }

  /// The first NaN wins.
  mutating func take(_ x: Number) {
    let isBetter = isLargest ? x > value : x < value
    if count == 0 || value == value && (isBetter || x != x) { (value, place) = (x, count) }
    count += 1
  }
}
