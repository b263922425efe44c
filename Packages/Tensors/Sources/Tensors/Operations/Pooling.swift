// Pooling: each window is reduced to one number.

extension Tensor {
  /// The largest element of each window over the last two dims: `torch.nn.functional.max_pool2d`.
  /// By default, the stride is the size of a window.
  public func maxPool2d(
    _ kernel: any Extent, stride: (any Extent)? = nil, padding: any Extent = 0,
    dilation: any Extent = 1
  ) -> Tensor {
    let step = (stride ?? kernel).along(2, "stride", of: "maxPool2d")
    let kernel = kernel.along(2, "kernel", of: "maxPool2d")
    let padding = padding.along(2, "padding", of: "maxPool2d")
    let dilation = dilation.along(2, "dilation", of: "maxPool2d")
    guard zip(kernel, padding).allSatisfy({ $1 * 2 <= $0 }) else {
      fatalError("maxPool2d: padding \(padding) is more than half of the window \(kernel)")
    }
    let windows = windows(
      kernel, step, padding, dilation, takesIntegers: true, "maxPool2d")
    let shape = Array(shape.dropLast(2))
    let places = Tensor(
      empty: shape + [windows.out_height * windows.out_width], dtype: .int64, device: device)
    backend.argmaxOfWindows(view.contiguous(), windows, into: places.view)
    return flatten(startDim: ndim - 2).gather(dim: -1, index: places)
      .reshape(shape + [windows.out_height, windows.out_width])
  }

  /// The mean of each window over the last two dims: `torch.nn.functional.avg_pool2d`. The zeros of
  /// the padding count, unless `countIncludePad` is false. For int64, it is rounded towards 0.
  public func avgPool2d(
    _ kernel: any Extent, stride: (any Extent)? = nil, padding: any Extent = 0,
    countIncludePad: Bool = true
  ) -> Tensor {
    let step = (stride ?? kernel).along(2, "stride", of: "avgPool2d")
    let kernel = kernel.along(2, "kernel", of: "avgPool2d")
    let padding = padding.along(2, "padding", of: "avgPool2d")
    guard zip(kernel, padding).allSatisfy({ $1 * 2 <= $0 }) else {
      fatalError("avgPool2d: padding \(padding) is more than half of the window \(kernel)")
    }
    let windows = windows(
      kernel, step, padding, [1, 1], takesIntegers: dtype == .int64, "avgPool2d")
    // The elements of a window as one dim.
    func places(_ x: Tensor) -> Tensor {
      x.im2col(windows).flatten(startDim: ndim - 2, endDim: ndim - 1)
    }
    func count(_ x: Tensor) -> Tensor {
      noGrad { places(.onesLike(x)).sum(dim: -3) }
    }
    if !dtype.isFloatingPoint {
      let sum = places(self).sum(dim: -3)
      let divisor = countIncludePad ? Tensor(kernel.reduce(1, *)) : count(self)
      return sum.sign() * sum.abs().floorDivide(divisor)
    }
    if countIncludePad || padding == [0, 0] { return places(self).mean(dim: -3) }
    return roundedOnce(self) { x in
      places(x).sum(dim: -3) / count(x)
    }
  }

  private func windows(
    _ kernel: [Int], _ stride: [Int], _ padding: [Int], _ dilation: [Int],
    takesIntegers: Bool = false, _ name: String
  ) -> Windows {
    if dtype == .bool || !takesIntegers { requireFloatingPoint(name) }
    guard ndim >= 3 else {
      fatalError("\(name): input \(shape); expected [batch, channels, height, width] or no batch")
    }
    let settings = WindowSettings(
      kernel: kernel, stride: stride, padding: padding, dilation: dilation)
    return settings.windows(over: Array(shape.suffix(2)), for: name)
  }

