import CCUDA
import CUDAKernels

// Windows over images, and convolutions.

extension CUDABackend {
  func im2col(_ image: StridedView, _ windows: Windows, into columns: StridedView) {
    prepare("im2col", [image, columns])
    gpu.launch(
      kernel("im2col", in: "windows", image.dtype), over: columns.layout.numel, windows,
      channels(of: image, windows), columns.pointer, image.pointer)
  }

  func col2im(_ columns: StridedView, _ windows: Windows, into image: StridedView) {
    prepare("col2im", [columns, image])
    gpu.launch(
      kernel("col2im", in: "windows", image.dtype), over: image.layout.numel, windows,
      channels(of: image, windows), image.pointer, columns.pointer)
  }

  func argmaxOfWindows(_ image: StridedView, _ windows: Windows, into places: StridedView) {
    prepare("maxPool", [image, places])
    gpu.launch(
      kernel("argmax_of_windows", in: "windows", image.dtype), over: places.layout.numel, windows,
      channels(of: image, windows), places.pointer, image.pointer)
  }

  private func channels(of image: StridedView, _ windows: Windows) -> Int64 {
    Int64(image.layout.numel / max(windows.height * windows.width, 1))
  }

  func convolve(
    _ x: StridedView, _ weight: StridedView, bias: StridedView?, _ windows: Windows, groups: Int,
    into y: StridedView
  ) {
    if let bias { spread(bias, over: y) }
    prepare("convolve", [x, weight, y])
    var launch = ConvolutionLaunch(windows, x, weight, groups, left: x, right: weight, result: y)
    launch.accumulates = bias != nil
    gpu.launch(
      kernel("convolve", in: "convolution", x.dtype),
      blocks: groups * tiles(Int(launch.outputs)) * tiles(Int(launch.images) * launch.windowCount),
      launch)
  }

  func convolveGradientOfInput(
    _ gradient: StridedView, _ weight: StridedView, _ windows: Windows, groups: Int,
    into dx: StridedView
  ) {
    prepare("convolve", [gradient, weight, dx])
    let launch = ConvolutionLaunch(
      windows, dx, weight, groups, left: gradient, right: weight, result: dx)
    let pixels = windows.height * windows.width
    gpu.launch(
      kernel("convolve_gradient_of_input", in: "convolution", dx.dtype),
      blocks: groups * tiles(Int(launch.inputs)) * tiles(Int(launch.images) * pixels), launch)
  }

  func convolveGradientOfWeight(
    _ x: StridedView, _ gradient: StridedView, _ windows: Windows, groups: Int,
    into dw: StridedView
  ) {
    prepare("convolve", [x, gradient, dw])
    guard dw.layout.numel > 0 else { return }
    var launch = ConvolutionLaunch(windows, x, dw, groups, left: x, right: gradient, result: dw)
    let across = Int(launch.inputs) * windows.kernel_height * windows.kernel_width
    let blocks = groups * tiles(Int(launch.outputs)) * tiles(across)
    // The sums over all windows are long and the result is small, so the sums are split into parts.
    let length = Int(launch.images) * launch.windowCount
    let parts = max(1, min(length / 256, 4 * gpu.multiprocessorCount / max(blocks, 1), 64))
    let partial = empty([parts * dw.layout.numel], dw.dtype == .float64 ? .float64 : .float32)
    launch.partial = partial.pointer
    launch.parts = Int64(parts)
    gpu.launch(
      kernel("convolve_gradient_of_weight", in: "convolution", x.dtype), blocks: blocks,
      parts: parts,
      launch)
    gpu.launch(
      kernel("join_weight_parts", in: "convolution", x.dtype), over: dw.layout.numel,
      Int64(dw.layout.numel), Int64(parts), dw.pointer, partial.pointer)
  }
}

extension ConvolutionLaunch {
  fileprivate init(
    _ windows: Windows, _ input: StridedView, _ weight: StridedView, _ groups: Int,
    left: StridedView, right: StridedView, result: StridedView
  ) {
    self.init(
      windows: windows, images: Int64(input.layout.shape[0]), groups: Int64(groups),
      inputs: Int64(weight.layout.shape[1]), outputs: Int64(weight.layout.shape[0] / groups),
      left: left.pointer, right: right.pointer, result: result.pointer, partial: nil, parts: 1,
      accumulates: false)
  }

  fileprivate var windowCount: Int { windows.out_height * windows.out_width }
}
