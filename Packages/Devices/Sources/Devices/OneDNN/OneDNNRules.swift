import COneDNN

// Where oneDNN is faster than a product of BLAS, as measured on a processor with AVX-512. A call of
// oneDNN takes some microseconds more, and its kernels compute 16 channels at a time.

extension ConvolutionCall {
  /// Whether oneDNN is faster than a product with the columns.
  var isFasterWithOneDNN: Bool {
    let (wholeInputs, wholeOutputs) = (inputs % 16 == 0, outputs % 16 == 0)
    if groups > 1 {
      let isDepthwise = inputs == 1 && outputs == 1
      return isDepthwise
        ? multiplications >= 30_000
        : wholeInputs && wholeOutputs && multiplications >= 300_000
    }
    guard multiplications >= 300_000 else { return false }
    // The image itself has the columns of a single pixel.
    if places == 1 { return wholeInputs && wholeOutputs }
    return kind == .gradientOfInput
      ? inputs >= 8 : shareOfFullKernels(outputs) >= 0.75 && inputs * places >= 64
  }

  private func shareOfFullKernels(_ channels: Int) -> Double {
    Double(channels) / Double((channels + 15) / 16 * 16)
  }
}

extension GEMM {
  /// Whether oneDNN is faster than converting half-precision matrices to float32 and back.
  var isFasterWithOneDNN: Bool { n > 1 && m * n * k >= 200_000 }
}
