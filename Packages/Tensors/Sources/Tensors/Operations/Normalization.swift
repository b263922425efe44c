// Normalization layers, and embeddings.

extension Operator {
  fileprivate static let layerNorm = Operator(
    joint: "layerNorm", precision: .onGPUs, "∂L/∂x = (d-mean d-x̂·mean(d·x̂))/σ, d = g·w",
    "∂L/∂w = Σ g·x̂",
    "∂L/∂b = Σ g")
  fileprivate static let rmsNorm = Operator(
    joint: "rmsNorm", precision: .onGPUs, "∂L/∂x = (d-x̂·mean(d·x̂))/rms, d = g·w", "∂L/∂w = Σ g·x̂")
}

extension Tensor {
  /// The last dims normalized to mean 0 and variance 1, then scaled and shifted:
  /// `torch.nn.functional.layer_norm`; Ba, Kiros and Hinton, 2016.
  ///
  /// - Parameters:
  ///   - normalizedShape: the sizes of those dims.
  ///   - weight: of that shape, or none.
  ///   - bias: of that shape, or none.
  ///   - eps: the number added to the variance.
  public func layerNorm(
    _ normalizedShape: [Int], weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5
  ) -> Tensor {
    normalized(normalizedShape, weight, bias, center: true, eps, .layerNorm)
  }

  /// The last dims normalized to a mean square of 1, then scaled: `torch.nn.functional.rms_norm`;
  /// Zhang and Sennrich,
  /// 2019. By default, `eps` is the dtype's epsilon.
  public func rmsNorm(
    _ normalizedShape: [Int], weight: Tensor? = nil, eps: Double? = nil
  ) -> Tensor {
    normalized(normalizedShape, weight, nil, center: false, eps ?? dtype.epsilon, .rmsNorm)
  }

  private func normalized(
    _ sizes: [Int], _ weight: Tensor?, _ bias: Tensor?, center: Bool, _ eps: Double,
    _ operation: Operator
  ) -> Tensor {
    let name = operation.name
    requireFloatingPoint(name)
    guard !sizes.isEmpty, Array(shape.suffix(sizes.count)) == sizes, !sizes.contains(0),
      weight.map({ $0.shape == sizes }) ?? true, bias.map({ $0.shape == sizes }) ?? true
    else {
      fatalError(
        "\(name): input \(shape), normalizedShape \(sizes), weight "
          + "\(weight.map { "\($0.shape)" } ?? "none"), bias \(bias.map { "\($0.shape)" } ?? "none"); "
          + "the input must end in that shape, and weight and bias have it")
    }
    Tensor.requireOneDevice(name, [self, weight, bias])
    if let wide = prepared(for: operation) {
      return wide.normalized(sizes, weight, bias, center: center, eps, operation)
    }
    let rows = sizes.count == 1 ? self : flatten(startDim: ndim - sizes.count)
    let parameters = [weight, bias].map { $0?.flatten().to(dtype) }
    let y = rows.normalizedRows(parameters[0], parameters[1], center: center, eps, operation)
    return sizes.count == 1 ? y : y.reshape(shape)
  }

  /// (x - μ)·r·w + b along the last dim, where r = 1 / √(σ² + ε); without centering μ is taken as
  /// 0.
  private func normalizedRows(
    _ weight: Tensor?, _ bias: Tensor?, center: Bool, _ eps: Double, _ operation: Operator
  ) -> Tensor {
    let x = view.contiguous()
    let (w, b) = (weight?.view.contiguous(), bias?.view.contiguous())
    let result = Tensor(empty: shape, dtype: dtype, device: device)
    let rows = Array(shape.dropLast())
    let (means, factors) = (
      Tensor(empty: rows, dtype: .float64, device: device),
      Tensor(empty: rows, dtype: .float64, device: device)
    )
    backend.normalize(
      x, weight: w, bias: b, center: center, eps: eps, into: result.view, means: means.view,
      factors: factors.view)
    let inputs = [self] + [weight, bias].compactMap { $0 }
    @Sendable func formula(_ inputs: [Tensor]) -> Tensor {
      let (x, n) = (inputs[0], Double(inputs[0].shape[inputs[0].ndim - 1]))
      let centered = center ? x - x.mean(dim: -1, keepDim: true) : x
      let square = centered.square().sum(dim: -1, keepDim: true) / n
      var y = centered * (square + eps).rsqrt()
      if weight != nil { y = y * inputs[1] }
      return bias != nil ? y + inputs[inputs.count - 1] : y
    }
    return customFunction(operation, inputs, formula: formula) { _ in
      result
    } backward: { g, inputs, y in
      guard !isGradEnabled else { return derivatives(of: inputs, g, formula) }
      let gradients = inputs.map { Tensor(empty: $0.shape, dtype: $0.dtype, device: $0.device) }
      g.backend.normalizeGradients(
        g.view.contiguous(), x, weight: w, center: center, means: means.view,
        factors: factors.view, into: gradients[0].view,
        ofWeight: weight.map { _ in gradients[1].view },
        ofBias: bias.map { _ in gradients[gradients.count - 1].view })
      return gradients
    }
  }

  /// The rows of a table at the given indices: `torch.nn.functional.embedding`.
  public static func embedding(_ index: Tensor, _ table: Tensor) -> Tensor {
    guard table.ndim == 2, !index.dtype.isFloatingPoint, index.dtype != .bool else {
      fatalError(
        "embedding: a table of shape \(table.shape), indices of \(index.dtype); expected [count, size] and "
          + "integers")
    }
    return table.selected(0, index.flatten().to(.int64), for: "embedding")
      .reshape(index.shape + [table.shape[1]])
  }
}

extension DType {
  /// The distance from 1 to the next larger number: `torch.finfo(dtype).eps`.
  var epsilon: Double {
    switch self {
    case .float16: 0x1p-10
    case .bfloat16: 0x1p-7
    case .float32: Double(Float.ulpOfOne)
    default: .ulpOfOne
    }
  }
}
