import Foundation
import NN

@_spi(Flambeau) import Tensors

/// The errors of the device's results, compared with float64 on the CPU.
struct Accuracy {
  private let device: Device
  private let isQuick: Bool
  /// Numbers of both signs, with evenly spaced logarithms.
  private let inputs: Tensor

  init(device: Device, isQuick: Bool) {
    self.device = device
    self.isQuick = isQuick
    let count = isQuick ? 1 << 10 : 1 << 20
    let magnitudes = Tensor.linspace(-20, 20, steps: count / 2, dtype: .float64).exp2()
    inputs = Tensor.cat([magnitudes, -magnitudes]).to(.float32)
  }

  var text: String {
    """
    ## Accuracy

    The largest error of float32 over \(inputs.numel) numbers of both signs from 2⁻²⁰ to 2²⁰, against float64 \
    on the CPU, in units of the last place (ulp) of the right result; “differs” where only one of them \
    is infinite or not a number. The same for the CPU's own float32. As in PyTorch, sigmoid and silu are \
    0 below -88, where e⁻ˣ is beyond float32, and gelu, geluTanh and mish of large negative numbers lose \
    their last places, since they subtract numbers that are nearly equal.

    \(functions)

    The largest error relative to the largest element, against float64 on the CPU from the same inputs.

    \(operations)
    """
  }

  // MARK: Functions of one number

  private var functions: String {
    var table = Table("Function", "this device", "CPU")
    for operation in UnaryOperation.allCases where operation.domain != .integral {
      let expected = values(of: operation, inputs.to(.float64))
      let errors = [device, .cpu].map { device in
        largestError(values(of: operation, inputs.to(device)), expected)
      }
      table.add(operation.description, errors[0], errors[1])
    }
    return table.text
  }

  /// op(x), with parameters that are valid for all operations.
  private func values(of operation: UnaryOperation, _ x: Tensor) -> [Double] {
    let y = StridedView(empty: x.view.layout, dtype: x.dtype, device: x.device)
    let (p, q) = (0.5, 20.0)
    x.device.backend.unary(operation, x.view, p, q, into: y)
    return Tensor(storage: y.storage, shape: x.shape, dtype: y.dtype).scalars(as: Double.self)
  }

  private func largestError(_ found: [Double], _ expected: [Double]) -> String {
    var largest = 0.0
    for (found, expected) in zip(found, expected) {
      let rounded = Float(expected)
      if rounded.isNaN && found.isNaN || Double(rounded) == found { continue }
      // The largest finite numbers are accepted in place of infinity.
      if !found.isFinite || !rounded.isFinite {
        if abs(Float(found)) >= 0x1.fffff0p127, abs(rounded) >= 0x1.fffff0p127 { continue }
        return "differs"
      }
      largest = max(largest, abs(found - expected) / Double(rounded.ulp))
    }
    return String(format: largest < 1e4 ? "%.2f" : "%.1e", largest)
  }

  // MARK: Larger operations

  private struct Case {
    let name: String
    let shapes: [[Int]]
    let function: ([Tensor]) -> Tensor
  }

  private var cases: [Case] {
    let n = isQuick ? 32 : 1024
    let (side, length) = isQuick ? (8, 16) : (56, 512)
    let lstm = LSTM(32, 64)
    return [
      Case(name: "sum", shapes: [[n, n]]) { $0[0].sum() },
      Case(name: "sum over dim 0", shapes: [[n, n]]) { $0[0].sum(dim: 0) },
      Case(name: "cumulative sum", shapes: [[n, n]]) { $0[0].cumsum(dim: 1) },
      Case(name: "variance over dim 1", shapes: [[n, n]]) { $0[0].variance(dims: [1]) },
      Case(name: "softmax", shapes: [[n, n]]) { $0[0].softmax(dim: -1) },
      Case(name: "layer norm", shapes: [[n, n]]) { $0[0].layerNorm([n]) },
      Case(name: "cross entropy", shapes: [[n, n]]) {
        crossEntropy($0[0], Tensor.arange(n, device: $0[0].device))
      },
      Case(name: "matrix product", shapes: [[n, n], [n, n]]) { $0[0] • $0[1] },
      Case(name: "convolution", shapes: [[8, 16, side, side], [32, 16, 3, 3]]) {
        $0[0].conv2d($0[1], padding: [1, 1])
      },
      Case(name: "attention", shapes: Array(repeating: [2, 4, length, 64], count: 3)) {
        $0[0].scaledDotProductAttention($0[1], $0[2])
      },
      Case(name: "LSTM", shapes: [[20, 8, 32]]) {
        lstm.to($0[0].device).to($0[0].dtype)($0[0]).output
      },
    ]
  }

  private var operations: String {
    let types: [DType] = [.float32, .bfloat16, .float16]
    manualSeed(0)
    var table = Table("Operation", "float32", "bfloat16", "float16", "float32 backward")
    for test in cases {
      let inputs = test.shapes.map { Tensor.randn($0) }
      let errors = types.map { type in
        let rounded = inputs.map { $0.to(type) }
        let expected = test.function(rounded.map { $0.to(.float64) })
        return relativeError(test.function(rounded.map { $0.to(device) }), expected)
      }
      let gradients = [(Device.cpu, DType.float64), (device, .float32)].map { place, type in
        let inputs = inputs.map { $0.to(place).to(type).detach() }
        for input in inputs { input.requiresGrad = true }
        // Weighted, since the gradient of an unweighted sum vanishes for operations such as
        // softmax.
        let y = test.function(inputs)
        let weights = Tensor.linspace(-1, 2, steps: max(y.numel, 1)).reshape(y.shape)
        (y * weights.to(place).to(type)).sum().backward()
        return inputs.map { $0.grad! }
      }
      let backward = zip(gradients[1], gradients[0]).map(relativeError).max()!
      table.add(
        test.name, text(errors[0]), text(errors[1]), text(errors[2]), text(backward))
    }
    return table.text
  }

  private func relativeError(_ found: Tensor, _ expected: Tensor) -> Double {
    noGrad {
      let difference = (found.to(.cpu).to(.float64) - expected).abs().max().item()
      return difference / max(expected.abs().max().item(), .leastNormalMagnitude)
    }
  }

  private func text(_ error: Double) -> String { String(format: "%.1e", error) }
}
