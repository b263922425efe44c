import Tensors
import Testing

/// Random shapes, against a loop over all indices.
@Suite struct PropertyTests {
  private func sizes(_ count: Int, _ generator: Generator) -> [Int] {
    (0..<count).map { _ in Int(generator.next32() % 4) + 1 }
  }

  /// All indices of a shape, in row-major order.
  private func positions(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { heads, size in
      heads.flatMap { head in (0..<size).map { head + [$0] } }
    }
  }

  private func element(_ x: Tensor, _ position: [Int]) -> Double {
    let numbers: [Double] = x.scalars()
    return numbers[zip(position, x.shape).reduce(0) { $0 * $1.1 + $1.0 }]
  }

  @Test(arguments: 0..<40)
  func broadcasting(seed: UInt64) throws {
    let generator = Generator(seed: seed)
    let whole = sizes(Int(seed % 4) + 1, generator)
    // Each operand lacks some leading dims and repeats along some others.
    func operand() -> Tensor {
      let shape = whole.dropFirst(Int(generator.next32()) % whole.count).map {
        generator.next32() % 3 == 0 ? 1 : $0
      }
      return Tensor.randn(shape, dtype: .float64, generator: generator)
    }
    let (a, b) = (operand(), operand())
    let sum = a - b
    for position in positions(sum.shape) {
      func at(_ x: Tensor) -> Double {
        element(x, zip(position.suffix(x.ndim), x.shape).map { $1 == 1 ? 0 : $0 })
      }
      #expect(element(sum, position) == at(a) - at(b))
    }
  }

  @Test(arguments: 0..<40)
  func slicing(seed: UInt64) {
    let generator = Generator(seed: seed)
    let shape = sizes(2, generator).map { $0 + 2 }
    let x = Tensor.arange(shape[0] * shape[1]).reshape(shape)
    func bound(_ size: Int) -> Int? {
      let draw = Int(generator.next32() % UInt32(2 * size + 4)) - size - 2
      return generator.next32() % 4 == 0 ? nil : draw
    }
    let ranges = shape.map { (bound($0), bound($0), Int(generator.next32() % 3) + 1) }
    let part = x[
      .range(ranges[0].0, ranges[0].1, step: ranges[0].2),
      .range(ranges[1].0, ranges[1].1, step: ranges[1].2)]
    // As Python's slices: negative bounds count from the end, and bounds beyond the dim are
    // clamped.
    let chosen = zip(ranges, shape).map { range, size -> [Int] in
      func cut(_ place: Int) -> Int { min(max(place < 0 ? place + size : place, 0), size) }
      let (start, end) = (cut(range.0 ?? 0), cut(range.1 ?? size))
      return Array(stride(from: start, to: max(start, end), by: range.2))
    }
    let expected = chosen[0].flatMap { row in chosen[1].map { row * shape[1] + $0 } }
    #expect(part.shape == chosen.map(\.count) && part.scalars(as: Int.self) == expected)
    let index = Tensor(chosen[0].isEmpty ? [0] : chosen[0])
    #expect(x[index].equal(.stack(index.scalars(as: Int.self).map { x[$0] })))
  }

  @Test(arguments: 0..<30)
  func einsums(seed: UInt64) {
    let generator = Generator(seed: seed)
    let letters = Array("abcd")
    let extents = sizes(4, generator).map { min($0, 3) }
    // Two operands with some letters each, and a result with some of theirs.
    func some() -> [Int] {
      let chosen = letters.indices.filter { _ in generator.next32() % 2 == 0 }
      return chosen.isEmpty ? [0] : chosen
    }
    let (left, right) = (some(), some())
    let output = Set(left + right).sorted().filter { _ in generator.next32() % 2 == 0 }
    func name(_ places: [Int]) -> String { String(places.map { letters[$0] }) }
    let a = Tensor.randn(left.map { extents[$0] }, dtype: .float64, generator: generator)
    let b = Tensor.randn(right.map { extents[$0] }, dtype: .float64, generator: generator)
    let result = Tensor.einsum("\(name(left)),\(name(right))->\(name(output))", a, b)
    var expected = [[Int]: Double]()
    let used = Set(left + right).sorted()
    for position in positions(used.map { extents[$0] }) {
      func place(_ letter: Int) -> Int { position[used.firstIndex(of: letter)!] }
      expected[output.map(place), default: 0] +=
        element(a, left.map(place)) * element(b, right.map(place))
    }
    #expect(result.shape == output.map { extents[$0] })
    for (position, sum) in expected { #expect(abs(element(result, position) - sum) < 1e-12) }
  }
}
