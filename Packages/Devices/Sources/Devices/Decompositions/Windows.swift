// Windows over images, and convolutions composed from them, for devices without their own kernels.

extension Backend {
  public func im2col(_ image: StridedView, _ windows: Windows, into columns: StridedView) {
    guard columns.layout.numel > 0 else { return }
    convert(
      windows.view(of: windows.padded(image, with: 0)),
      into: columns.shaped(windows.shape(of: image)))
  }

  public func col2im(_ columns: StridedView, _ windows: Windows, into image: StridedView) {
    let columns = columns.shaped(windows.shape(of: image)).widened
    let sum = windows.padded(
      StridedView(empty: image.layout, dtype: columns.dtype, device: image.storage.device),
      with: nil)
    let targets = windows.view(of: sum)
    // At a given kernel position, no two windows have the same pixel.
    for down in 0..<windows.kernel_height {
      for right in 0..<windows.kernel_width {
        func at(_ view: StridedView) -> StridedView { view.part(1, down, 1).part(2, right, 1) }
        convert(at(targets) + at(columns), into: at(targets))
      }
    }
    convert(windows.inner(of: sum), into: windows.images(image))
  }

  public func argmaxOfWindows(
    _ image: StridedView, _ windows: Windows, into places: StridedView
  ) {
    guard places.layout.numel > 0 else { return }
    let (device, channels) = (image.storage.device, windows.images(image).layout.shape[0])
    func listed(_ image: StridedView, outside: Double) -> StridedView {
      let view = windows.view(of: windows.padded(image, with: outside))
      return view.permuted([0, 3, 4, 1, 2]).copied()
        .shaped([places.layout.numel, windows.kernel_height * windows.kernel_width])
    }
    let isInside = StridedView(empty: image.layout.contiguous, dtype: .bool, device: device)
    isInside.fill(1)
    let candidates = listed(image, outside: -.infinity)
    let largest = candidates.reduced(.maximum, 1)
    // A position outside of the image is never chosen, even if nothing inside is larger.
    let isLargest = largest.test(.isnan).select(
      candidates.test(.isnan), candidates.compare(.equal, largest))
    let chosen = isLargest.compare(.logicalAnd, listed(isInside, outside: 0))
      .reduced(.indexOfMaximum, 1)

    // The index of a pixel in the image: the offset in its window plus the start of the window.
    let (width, inWindow) = (
      windows.width, StridedView(empty: chosen.layout, dtype: .int64, device: device)
    )
    let offsets = (0..<windows.kernel_height).flatMap { down in
      (0..<windows.kernel_width).map { right in
        down * windows.dilation_height * width + right * windows.dilation_width
      }
    }
    gather(
      StridedView(offsets, device: device).shaped([offsets.count, 1]), dim: 0, index: chosen,
      into: inWindow
    ) { fatalError("maxPool: index \($0) is not in a window") }
    let starts = (0..<windows.out_height).flatMap { row in
      (0..<windows.out_width).map { column in
        (row * windows.stride_height - windows.padding_height) * width
          + column * windows.stride_width - windows.padding_width
      }
    }
    let shape = [channels, starts.count]
    convert(
      inWindow.shaped(shape) + StridedView(starts, device: device), into: places.shaped(shape))
  }

  public func convolve(
    _ x: StridedView, _ weight: StridedView, bias: StridedView?, _ windows: Windows, groups: Int,
    into y: StridedView
  ) {
    let sizes = ConvolutionSizes(windows, x, weight, groups)
    if let bias { spread(bias, over: y) }
    let result = y.widened
    matmul(
      sizes.matrices(of: weight.widened), sizes.columns(of: x.widened, by: self),
      into: sizes.outputs(result), accumulating: bias != nil)
    if result.dtype != y.dtype { convert(result, into: y) }
  }

  /// y[image, channel, …] = bias[channel].
  func spread(_ bias: StridedView, over y: StridedView) {
    convert(
      bias.contiguous().shaped([bias.layout.numel, 1, 1]).broadcast(to: y.layout.shape), into: y)
  }

  public func convolveGradientOfInput(
    _ gradient: StridedView, _ weight: StridedView, _ windows: Windows, groups: Int,
    into dx: StridedView
  ) {
    let sizes = ConvolutionSizes(windows, dx, weight, groups)
    let gradient = gradient.widened
    let columns = StridedView(
      empty: Layout(contiguous: sizes.columnShape), dtype: gradient.dtype,
      device: gradient.storage.device)
    matmul(
      sizes.matrices(of: weight.widened).transposed, sizes.outputs(gradient), into: columns,
      accumulating: false)
    col2im(columns, windows, into: dx)
  }

