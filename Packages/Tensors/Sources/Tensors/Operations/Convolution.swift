// Sliding windows over images, and convolutions.

/// The settings of windows along one or two dims.
struct WindowSettings {
  var kernel: [Int]
  var stride: [Int]
  var padding: [Int]
  var dilation: [Int]

  /// Checks the settings for an input whose last dims are `size`, and computes the number of
  /// windows.
  func windows(over size: [Int], for operation: String) -> Windows {
    func outputs(_ dim: Int) -> Int {
      let reach = dilation[dim] * (kernel[dim] - 1) + 1
      let count = (size[dim] + 2 * padding[dim] - reach) / stride[dim] + 1
      guard size[dim] + 2 * padding[dim] >= reach else {
        fatalError(
          "\(operation): a window of \(kernel) with dilation \(dilation) is larger than the input of "
            + "\(size) with padding \(padding)")
      }
      return count
    }
    for dim in kernel.indices {
      guard kernel[dim] > 0, stride[dim] > 0, padding[dim] >= 0, dilation[dim] > 0 else {
        fatalError(
          "\(operation): kernel \(kernel), stride \(stride), padding \(padding), dilation \(dilation); "
            + "padding must be 0 or more, the others 1 or more")
      }
    }
    return Windows(
      height: size[0], width: size[1], kernel_height: kernel[0], kernel_width: kernel[1],
      stride_height: stride[0], stride_width: stride[1], padding_height: padding[0],
      padding_width: padding[1], dilation_height: dilation[0], dilation_width: dilation[1],
      out_height: outputs(0), out_width: outputs(1))
  }
}

extension Operator {
  static let im2col = Operator(
    "im2col",
    .wrt(.x, "g, added up over overlapping windows") { (g, windows: Windows) in
      g.col2im(windows)
    }.forward { (t, windows: Windows) in t.im2col(windows) })
  static let col2im = Operator(
    "col2im",
    .wrt(.x, "g, read at each window") { (g, windows: Windows) in
      g.im2col(windows)
    }.forward { (t, windows: Windows) in t.col2im(windows) })
  fileprivate static let conv2d = Operator(
    "conv2d", precision: .lowered,
    .wrt(.x, saving: .y, "∂L/∂x = g through the transposed convolution") {
      (g, w, a: Convolution) in
      a.gradientOfInput(g, w)
    }.ofOneOperation().forward { (t, w, a: Convolution) in a.apply(t, w) },
    .wrt(.y, saving: .x, "∂L/∂w = g convolved with x") { (g, x, a: Convolution) in
      a.gradientOfWeight(x, g)
    }.ofOneOperation().forward { (t, x, a: Convolution) in a.apply(x, t) },
    .wrt(.z, "∂L/∂b = g, summed over all but channels") { g in g.sum(dims: [0, 2, 3]) }
      .forward { t in t.reshape([-1, 1, 1]) })
  fileprivate static let convTranspose2d = Operator(
    "convTranspose2d", precision: .lowered,
    .wrt(.x, saving: .y, "∂L/∂x = g through the convolution") { (g, w, a: Convolution) in
      a.apply(g, w)
    }.ofOneOperation().forward { (t, w, a: Convolution) in a.gradientOfInput(t, w) },
    .wrt(.y, saving: .x, "∂L/∂w = x convolved with g") { (g, x, a: Convolution) in
      a.gradientOfWeight(g, x)
    }.ofOneOperation().forward { (t, x, a: Convolution) in a.gradientOfInput(x, t) })
  fileprivate static let conv2dOfWeight = Operator(
    "conv2dOfWeight",
    .wrt(.x, saving: .y, "∂L/∂x = g through the transposed convolution") {
      (g, y, a: Convolution) in
      a.gradientOfInput(y, g)
    }.ofOneOperation().forward { (t, y, a: Convolution) in a.gradientOfWeight(t, y) },
    .wrt(.y, saving: .x, "∂L/∂w = g convolved with x") { (g, x, a: Convolution) in
      a.apply(x, g)
    }.ofOneOperation().forward { (t, x, a: Convolution) in a.gradientOfWeight(x, t) })
}

extension Tensor {
  /// The windows over the last two dims, of shape […, kernel height, kernel width, out height, out
  /// width]: `torch.nn.functional.unfold`.
  func im2col(_ windows: Windows) -> Tensor {
    let shape =
      shape.dropLast(2) + [
        windows.kernel_height, windows.kernel_width, windows.out_height, windows.out_width,
      ]
    let result = Tensor(empty: Array(shape), dtype: dtype, device: device)
    backend.im2col(view.contiguous(), windows, into: result.view)
    return result.recorded(.im2col, self, with: windows)
  }

