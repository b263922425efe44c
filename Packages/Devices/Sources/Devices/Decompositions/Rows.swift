// Operations along rows, or dim 1 of three, for devices without their own kernels.

extension Backend {
  public func softmax(_ x: StridedView, logarithm: Bool, into y: StridedView) {
    guard x.layout.numel > 0 else { return }
    let x = x.widened
    let shifted = x - x.reduced(.maximum, 1)
    let exponentials = shifted.unary(.exp)
    let sum = exponentials.reduced(.sum, 1)
    convert(logarithm ? shifted - sum.unary(.log) : exponentials / sum, into: y)
  }

  public func softmaxGradients(
    _ gradient: StridedView, _ y: StridedView, logarithm: Bool, into dx: StridedView
  ) {
    guard y.layout.numel > 0 else { return }
    let (g, y) = (gradient.widened, y.widened)
    let total = (logarithm ? g : g * y).reduced(.sum, 1)
    convert(logarithm ? g - y.unary(.exp) * total : y * (g - total), into: dx)
  }

  public func first(
    _ count: Int, _ x: StridedView, descending: Bool, into places: StridedView
  ) {
    convert(order(x, descending: descending).part(1, 0, count), into: places.rows)
  }

  public func nth(_ rank: Int, _ x: StridedView, prefersNaN: Bool, into places: StridedView) {
    let middle = order(x, descending: false).part(1, rank, 1)
    let column = places.shaped(middle.layout.shape)
    guard prefersNaN else { return convert(middle, into: column) }
    let isNaN = x.rows.test(.isnan).converted(to: .uint8)
    let hasNaN = isNaN.reduced(.maximum, 1).converted(to: .bool)
    convert(hasNaN.select(isNaN.reduced(.indexOfMaximum, 1), middle), into: column)
  }

  private func order(_ x: StridedView, descending: Bool) -> StridedView {
    let places = StridedView(
      empty: x.rows.layout.contiguous, dtype: .int64, device: x.storage.device)
    sort(x, descending: descending, into: places)
    return places
  }

  public func normalize(
    _ x: StridedView, weight: StridedView?, bias: StridedView?, center: Bool, eps: Double,
    into y: StridedView, means: StridedView, factors: StridedView
  ) {
    guard x.layout.numel > 0 else { return }
    let x = x.rows.converted(to: .float64)
    let size = Double(x.layout.shape[1])
    let mean = center ? x.reduced(.sum, 1, divisor: size) : StridedView(number: 0, .float64)
    let centered = x - mean
    let variance = (centered * centered).reduced(.sum, 1, divisor: size)
    let factor = (variance + StridedView(number: eps, .float64)).unary(.rsqrt)
    var result = centered * factor
    if let weight { result = result * weight.converted(to: .float64) }
    if let bias { result = result + bias.converted(to: .float64) }
    convert(result, into: y.rows)
    let column = factor.layout.shape
    convert(mean.broadcast(to: column), into: means.shaped(column))
    convert(factor, into: factors.shaped(column))
  }

  public func normalizeGradients(
    _ gradient: StridedView, _ x: StridedView, weight: StridedView?, center: Bool,
    means: StridedView, factors: StridedView, into dx: StridedView, ofWeight: StridedView?,
    ofBias: StridedView?
  ) {
    for sum in [ofWeight, ofBias] { sum?.fill(0) }
    guard x.layout.numel > 0 else { return }
    let (g, x) = (gradient.rows.converted(to: .float64), x.rows.converted(to: .float64))
    let (column, size) = ([x.layout.shape[0], 1], Double(x.layout.shape[1]))
    let (mean, factor) = (means.shaped(column), factors.shaped(column))
    let z = (center ? x - mean : x) * factor
    let h = weight.map { g * $0.converted(to: .float64) } ?? g
    var along = h - z * (h * z).reduced(.sum, 1, divisor: size)
    if center { along = along - h.reduced(.sum, 1, divisor: size) }
    convert(along * factor, into: dx.rows)
    if let ofWeight { convert((g * z).reduced(.sum, 0)[0], into: ofWeight) }
    if let ofBias { convert(g.reduced(.sum, 0)[0], into: ofBias) }
  }

  public func crossEntropy(
    _ x: StridedView, target: StridedView, ignored: Int, into losses: StridedView,
    totals: StridedView, invalid: (Int) -> Never
  ) {
    guard x.layout.numel > 0 else { return }
    let x = x.rows.widened
    let column = [x.layout.shape[0], 1]
    let largest = x.reduced(.maximum, 1)
    let total = largest + (x - largest).unary(.exp).reduced(.sum, 1).unary(.log)
    let isIgnored = target.shaped(column).isIgnored(ignored)
    let place = isIgnored.select(StridedView(number: 0, .int64), target.shaped(column))
    let picked = StridedView(empty: total.layout, dtype: x.dtype, device: x.storage.device)
    gather(x, dim: 1, index: place, into: picked, invalid: invalid)
    convert(total, into: totals.shaped(column))
    convert(
      isIgnored.select(StridedView(number: 0, x.dtype), total - picked),
      into: losses.shaped(column))
  }

  public func crossEntropyGradients(
    _ gradient: StridedView, _ x: StridedView, target: StridedView, ignored: Int,
    totals: StridedView, into dx: StridedView
  ) {
    guard x.layout.numel > 0 else { return }
    let x = x.rows.widened
    let column = [x.layout.shape[0], 1]
    let (target, total) = (target.shaped(column), totals.shaped(column).converted(to: x.dtype))
    let classes = StridedView(Array(0..<x.layout.shape[1]), device: x.storage.device)
    let isTarget = classes.compare(.equal, target)
    let zero = StridedView(number: 0, x.dtype)
    let softmax = (x - total).unary(.exp)
    let difference = softmax - isTarget.select(StridedView(number: 1, x.dtype), zero)
    let product = difference * gradient.shaped(column).converted(to: x.dtype)
    convert(target.isIgnored(ignored).select(zero, product), into: dx.rows)
  }

  public func scan(_ reduction: Reduction, _ x: StridedView, into y: StridedView) {
    guard x.layout.numel > 0 else { return }
    let wide = x.converted(to: x.dtype.isFloatingPoint ? .float64 : x.dtype)
    var running = wide.part(1, 0, 1)
    for place in 0..<wide.layout.shape[1] {
      if place > 0 {
        running = running.binary(reduction == .sum ? .add : .multiply, wide.part(1, place, 1))
      }
      convert(running, into: y.part(1, place, 1))
    }
  }

  public func countTrue(_ x: StridedView, into count: StridedView) {
    count.fill(0)
    guard x.layout.numel > 0 else { return }
    convert(x.shaped([x.layout.numel]).converted(to: .int64).reduced(.sum, 0)[0], into: count)
  }
}

extension StridedView {
  /// Whether each target is the ignored index.
  fileprivate func isIgnored(_ ignored: Int) -> StridedView {
    compare(.equal, StridedView([ignored], device: .cpu)[0])
  }
}
