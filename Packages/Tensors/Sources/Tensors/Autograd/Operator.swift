import Synchronization

/// The row of an operation: its name, kernel and derivatives, which backward, graphs and autocast
/// read.
///
/// A row is defined next to the method that computes the operation, which records it where a
/// gradient is required:
///
///     let multiply = Operator(
///       "multiply",
///       .wrt(.x, saving: .y, "∂(x·y)/∂x = y") { g, y in g * y },
///       .wrt(.y, saving: .x, "∂(x·y)/∂y = x") { g, x in g * x })
///
///     noGrad { a * b }.recorded(multiply, a, b)
///
/// The non-tensor arguments of a call, such as the dims of a sum, are its attributes: one value of
/// any type, which derivatives take last. Operators are created once and never freed. They
/// correspond to the entries of PyTorch's `derivatives.yaml`.
// Immutable.
public final class Operator: @unchecked Sendable {
  /// The name in graphs and messages.
  public let name: String
  /// The kernel of an element-wise operation, and the dtypes that it is defined on.
  let unaryKernel: UnaryOperation?
  let binaryKernel: BinaryOperation?
  let domain: Domain
  /// The names of its numeric parameters.
  public let parameters: [String]
  /// What autocast does to its inputs.
  let precision: AutocastPolicy
  /// The derivatives with respect to each input.
  public let derivatives: [Derivative]
  // The operands that the derivatives with respect to the first two inputs save, read at every
  // call.
  let first: Saving
  let second: Saving
  let savesOutput: Bool
  /// The largest index of a saved input, which every call must have.
  private let lastSaved: Int
  /// Whether calls are recorded.
  let isDifferentiable: Bool

  /// Creates an operator.
  ///
  /// - Parameters:
  ///   - name: its name in graphs and messages.
  ///   - parameters: the names of its numeric parameters, as graphs show them. For attributes in a
  ///     struct, these are the names of its properties.
  ///   - derivatives: with respect to each input, in order; the last one also serves all further
  ///     inputs.
  public convenience init(
    _ name: String, parameters: [String] = [], _ derivatives: Derivative...
  ) {
    self.init(name, derivatives, parameters: parameters)
  }

  /// Creates an operator that autocast treats specially.
  convenience init(
    _ name: String, precision: AutocastPolicy, parameters: [String] = [],
    _ derivatives: Derivative...
  ) {
    self.init(name, derivatives, precision: precision, parameters: parameters)
  }

  /// Creates an element-wise operator of one tensor.
  convenience init(
    _ kernel: UnaryOperation, name: String? = nil, precision: AutocastPolicy = .none,
    parameters: [String] = [], _ derivatives: Derivative...
  ) {
    self.init(
      name ?? "\(kernel)", derivatives, unary: kernel, domain: kernel.domain,
      precision: precision, parameters: parameters)
  }

  /// Creates an element-wise operator of two tensors.
  convenience init(
    _ kernel: BinaryOperation, precision: AutocastPolicy = .none, _ derivatives: Derivative...
  ) {
    self.init(
      "\(kernel)", derivatives, binary: kernel, domain: kernel.domain, precision: precision)
  }

  init(
    _ name: String, _ derivatives: [Derivative], unary: UnaryOperation? = nil,
    binary: BinaryOperation? = nil, domain: Domain = .all, precision: AutocastPolicy = .none,
    parameters: [String] = []
  ) {
    (self.name, self.derivatives) = (name, derivatives)
    (unaryKernel, binaryKernel, self.domain) = (unary, binary, domain)
    (self.precision, self.parameters) = (precision, parameters)
    let nothing = Saving(first: .none, second: .none)
    first = derivatives.first?.saving ?? nothing
    second = derivatives.dropFirst().first?.saving ?? first
    lastSaved =
      derivatives.map { Swift.max($0.saving.first.number, $0.saving.second.number) }.max() ?? 0
    isDifferentiable = !derivatives.isEmpty
    if unary != nil || binary != nil {
      for derivative in derivatives where !derivative.isNone { _ = derivative.symmetric() }
    }
    savesOutput = derivatives.contains { $0.saving.includesOutput }
    for (place, derivative) in derivatives.enumerated()
    where derivative.input.number >= 0 && derivative.input.number != place {
      fatalError("Operator(\(name)): derivatives must be in the order of the inputs, x, y, z")
    }
    // Nodes hold unowned references to operators, so these are never freed.
    Operator.made.withLock { $0.append(self) }
  }

  /// All operators created so far.
  static let made = Mutex<[Operator]>([])

  /// Stops the program if a call is recorded with fewer inputs than its derivatives save.
  @inline(__always)
  func requireInputs(_ count: Int) {
    if lastSaved >= count { failWithInputs(count) }
  }

  private func failWithInputs(_ count: Int) -> Never {
    fatalError(
      "recorded(\(name)): \(count) inputs, but a derivative saves input number \(lastSaved + 1); record all that "
        + "derivatives need")
  }

  /// The derivative with respect to an input.
  func derivative(_ number: Int) -> Derivative {
    derivatives[Swift.min(number, derivatives.count - 1)]
  }
}

/// The numeric parameters of an element-wise operation.
typealias Parameters = [Double]

/// An input of an operation, or its output.
public struct Operand: Sendable {
  /// -1 is the output, -2 nothing.
  let number: Int

  /// The first input.
  public static let x = Operand(number: 0)
  /// The second input.
  public static let y = Operand(number: 1)
  /// The third input.
  public static let z = Operand(number: 2)
  /// The output.
  public static let output = Operand(number: -1)
  static let none = Operand(number: -2)
}

/// The operands that a derivative needs besides the gradient of the output.
struct Saving {
  let first: Operand
  let second: Operand

  var includesOutput: Bool { first.number == -1 || second.number == -1 }
}
