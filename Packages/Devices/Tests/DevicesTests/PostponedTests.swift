import Testing

@testable import Devices

/// Other threads read what this one has postponed.
@Test func postponedOperationsRunBeforeWorkIsShared() {
  let backend = CPUBackend()
  let x = StridedView(empty: Layout(contiguous: [16_384]), dtype: .float32, device: .cpu)
  let y = StridedView(empty: x.layout, dtype: .float32, device: .cpu)
  let threads = numThreads
  defer { numThreads = threads }
  numThreads = 4
  for round in 1...200 {
    x.fill(Double(round))
    y.fill(0)
    var sums = [Float](repeating: 0, count: 4)
    fused {
      backend.unary(.negate, x, 0, 0, into: y)
      sums.withUnsafeMutableBufferPointer { sums in
        let sums = sums.baseAddress!
        shared(count: 4, grain: 1) { range in
          for place in range.reversed() {
            sums[place] = y.ownPointer.load(fromByteOffset: 4 * place, as: Float.self)
          }
        }
      }
    }
    #expect(sums == [Float](repeating: -Float(round), count: 4))
  }
}
