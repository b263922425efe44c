import Devices
import Foundation
import Testing

private let backend = CPUBackend()

private func view(_ scalars: [Float], _ shape: [Int]) -> StridedView {
  let view = StridedView(empty: Layout(contiguous: shape), dtype: .float32, device: .cpu)
  scalars.withUnsafeBytes {
    backend.copy(from: $0.baseAddress!, to: view.pointer, byteCount: $0.count)
  }
  return view
}

private func floats(_ view: StridedView) -> [Float] {
  let source = view.contiguous()
  return (0..<source.layout.numel).map {
    source.pointer.load(fromByteOffset: 4 * $0, as: Float.self)
  }
}

@Test func elementwiseOverAnyStrides() {
  let a = view((0..<12).map(Float.init), [3, 4])
  let transposed = a.with(Layout(shape: [4, 3], strides: [1, 4], offset: 0))
  let row = view([10, 20, 30], [3])
  let y = StridedView(empty: Layout(contiguous: [4, 3]), dtype: .float32, device: .cpu)
  backend.binary(.add, transposed, row.with(row.layout.broadcast(to: [4, 3])!), into: y)
  #expect(floats(y) == [10, 24, 38, 11, 25, 39, 12, 26, 40, 13, 27, 41])
}

/// Enough elements for several threads, in one row and in many.
@Test(arguments: [[200_000], [400, 500], [50_000, 4]])
func largeArraysAreSharedAmongThreads(shape: [Int]) {
  let count = shape.reduce(1, *)
  let x = view((0..<count).map { Float($0 % 1000) }, shape)
  let y = StridedView(empty: x.layout, dtype: .float32, device: .cpu)
  backend.unary(.square, x, 0, 0, into: y)
  let expected: [Float] = floats(x).map { $0 * $0 }
  #expect(floats(y) == expected)
}

/// Rows so long that they are read in tiles if an operand is transposed.
@Test(arguments: [[3, 700, 5], [600, 300], [2, 257, 256], [1, 900, 1]])
func transposedOperands(shape: [Int]) {
  let count = shape.reduce(1, *)
  let x = view((0..<count).map(Float.init), shape)
  let (last, before) = (shape.count - 1, shape.count - 2)
  var (sizes, strides) = (x.layout.shape, x.layout.strides)
  sizes.swapAt(before, last)
  strides.swapAt(before, last)
  let across = x.with(Layout(shape: sizes, strides: strides, offset: 0))
  let copy = StridedView(empty: Layout(contiguous: sizes), dtype: .float32, device: .cpu)
  backend.convert(across, into: copy)
  let sums = StridedView(empty: Layout(contiguous: sizes), dtype: .float32, device: .cpu)
  backend.binary(.add, across, copy, into: sums)
  var expected: [Float] = []
  for outer in 0..<count / (shape[last] * shape[before]) {
    for column in 0..<shape[last] {
      for row in 0..<shape[before] {
        expected.append(Float((outer * shape[before] + row) * shape[last] + column))
      }
    }
  }
  #expect(floats(copy) == expected && floats(sums) == expected.map { 2 * $0 })
}

@Test func reductionsOverAnyDims() {
  let x = view((0..<24).map(Float.init), [2, 3, 4])
  func reduced(_ operation: Reduction, _ dims: [Bool], to shape: [Int]) -> [Float] {
    let y = StridedView(empty: Layout(contiguous: shape), dtype: .float32, device: .cpu)
    backend.reduce(operation, x, over: dims, into: y)
    return floats(y)
  }
  #expect(reduced(.sum, [true, true, true], to: []) == [276])
  let halves: [Float] = [12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34]
  #expect(reduced(.sum, [true, false, false], to: [3, 4]) == halves)
  #expect(reduced(.sum, [false, true, false], to: [2, 4]) == [12, 15, 18, 21, 48, 51, 54, 57])
  #expect(reduced(.sum, [false, false, true], to: [2, 3]) == [6, 22, 38, 54, 70, 86])
  #expect(reduced(.sum, [true, false, true], to: [3]) == [60, 92, 124])
  #expect(reduced(.maximum, [false, true, true], to: [2]) == [11, 23])
}

/// A total does not depend on the number of threads.
@Test func largeTotals() {
  let count = 5_000_003
  let x = view((0..<count).map { Float($0 % 7) - 3 }, [count])
  let y = StridedView(empty: Layout(contiguous: []), dtype: .float32, device: .cpu)
  let sum = (0..<count).reduce(0.0) { $0 + Double($1 % 7) - 3 }
  backend.reduce(.sum, x, over: [true], into: y)
  #expect(floats(y) == [Float(sum)])
  backend.reduce(.minimum, x, over: [true], into: y)
  #expect(floats(y) == [-3])
}

@Test func sumsKeepTheirPrecision() {
  let count = 1 << 20
  let x = view([Float](repeating: 0.1, count: count), [count])
  let y = StridedView(empty: Layout(contiguous: []), dtype: .float32, device: .cpu)
  backend.reduce(.sum, x, over: [true], into: y)
  #expect(floats(y) == [Float(Double(Float(0.1)) * Double(count))])
}

@Test(arguments: [false, true], [false, true])
func matrixProductsOfAnyLayout(transposeA: Bool, transposeB: Bool) {
  let (m, n, k) = (5, 7, 3)
  func matrix(_ rows: Int, _ columns: Int, _ isTransposed: Bool, _ seed: Int) -> StridedView {
    let scalars = (0..<rows * columns).map { Float(($0 * 7 + seed) % 11) - 5 }
    if !isTransposed { return view(scalars, [rows, columns]) }
    return view(scalars, [columns, rows]).with(
      Layout(shape: [rows, columns], strides: [1, rows], offset: 0))
  }
  let a = matrix(m, k, transposeA, 1)
  let b = matrix(k, n, transposeB, 2)
  let c = view([Float](repeating: 1, count: m * n), [m, n])
  let (x, y) = (floats(a), floats(b))
  var expected = [Float](repeating: 1, count: m * n)
  for (i, j, p) in product(m, n, k) { expected[i * n + j] += x[i * k + p] * y[p * n + j] }
  backend.matmul(a, b, into: c, accumulating: true)
  #expect(floats(c) == expected)
}

private func product(_ m: Int, _ n: Int, _ k: Int) -> [(Int, Int, Int)] {
  (0..<m).flatMap { i in (0..<n).flatMap { j in (0..<k).map { p in (i, j, p) } } }
}

@Test func generatorsGiveTheSameNumbersForTheSameSeed() {
  let (a, b) = (Generator(seed: 5), Generator(seed: 5))
  for _ in 0..<2000 { #expect(a.next32() == b.next32()) }
  a.manualSeed(5)
  #expect(a.next64() == Generator(seed: 5).next64())
}

/// The 10,000th output for the seed 5489, by which C++'s std::mt19937 is checked.
@Test func mersenneTwister() {
  let generator = Generator(seed: 5489)
  for _ in 1..<10_000 { _ = generator.next32() }
  #expect(generator.next32() == 4_123_659_995)
}

@Test func threadsAreCounted() async {
  let before = numThreads
  defer { numThreads = before }
  numThreads = 3
  #expect(numThreads == 3)
  let x = view((0..<100_000).map { Float($0 % 8) }, [100_000])
  let y = StridedView(empty: x.layout, dtype: .float32, device: .cpu)
  backend.binary(.add, x, x, into: y)
  #expect(floats(y).reduce(0, +) == 700_000)

  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    numThreads = 0
  }
  let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  #expect(message.contains("numThreads: 0; it must be from 1 to 256"))
}
