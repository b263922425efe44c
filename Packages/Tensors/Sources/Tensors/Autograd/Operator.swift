import Synchronization

/// An operation, and what is known of it besides how it is computed: a row of the table that backward, graphs and
/// formulas read.
///
/// A row stands beside the method that computes it, which records it where a gradient is wanted:
///
///     let multiply = Operator(
///       "multiply",
///       .wrt(.x, saving: .y, "∂(x·y)/∂x = y") { g, y in g * y },
///       .wrt(.y, saving: .x, "∂(x·y)/∂y = x") { g, x in g * x })
///
///     noGrad { a * b }.recorded(multiply, a, b)
///
/// What a call is given besides tensors, such as the dims of a sum, are its attributes, one value of any type that
/// derivatives are given last. An operation is made once, and stays. It follows the rows of PyTorch's
/// `derivatives.yaml`.
// Nothing in it changes.
public final class Operator: @unchecked Sendable {
  /// What graphs and messages call it.
  public let name: String
  /// Of an element-wise operation, its kernel, and the dtypes that it is defined on.
  let unaryKernel: UnaryOperation?
  let binaryKernel: BinaryOperation?
  let domain: Domain
  /// The names of the numbers that it is given besides tensors.
  public let parameters: [String]
  /// What autocast does to its inputs.
  let precision: PrecisionNeed
  /// The derivatives by each input.
  public let derivatives: [Derivative]
  // What the derivatives by the first two inputs save, read at every call.
  let first: Saving
  let second: Saving
  let savesOutput: Bool
  /// The last of the inputs that are saved, which there must be.
  private let lastSaved: Int
  /// Whether there is anything to record.
  let isDifferentiable: Bool

  /// Creates an operation.
  ///
  /// - Parameters:
  ///   - name: what graphs and messages call it.
  ///   - parameters: the names of the numbers that it is given besides tensors, as graphs show them. Attributes that
  ///     are a struct have the names of its properties.
  ///   - derivatives: by each input, in order; the last one is for all inputs after it, too.
  public convenience init(
    _ name: String, parameters: [String] = [], _ derivatives: Derivative...
  ) {
    self.init(name, derivatives, parameters: parameters)
  }

  /// Creates an operation that autocast treats in a way of its own.
  convenience init(
    _ name: String, precision: PrecisionNeed, parameters: [String] = [],
    _ derivatives: Derivative...
  ) {
    self.init(name, derivatives, precision: precision, parameters: parameters)
  }

  /// Creates an operation on each element.
  convenience init(
    _ kernel: UnaryOperation, name: String? = nil, precision: PrecisionNeed = .none,
    parameters: [String] = [], _ derivatives: Derivative...
  ) {
    self.init(
      name ?? "\(kernel)", derivatives, unary: kernel, domain: kernel.domain,
      precision: precision, parameters: parameters)
  }

  /// Creates an operation on the elements of two tensors.
  convenience init(
    _ kernel: BinaryOperation, precision: PrecisionNeed = .none, _ derivatives: Derivative...
  ) {
    self.init(
      "\(kernel)", derivatives, binary: kernel, domain: kernel.domain, precision: precision)
  }

  init(
    _ name: String, _ derivatives: [Derivative], unary: UnaryOperation? = nil,
    binary: BinaryOperation? = nil, domain: Domain = .all, precision: PrecisionNeed = .none,
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
      fatalError("Operator(\(name)): derivatives stand in the order of the inputs, x, y, z")
    }
    // Nodes refer to operations without counting, so these stay.
    Operator.made.withLock { $0.append(self) }
  }

  /// All that were made by now.
  static let made = Mutex<[Operator]>([])

  /// Stops the program where a call is recorded with fewer inputs than its derivatives save.
  @inline(__always)
  func requireInputs(_ count: Int) {
    if lastSaved >= count { failWithInputs(count) }
  }

  private func failWithInputs(_ count: Int) -> Never {
    fatalError(
      "recorded(\(name)): \(count) inputs, but a derivative saves input number \(lastSaved + 1); record all that "
        + "derivatives need")
  }

  /// The derivative by an input.
  func derivative(_ number: Int) -> Derivative {
    derivatives[Swift.min(number, derivatives.count - 1)]
  }
}

/// The numbers that an element-wise operation is given.
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

/// What a derivative needs besides the gradient of the output.
struct Saving {
  let first: Operand
  let second: Operand

  var includesOutput: Bool { first.number == -1 || second.number == -1 }
}
