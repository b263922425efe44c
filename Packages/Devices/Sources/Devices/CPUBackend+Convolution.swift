import CKernels
import COneDNN

// Convolutions with oneDNN, or if it is missing or slower, as products of matrices of columns.

extension CPUBackend {
  public func convolve(
    _ x: StridedView, _ weight: StridedView, bias: StridedView?, _ windows: Windows, groups: Int,
    into y: StridedView
  ) {
    let call = ConvolutionCall(
      kind: .result, left: x, right: weight, bias: bias, windows: windows,
      groups: groups, target: y)
    if y.dtype.isFloatingPoint, call.isFasterWithOneDNN, OneDNN.run(call) { return }
    guard !y.dtype.isHalf else {
      return withoutHalves([x, weight] + [bias].compactMap(\.self), into: y) {
        convolve(
          $0[0], $0[1], bias: $0.count > 2 ? $0[2] : nil, windows, groups: groups, into: $1)
      }
    }
    convolveColumns(x, weight, bias: bias, windows, groups: groups, into: y)
  }

  public func convolveGradientOfInput(
    _ gradient: StridedView, _ weight: StridedView, _ windows: Windows, groups: Int,
    into dx: StridedView
  ) {
    let call = ConvolutionCall(
      kind: .gradientOfInput, left: gradient, right: weight, windows: windows,
      groups: groups, target: dx)
    if call.isFasterWithOneDNN, OneDNN.run(call) { return }
    guard !dx.dtype.isHalf else {
      return withoutHalves([gradient, weight], into: dx) {
        convolveGradientOfInput($0[0], $0[1], windows, groups: groups, into: $1)
      }
    }
    convolveColumnsGradientOfInput(gradient, weight, windows, groups: groups, into: dx)
  }

  public func convolveGradientOfWeight(
    _ x: StridedView, _ gradient: StridedView, _ windows: Windows, groups: Int,
    into dw: StridedView
  ) {
    let call = ConvolutionCall(
      kind: .gradientOfWeight, left: x, right: gradient, windows: windows,
      groups: groups, target: dw)
    if call.isFasterWithOneDNN, OneDNN.run(call) { return }
    guard !dw.dtype.isHalf else {
      return withoutHalves([x, gradient], into: dw) {
        convolveGradientOfWeight($0[0], $0[1], windows, groups: groups, into: $1)
      }
    }
    convolveColumnsGradientOfWeight(x, gradient, windows, groups: groups, into: dw)
  }

  /// Calls `body` with the views; half-precision ones are converted to float32, and the result is
  /// rounded once.
  func withoutHalves(
    _ inputs: [StridedView], into y: StridedView, _ body: ([StridedView], StridedView) -> Void
  ) {
    guard y.dtype.isHalf else { return body(inputs, y) }
    let wide = StridedView(empty: y.layout, dtype: .float32, device: y.storage.device)
    body(inputs.map { $0.converted(to: .float32) }, wide)
    convert(wide, into: y)
  }
}