  /// ``maxPool2d(_:stride:padding:dilation:)`` over the last dim: `torch.nn.functional.max_pool1d`.
  public func maxPool1d(
    _ kernel: Int, stride: Int? = nil, padding: Int = 0, dilation: Int = 1
  ) -> Tensor {
    guard (2...3).contains(ndim), !shape.suffix(2).contains(0) else {
      fatalError(
        "maxPool1d: input \(shape); expected [batch, channels, length] or [channels, length], where only "
          + "the batch may be empty")
    }
    return unsqueeze(-2).maxPool2d(
      [1, kernel], stride: [1, stride ?? kernel], padding: [0, padding], dilation: [1, dilation]
    ).squeeze(-2)
  }

  /// ``avgPool2d(_:stride:padding:countIncludePad:)`` over the last dim:
  /// `torch.nn.functional.avg_pool1d`.
  public func avgPool1d(
    _ kernel: Int, stride: Int? = nil, padding: Int = 0, countIncludePad: Bool = true
  ) -> Tensor {
    unsqueeze(-2).avgPool2d(
      [1, kernel], stride: [1, stride ?? kernel], padding: [0, padding],
      countIncludePad: countIncludePad
    ).squeeze(-2)
  }

  /// Average pooling of the last two dims to a given output size:
  /// `torch.nn.functional.adaptive_avg_pool2d`.
  public func adaptiveAvgPool2d(_ size: any Extent) -> Tensor {
    adaptive(size.along(2, "size", of: "adaptiveAvgPool2d"), "adaptiveAvgPool2d") {
      $0.mean(dims: [-2, -1])
    }
  }

  /// Max pooling of the last two dims to a given output size:
  /// `torch.nn.functional.adaptive_max_pool2d`.
  public func adaptiveMaxPool2d(_ size: any Extent) -> Tensor {
    adaptive(size.along(2, "size", of: "adaptiveMaxPool2d"), "adaptiveMaxPool2d") {
      $0.flatten(startDim: -2).max(dim: -1).values
    }
  }

  /// Average pooling of the last dim to a given output size:
  /// `torch.nn.functional.adaptive_avg_pool1d`.
  ///
  /// - Parameter size: the size of the output.
  public func adaptiveAvgPool1d(_ size: Int) -> Tensor {
    unsqueeze(-2).adaptiveAvgPool2d([1, size]).squeeze(-2)
  }

  /// Max pooling of the last dim to a given output size: `torch.nn.functional.adaptive_max_pool1d`.
  ///
  /// - Parameter size: the size of the output.
  public func adaptiveMaxPool1d(_ size: Int) -> Tensor {
    unsqueeze(-2).adaptiveMaxPool2d([1, size]).squeeze(-2)
  }

  private func adaptive(
    _ size: [Int], _ name: String, _ reduce: (Tensor) -> Tensor
  ) -> Tensor {
    requireFloatingPoint(name)
    guard ndim >= 3, size.count == 2, size.allSatisfy({ $0 > 0 }) else {
      fatalError("\(name): input \(shape), output \(size); expected at least 3 dims, and 2 sizes")
    }
    let (height, width) = (shape[ndim - 2], shape[ndim - 1])
    // Window i of n over a length begins at ⌊i·length / n⌋ and ends at ⌈(i+1)·length / n⌉.
    func bounds(_ index: Int, _ count: Int, _ length: Int) -> (Int, Int) {
      let start = index * length / count
      return (start, ((index + 1) * length + count - 1) / count - start)
    }
    if size == [1, 1] { return reduce(self).unsqueeze(-1).unsqueeze(-1) }
    let rows = (0..<size[0]).map { i -> Tensor in
      let (top, tall) = bounds(i, size[0], height)
      let band = narrow(-2, start: top, length: tall)
      let cells = (0..<size[1]).map { j -> Tensor in
        let (left, wide) = bounds(j, size[1], width)
        return reduce(band.narrow(-1, start: left, length: wide))
      }
      return .stack(cells, dim: -1)
    }
    return .stack(rows, dim: -2)
  }
}