  /// An image, each element of which is the sum of the window elements at its position:
  /// `torch.nn.functional.fold`.
  func col2im(_ windows: Windows) -> Tensor {
    let shape = shape.dropLast(4) + [windows.height, windows.width]
    let result = Tensor(empty: Array(shape), dtype: dtype, device: device)
    backend.col2im(view.contiguous(), windows, into: result.view)
    return result.recorded(.col2im, self, with: windows)
  }
}

extension Windows: @retroactive CustomReflectable {
  /// As PyTorch prints its layers: the stride, and the settings that are not the default.
  public var customMirror: Mirror {
    let settings = [
      ("stride", [stride_height, stride_width], 1),
      ("padding", [padding_height, padding_width], 0),
      ("dilation", [dilation_height, dilation_width], 1),
    ]
    return Mirror(
      self,
      children: settings.filter { $0 == "stride" || $1 != [$2, $2] }.map { ($0.0, $0.1 as Any) })
  }
}

/// A convolution and its derivatives, which are the derivatives of each other.
private struct Convolution: Sendable, CustomReflectable {
  let windows: Windows
  let groups: Int

  var customMirror: Mirror {
    let windows = Array(Mirror(reflecting: windows).children)
    return Mirror(self, children: windows + (groups > 1 ? [("groups", groups)] : []))
  }

  /// x convolved with w, plus a bias for each channel.
  func apply(_ x: Tensor, _ w: Tensor, bias: Tensor? = nil) -> Tensor {
    Tensor.requireOneDevice("conv2d", [x, w, bias])
    let (x, w, bias) = (x.input(of: .conv2d), w.input(of: .conv2d), bias?.input(of: .conv2d))
    guard x.dtype.isFloatingPoint || x.backend.supports(.convolutionOfIntegers) else {
      return ofIntegers(x, w, bias)
    }
    let shape = [x.shape[0], w.shape[0], windows.out_height, windows.out_width]
    let y = result(shape, x) {
      x.backend.convolve(
        x.view.contiguous(), w.view.contiguous(), bias: bias?.view.contiguous(), windows,
        groups: groups, into: $0)
    }
    guard let bias else { return y.recorded(.conv2d, x, w, with: self) }
    return y.recorded(.conv2d, [x, w, bias], with: self)
  }

  /// The same for integers on devices without a kernel for them: by im2col and matmul.
  private func ofIntegers(_ x: Tensor, _ w: Tensor, _ bias: Tensor?) -> Tensor {
    let places = w.shape[1] * w.shape[2] * w.shape[3]
    let columns = x.im2col(windows)
      .reshape([x.shape[0], groups, places, windows.out_height * windows.out_width])
    let y = w.reshape([groups, w.shape[0] / groups, places]).matmul(columns)
      .reshape([x.shape[0], w.shape[0], windows.out_height, windows.out_width])
    return bias.map { y + $0.reshape([-1, 1, 1]) } ?? y
  }

  /// The transposed convolution of integers.
  private func transposedOfIntegers(_ g: Tensor, _ w: Tensor) -> Tensor {
    let places = w.shape[1] * w.shape[2] * w.shape[3]
    let gradients = g.reshape(
      [g.shape[0], groups, g.shape[1] / groups, windows.out_height * windows.out_width])
    let columns = w.reshape([groups, w.shape[0] / groups, places]).mT.matmul(gradients)
    return columns.reshape([
      g.shape[0], groups * w.shape[1], w.shape[2], w.shape[3], windows.out_height,
      windows.out_width,
    ]).col2im(windows)
  }

  /// The gradient of x, which is the transposed convolution of g with w.
  func gradientOfInput(_ g: Tensor, _ w: Tensor) -> Tensor {
    guard g.dtype.isFloatingPoint else { return transposedOfIntegers(g, w) }
    let shape = [g.shape[0], w.shape[1] * groups, windows.height, windows.width]
    return result(shape, g) {
      g.backend.convolveGradientOfInput(
        g.view.contiguous(), w.view.contiguous(), windows, groups: groups, into: $0)
    }.recorded(.convTranspose2d, g, w, with: self)
  }

