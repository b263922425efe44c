import Tensors
import Testing

/// Sorting and selection beside what Swift's stable sort finds, for each dtype.
@Suite(.serialized) struct OrderTests {
  private static let dtypes: [DType] = [
    .bool, .uint8, .int8, .int16, .int32, .int64, .float16, .bfloat16, .float32, .float64,
  ]

  /// Rows with ties, extremes, zeros of both signs and NaN, short and longer than a radix sort's
  /// smallest.
  private static func rows(_ dtype: DType, _ length: Int) -> [[Double]] {
    let generator = Generator(seed: UInt64(length))
    let limit: Double =
      switch dtype {
      case .bool: 1
      case .uint8: 255
      case .int8: 127
      default: 30_000
      }
    return (0..<3).map { row in
      let drawn = Tensor.rand([length], dtype: .float64, generator: generator)
      let wide: [Double] = drawn.scalars()
      return wide.map { x in
        if dtype == .bool { return x < 0.5 ? 0 : 1 }
        let isSigned = dtype != .uint8
        // The second row has few different values.
        let scaled = row == 1 ? (x * 5).rounded(.down) : x * limit
        let signed = isSigned ? scaled - (row == 1 ? 2 : limit / 2) : scaled
        guard dtype.isFloatingPoint else { return signed.rounded(.down) }
        return row == 2 && x < 0.1 ? .nan : signed == 0 ? -0.0 : signed
      }
    }
  }

  private static func isBefore(_ a: Double, _ b: Double) -> Bool {
    a < b || (!a.isNaN && b.isNaN)
  }

  @Test(arguments: dtypes, [1, 40, 47, 300, 5000])
  func ordersAreStable(_ dtype: DType, _ length: Int) throws {
    let x = Tensor(Self.rows(dtype, length)).to(dtype)
    // What the elements became.
    let rows: [[Double]] = x.to(.float64).tolist()
    let rising = rows.map { row in
      row.indices.sorted { a, b in
        Self.isBefore(row[a], row[b]) || (!Self.isBefore(row[b], row[a]) && a < b)
      }
    }
    let falling = rows.map { row in
      row.indices.sorted { a, b in
        Self.isBefore(row[b], row[a]) || (!Self.isBefore(row[a], row[b]) && a < b)
      }
    }
    #expect(x.argsort().tolist() == rising)
    #expect(x.argsort(descending: true).tolist() == falling)
    #expect(x.T.argsort(dim: 0).T.tolist() == rising)
    for count in Set([1, length / 3, length]) where count > 0 {
      let indices: [[Int]] = x.topk(count).indices.tolist()
      #expect(indices == falling.map { Array($0.prefix(count)) })
      let least: [[Int]] = x.topk(count, largest: false).indices.tolist()
      #expect(least == rising.map { Array($0.prefix(count)) })
      let last: [Int] = x.kthvalue(count).indices.tolist()
      #expect(last == rising.map { $0[count - 1] })
    }
    let medians: [Int] = x.median(dim: 1).indices.tolist()
    #expect(
      medians
        == zip(rows, rising).map { row, order in
          row.firstIndex(where: \.isNaN) ?? order[(length - 1) / 2]
        })
    let values: [[Double]] = x.sort().values.to(.float64).tolist()
    #expect(
      values.map { $0.map(\.bitPattern) }
        == zip(rows, rising).map { row, order in order.map { row[$0].bitPattern } })
  }

  @Test func uniqueValuesAndCounts() {
    let x = Tensor([3, 1, 3, -2, 1, 3])
    #expect(x.unique().equal(Tensor([-2, 1, 3])))
    let (values, inverse, counts) = x.uniqueWithCounts()
    #expect(values.equal(Tensor([-2, 1, 3])) && counts.equal(Tensor([1, 2, 3])))
    #expect(inverse.equal(Tensor([2, 1, 2, 0, 1, 2])))
    #expect(Tensor.zeros([0]).unique().shape == [0] && Tensor([5]).unique().equal(Tensor([5])))
  }

  @Test(arguments: [0, 1, 7, 8, 9, 63, 1000, 70_001])
  func trueElements(_ count: Int) {
    let x = Tensor.rand([count], generator: Generator(seed: 3)) .> 0.3
    let flags: [Bool] = x.tolist()
    #expect(x.countNonzero().item(as: Int.self) == flags.count { $0 })
    #expect(x.nonzero().shape == [flags.count { $0 }, 1])
    #expect(x.nonzero().flatten().tolist() == flags.indices.filter { flags[$0] })
  }

  @Test func nonzeroOfDims() {
    let x = Tensor([[0, 2, 0], [1, 0, 3]])
    #expect(x.nonzero().equal(Tensor([[0, 1], [1, 0], [1, 2]])))
    #expect(Tensor(4).nonzero().shape == [1, 0])
  }
}
