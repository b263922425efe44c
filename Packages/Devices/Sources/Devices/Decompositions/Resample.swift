// Resampling composed from gathers, for devices without their own kernel.

extension Backend {
  public func resample(
    _ x: StridedView, rows: Resampling, columns: Resampling, into y: StridedView
  ) {
    guard y.layout.numel > 0 else { return }
    convert(rows.apply(to: columns.apply(to: x.widened, 2), 1), into: y)
  }
}

extension Resampling {
  fileprivate func apply(to x: StridedView, _ dim: Int) -> StridedView {
    if taps == 0 { return x }
    let device = x.storage.device
    var (shape, column) = (x.layout.shape, [1, 1, 1])
    shape[dim] = count
    column[dim] = count
    func along(_ numbers: StridedView) -> StridedView { numbers.shaped(column) }
    func term(_ tap: Int) -> StridedView {
      let range = tap * count..<(tap + 1) * count
      let places = self.places[range].map { Int($0) }
      let index = along(StridedView(places.map { min($0, size - 1) }, device: device))
      let elements = StridedView(
        empty: Layout(contiguous: shape), dtype: x.dtype, device: device)
      device.backend.gather(x, dim: dim, index: index.broadcast(to: shape), into: elements) {
        fatalError("resample: index \($0) is out of range")
      }
      let weights = StridedView(
        empty: Layout(contiguous: [count]), dtype: .float64, device: device)
      Array(self.weights[range]).withUnsafeBytes(weights.copyIn)
      let product = elements * along(weights.converted(to: x.dtype))
      if !places.contains(size) { return product }
      // 0 times an infinite element would be NaN.
      let isThere = along(StridedView(places.map { $0 < size ? 1 : 0 }, device: device))
      return isThere.converted(to: .bool).select(product, StridedView(number: 0, x.dtype))
    }
    return (1..<taps).reduce(term(0)) { $0 + term($1) }
  }
}