  /// The gradient of w.
  func gradientOfWeight(_ x: Tensor, _ g: Tensor) -> Tensor {
    let shape = [
      g.shape[1], x.shape[1] / groups, windows.kernel_height, windows.kernel_width,
    ]
    return result(shape, x) {
      x.backend.convolveGradientOfWeight(
        x.view.contiguous(), g.view.contiguous(), windows, groups: groups, into: $0)
    }.recorded(.conv2dOfWeight, x, g, with: self)
  }

  private func result(_ shape: [Int], _ x: Tensor, _ body: (StridedView) -> Void) -> Tensor {
    let result = Tensor(empty: shape, dtype: x.dtype, device: x.device)
    body(result.view)
    return result
  }
}

extension Tensor {
  /// Stops the program if the parameters' dtype differs from this tensor's, after autocast's
  /// conversions, or if it is bool.
  func requireOneType(_ weight: Tensor, _ bias: Tensor?, _ operation: String) {
    let types = [self, weight] + (bias.map { [$0] } ?? [])
    let lowered = types.map { $0.input(of: .conv2d).dtype }
    guard lowered.allSatisfy({ $0 == lowered[0] }), dtype != .bool else {
      fatalError(
        "\(operation): input \(dtype), weight \(weight.dtype), bias "
          + "\(bias.map { "\($0.dtype)" } ?? "none"); they must be of one dtype, numbers; convert with to(_:)"
      )
    }
  }
}

