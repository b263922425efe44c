import Devices
import Testing

/// Copies and element-wise operations over layouts of all kinds, beside one element at a time.
struct StridedTests {
  private static let backend = CPUBackend()

  /// A view of memory with other elements around and between its own: dims in any order, with
  /// gaps, backward, or, for inputs, broadcast.
  private static func view(
    _ shape: [Int], _ dtype: DType, isInput: Bool, _ random: inout some RandomNumberGenerator
  ) -> StridedView {
    var strides = [Int](repeating: 0, count: shape.count)
    var (step, offset) = (Int.random(in: 1...4, using: &random) == 1 ? 2 : 1, 0)
    let order = Bool.random(using: &random) ? shape.indices.shuffled(using: &random) : nil
    for dim in order ?? shape.indices.reversed() {
      if isInput, Int.random(in: 0..<6, using: &random) == 0 { continue }
      strides[dim] = step
      step *= shape[dim] + (Int.random(in: 0..<4, using: &random) == 0 ? 1 : 0)
      if Int.random(in: 0..<6, using: &random) == 0 {
        offset += (shape[dim] - 1) * strides[dim]
        strides[dim] *= -1
      }
    }
    let memory = StridedView(empty: Layout(contiguous: [step]), dtype: .int32, device: .cpu)
    memory.pointer.withMemoryRebound(to: Int32.self, capacity: step) { numbers in
      for place in 0..<step { numbers[place] = Int32.random(in: 0..<100, using: &random) }
    }
    return memory.converted(to: dtype)
      .with(Layout(shape: shape, strides: strides, offset: offset))
  }

  /// All elements in row-major order, and those of the memory that are not in the view.
  private static func numbers(_ view: StridedView) -> (inside: [Double], outside: [Double]) {
    let all = view.with(
      Layout(contiguous: [view.storage.byteCount / view.dtype.itemSize])
    ).converted(to: .float64)
    let memory = (0..<all.layout.numel).map {
      all.pointer.load(fromByteOffset: 8 * $0, as: Double.self)
    }
    var places = [view.layout.offset]
    for (size, stride) in zip(view.layout.shape, view.layout.strides) {
      places = places.flatMap { place in (0..<size).map { place + $0 * stride } }
    }
    let own = Set(places)
    let used = memory.indices.prefix(own.max().map { $0 + 1 } ?? 0)
    return (places.map { memory[$0] }, used.filter { !own.contains($0) }.map { memory[$0] })
  }

  private static let sizes = [1, 2, 3, 4, 5, 8, 16, 17, 33, 70, 130]

  private static func shape(_ random: inout some RandomNumberGenerator) -> [Int] {
    let shape = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      sizes.randomElement(using: &random)!
    }
    return shape.reduce(1, *) > 100_000 ? Array(shape.prefix(2)) : shape
  }

  @Test(arguments: [DType.uint8, .float16, .float32, .int64, .float64])
  func copies(dtype: DType) {
    var random = Seeded(seed: UInt64(dtype.itemSize))
    for _ in 0..<150 {
      let shape = Self.shape(&random)
      let x = Self.view(shape, dtype, isInput: true, &random)
      let y = Self.view(shape, dtype, isInput: false, &random)
      let outside = Self.numbers(y).outside
      Self.backend.convert(x, into: y)
      let (inside, after) = Self.numbers(y)
      #expect(inside == Self.numbers(x).inside, "\(x.layout) to \(y.layout)")
      #expect(after == outside, "\(x.layout) to \(y.layout)")
    }
  }

  @Test(arguments: [DType.int16, .float32, .float64])
  func elementwise(dtype: DType) {
    var random = Seeded(seed: UInt64(dtype.itemSize))
    for _ in 0..<150 {
      let shape = Self.shape(&random)
      let a = Self.view(shape, dtype, isInput: true, &random)
      let b = Self.view(shape, dtype, isInput: true, &random)
      // The result of contiguous operands is contiguous, too.
      if a.layout.isContiguous && b.layout.isContiguous { continue }
      let y = Self.view(shape, dtype, isInput: false, &random)
      let isLess = Self.view(shape, .bool, isInput: false, &random)
      let outside = Self.numbers(y).outside
      Self.backend.binary(.subtract, a, b, into: y)
      Self.backend.compare(.less, a, b, into: isLess)
      let pairs = Array(zip(Self.numbers(a).inside, Self.numbers(b).inside))
      #expect(Self.numbers(y).inside == pairs.map { $0 - $1 }, "\(a.layout), \(b.layout)")
      #expect(Self.numbers(y).outside == outside, "\(y.layout)")
      #expect(Self.numbers(isLess).inside == pairs.map { $0 < $1 ? 1 : 0 })
      Self.backend.select(isLess, a, b, into: y)
      #expect(Self.numbers(y).inside == pairs.map { min($0, $1) })
    }
  }

  @Test func emptyViews() {
    for shape in [[0], [3, 0], [0, 5], [2, 0, 3]] {
      let x = StridedView(empty: Layout(contiguous: shape), dtype: .float32, device: .cpu)
      #expect(x.copied().layout.numel == 0)
      Self.backend.binary(.add, x, x, into: x)
    }
  }
}

/// SplitMix64.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }
}