  public func convolveGradientOfWeight(
    _ x: StridedView, _ gradient: StridedView, _ windows: Windows, groups: Int,
    into dw: StridedView
  ) {
    dw.fill(0)
    let sizes = ConvolutionSizes(windows, x, dw, groups)
    guard sizes.images > 0, dw.layout.numel > 0 else { return }
    let x = x.widened
    let parts = StridedView(
      empty: Layout(contiguous: [sizes.images] + sizes.weightShape), dtype: x.dtype,
      device: x.storage.device)
    matmul(
      sizes.outputs(gradient.widened), sizes.columns(of: x, by: self).transposed, into: parts,
      accumulating: false)
    convert(parts.reduced(.sum, 0)[0], into: dw.shaped(sizes.weightShape))
  }
}

/// The sizes of a convolution, as one matrix product for each image and group of channels.
private struct ConvolutionSizes {
  let windows: Windows
  let (images, groups): (Int, Int)
  /// [groups, output channels of a group, elements of a window].
  let weightShape: [Int]

  init(_ windows: Windows, _ input: StridedView, _ weight: StridedView, _ groups: Int) {
    let shape = weight.layout.shape
    (self.windows, self.groups, images) = (windows, groups, input.layout.shape[0])
    weightShape = [groups, shape[0] / groups, shape[1...].reduce(1, *)]
  }

  private var positions: Int { windows.out_height * windows.out_width }
  var columnShape: [Int] { [images, groups, weightShape[2], positions] }

  func matrices(of weight: StridedView) -> StridedView {
    weight.shaped(weightShape).broadcast(to: [images] + weightShape)
  }

  func outputs(_ y: StridedView) -> StridedView {
    y.shaped([images, groups, weightShape[1], positions])
  }

  func columns(of x: StridedView, by backend: some Backend) -> StridedView {
    let columns = StridedView(
      empty: Layout(contiguous: columnShape), dtype: x.dtype, device: x.storage.device)
    backend.im2col(x, windows, into: columns)
    return columns
  }
}

extension Windows {
  /// The images as [channels, height, width], with all leading dims merged.
  fileprivate func images(_ image: StridedView) -> StridedView {
    image.shaped([image.layout.numel / max(height * width, 1), height, width])
  }

  /// The images padded with a number, and extended to all that the windows cover; all zeros,
  /// without the images' own elements, if the number is nil.
  fileprivate func padded(_ image: StridedView, with number: Double?) -> StridedView {
    func size(_ own: Int, _ padding: Int, _ count: Int, _ stride: Int, _ reach: Int) -> Int {
      max(own + 2 * padding, (count - 1) * stride + reach + 1)
    }
    let images = images(image)
    let result = StridedView(
      empty: Layout(contiguous: [
        images.layout.shape[0],
        size(
          height, padding_height, out_height, stride_height, dilation_height * (kernel_height - 1)),
        size(width, padding_width, out_width, stride_width, dilation_width * (kernel_width - 1)),
      ]), dtype: image.dtype, device: image.storage.device)
    result.fill(number ?? 0)
    if number != nil { image.storage.device.backend.convert(images, into: inner(of: result)) }
    return result
  }

  /// The images within the result of ``padded(_:with:)``.
  fileprivate func inner(of padded: StridedView) -> StridedView {
    padded.part(1, padding_height, height).part(2, padding_width, width)
  }

  /// All windows over padded images: [channels, kernel height, kernel width, out height, out
  /// width].
  fileprivate func view(of padded: StridedView) -> StridedView {
    let (row, channels) = (padded.layout.strides[1], padded.layout.shape[0])
    return padded.with(
      Layout(
        shape: [channels, kernel_height, kernel_width, out_height, out_width],
        strides: [
          padded.layout.strides[0], dilation_height * row, dilation_width, stride_height * row,
          stride_width,
        ], offset: padded.layout.offset))
  }

  /// The shape of the images' columns.
  fileprivate func shape(of image: StridedView) -> [Int] {
    [images(image).layout.shape[0], kernel_height, kernel_width, out_height, out_width]
  }
}