extension Tensor {
  /// A convolution over the last two dims: `torch.nn.functional.conv2d`.
  ///
  /// Integers are convolved too, without a gradient.
  ///
  /// - Parameters:
  ///   - weight: [out channels, in channels / groups, kernel height, kernel width], for an input of
  ///     [batch, in channels, height, width], or without the batch.
  ///   - bias: [out channels], or none.
  ///   - stride: one number, or one for each of the two dims.
  ///   - padding: one number, one for each of the two dims, or `.same`.
  ///   - dilation: one number, or one for each of the two dims.
  ///   - groups: the number of groups of channels, each convolved separately.
  public func conv2d(
    _ weight: Tensor, bias: Tensor? = nil, stride: any Extent = 1,
    padding: some ConvolutionPaddingConvertible = 0, dilation: any Extent = 1, groups: Int = 1
  ) -> Tensor {
    let stride = stride.along(2, "stride", of: "conv2d")
    let dilation = dilation.along(2, "dilation", of: "conv2d")
    if ndim == 3 {
      return unsqueeze(0).conv2d(
        weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups
      ).squeeze(0)
    }
    guard ndim == 4, weight.ndim == 4, groups > 0, weight.shape[0] % groups == 0,
      shape[1] == weight.shape[1] * groups, bias.map({ $0.shape == [weight.shape[0]] }) ?? true
    else {
      fatalError(
        "conv2d: input \(shape), weight \(weight.shape), bias \(bias.map { "\($0.shape)" } ?? "none"), "
          + "\(groups) groups; expected [batch, in, height, width], [out, in / groups, height, width] "
          + "and [out]")
    }
    let kernel = Array(weight.shape.suffix(2))
    let (padding, after) = padding.convolutionPadding.around(
      kernel: kernel, stride: stride, dilation: dilation, of: "conv2d")
    guard padding == after else {
      let more = zip(after, padding).map { $0 - $1 }
      return pad([0, more[1], 0, more[0]]).conv2d(
        weight, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
    }
    let settings = WindowSettings(
      kernel: kernel, stride: stride, padding: padding, dilation: dilation)
    let windows = settings.windows(over: Array(shape.suffix(2)), for: "conv2d")
    requireOneType(weight, bias, "conv2d")
    return Convolution(windows: windows, groups: groups).apply(self, weight, bias: bias)
  }

  /// A transposed convolution over the last two dims, which is the gradient of a convolution with
  /// respect to its input: `torch.nn.functional.conv_transpose2d`.
  ///
  /// - Parameters:
  ///   - weight: [in channels, out channels / groups, kernel height, kernel width].
  ///   - bias: [out channels], or none.
  ///   - stride: the step from one window to the next.
  ///   - padding: how much is cut off at both ends of each dim, where the convolution was padded.
  ///   - outputPadding: how much larger the output is at the end of each dim, since a strided
  ///     convolution gives the same output size for several input sizes.
  ///   - groups: the number of groups of channels, each convolved separately.
  ///   - dilation: the distance between the elements of a window.
  public func convTranspose2d(
    _ weight: Tensor, bias: Tensor? = nil, stride: any Extent = 1, padding: any Extent = 0,
    outputPadding: any Extent = 0, groups: Int = 1, dilation: any Extent = 1
  ) -> Tensor {
    let stride = stride.along(2, "stride", of: "convTranspose2d")
    let padding = padding.along(2, "padding", of: "convTranspose2d")
    let outputPadding = outputPadding.along(2, "outputPadding", of: "convTranspose2d")
    let dilation = dilation.along(2, "dilation", of: "convTranspose2d")
    if ndim == 3 {
      return unsqueeze(0).convTranspose2d(
        weight, bias: bias, stride: stride, padding: padding, outputPadding: outputPadding,
        groups: groups, dilation: dilation
      ).squeeze(0)
    }
    guard ndim == 4, weight.ndim == 4, groups > 0, shape[1] == weight.shape[0],
      shape[1] % groups == 0,
      bias.map({ $0.shape == [weight.shape[1] * groups] }) ?? true
    else {
      fatalError(
        "convTranspose2d: input \(shape), weight \(weight.shape), "
          + "bias \(bias.map { "\($0.shape)" } ?? "none"), \(groups) groups; expected [batch, in, height, "
          + "width], [in, out / groups, height, width] and [out]")
    }
    let kernel = Array(weight.shape.suffix(2))
    let size = (0..<2).map { (dim: Int) -> Int in
      let between: Int = (shape[2 + dim] - 1) * stride[dim]
      let reach: Int = dilation[dim] * (kernel[dim] - 1) + 1
      return between + reach + outputPadding[dim] - 2 * padding[dim]
    }
    guard size.allSatisfy({ $0 > 0 }),
      zip(outputPadding, zip(stride, dilation)).allSatisfy({
        $0.0 >= 0 && $0.0 < Swift.max($0.1.0, $0.1.1)
      })
    else {
      fatalError(
        "convTranspose2d: an output of \(size) with outputPadding \(outputPadding), which must be less "
          + "than stride or dilation")
    }
    let settings = WindowSettings(
      kernel: kernel, stride: stride, padding: padding, dilation: dilation)
    var windows = settings.windows(over: size, for: "convTranspose2d")
    windows.out_height = shape[2]
    windows.out_width = shape[3]
    requireOneType(weight, bias, "convTranspose2d")
    let convolution = Convolution(windows: windows, groups: groups)
    guard let bias else { return convolution.gradientOfInput(self, weight) }
    return roundedOnce(self, weight, bias) { x, weight, bias in
      convolution.gradientOfInput(x, weight) + bias.reshape([-1, 1, 1])
    }
  }

  /// A convolution over the last dim: `torch.nn.functional.conv1d`, with a weight of [out channels,
  /// in channels / groups, kernel].
  public func conv1d(
    _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1,
    padding: some ConvolutionPaddingConvertible = 0, dilation: Int = 1, groups: Int = 1
  ) -> Tensor {
    guard ndim == 2 || ndim == 3, weight.ndim == 3 else {
      fatalError(
        "conv1d: input \(shape), weight \(weight.shape); expected [batch, in, length] and [out, in / "
          + "groups, length]")
    }
    var padding = padding.convolutionPadding
    if case .sizes(let sizes) = padding {
      padding = .sizes([0] + sizes.along(1, "padding", of: "conv1d"))
    }
    return unsqueeze(-2).conv2d(
      weight.unsqueeze(2), bias: bias, stride: [1, stride], padding: padding,
      dilation: [1, dilation], groups: groups
    ).squeeze(-2)
  }

  /// A transposed convolution over the last dim: `torch.nn.functional.conv_transpose1d`, with a
  /// weight of [in channels, out channels / groups, kernel].
  public func convTranspose1d(
    _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0,
    outputPadding: Int = 0, groups: Int = 1, dilation: Int = 1
  ) -> Tensor {
    guard ndim == 2 || ndim == 3, weight.ndim == 3 else {
      fatalError(
        "convTranspose1d: input \(shape), weight \(weight.shape); expected [batch, in, length] and [in, "
          + "out / groups, length]")
    }
    return unsqueeze(-2).convTranspose2d(
      weight.unsqueeze(2), bias: bias, stride: [1, stride], padding: [0, padding],
      outputPadding: [0, outputPadding], groups: groups, dilation: [1, dilation]
    ).squeeze(-2)
  }
}
