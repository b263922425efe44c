import NN
import Tensors

/// Inputs of a workload, which it draws on the CPU after seed 0.
typealias Inputs = @Sendable () -> [Tensor]

extension Workload {
  /// A function of tensors.
  ///
  /// - Parameters:
  ///   - operations: the operations that it must do; nil: it is limited by memory.
  ///   - make: function that draws the inputs.
  static func operation(
    _ name: String, tolerance: Double? = nil, operations: Double? = nil,
    of make: @escaping Inputs, _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> Workload {
    let cost =
      operations.map(Cost.operations)
      ?? .bytes {
        manualSeed(0)
        let inputs = make()
        return (inputs + [function(inputs)]).map(\.byteCount).reduce(0, +)
      }
    return unbounded(name, tolerance: tolerance, cost: cost, of: make, function)
  }

  /// A function of tensors whose time follows from neither its bytes nor its operations.
  static func unbounded(
    _ name: String, tolerance: Double? = nil, cost: Cost? = nil,
    of make: @escaping Inputs, _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> Workload {
    Workload(name, tolerance: tolerance ?? defaultTolerance(name), cost: cost) { device in
      manualSeed(0)
      let inputs = make().map { $0.to(device) }
      return { count in
        var result = function(inputs)
        for _ in 1..<max(count, 1) { result = function(inputs) }
        return [result.digest]
      }
    }
  }

  /// A function and backward from the sum of its result's elements to all inputs.
  static func gradient(
    _ name: String, tolerance: Double? = nil, operations: Double? = nil,
    of make: @escaping Inputs, _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> Workload {
    // Half-precision results that differ in the last place make sums that differ by more.
    Workload(
      name, tolerance: tolerance ?? 3 * defaultTolerance(name),
      cost: operations.map(Cost.operations)
    ) { device in
      manualSeed(0)
      let inputs = make().map { $0.to(device) }
      for input in inputs { input.requiresGrad = true }
      return { count in
        for _ in 0..<count {
          for input in inputs { input.grad = nil }
          function(inputs).sum().backward()
        }
        return inputs.compactMap { $0.grad?.digest }
      }
    }
  }

  /// A function forward, and forward and backward: two workloads. The derivative of a product is
  /// two products.
  static func bothWays(
    _ name: String, tolerance: Double? = nil, operations: Double? = nil,
    of make: @escaping Inputs, _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> [Workload] {
    [
      operation(name, tolerance: tolerance, operations: operations, of: make, function),
      gradient(
        backward(name), tolerance: tolerance, operations: operations.map { 3 * $0 }, of: make,
        function),
    ]
  }

  /// A workload's name with “backward” before its sizes.
  static func backward(_ name: String) -> String {
    guard let comma = name.firstIndex(of: ",") else { return "\(name) backward" }
    return "\(name[..<comma]) backward\(name[comma...])"
  }

  private static func defaultTolerance(_ name: String) -> Double {
    name.contains("bfloat16") ? 1e-2 : name.contains("float64") ? 1e-9 : 1e-4
  }

  static func halves(_ shape: [Int]) -> Tensor { .randn(shape).to(.bfloat16) }

  /// Normal numbers in the given shapes.
  static func normal(_ shapes: [Int]...) -> Inputs { { shapes.map { .randn($0) } } }

  /// Uniform numbers from 0 to 1 in the given shapes.
  static func uniform(_ shapes: [Int]...) -> Inputs { { shapes.map { .rand($0) } } }
}

extension Tensor {
  fileprivate var byteCount: Int { numel * dtype.itemSize }

  /// The sum of the magnitudes of about a thousand elements, spread evenly: enough to compare, and
  /// quick beside what is timed.
  fileprivate var digest: Double {
    let elements = detach().flatten()
    return elements[.step(Swift.max(1, numel / 1000))].to(.float64).abs().sum().item()
  }
}
