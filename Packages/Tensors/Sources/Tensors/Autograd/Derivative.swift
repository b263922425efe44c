/// How an operation's output changes with one of its inputs: the gradient of the input, given that of the output.
///
/// Derivatives are written in tensor operations, so they can be differentiated again, and need not mind broadcasting:
/// a gradient is summed to its input's shape. Where saved halves go into one it is computed in float32, and rounded
/// at its end, unless it is ``ofOneOperation()``. The formula is for people, who know the inputs as x, y, z and the
/// gradient of the output as g.
// Nothing in it changes once it is made.
public final class Derivative: @unchecked Sendable {
  /// The derivative as a formula.
  public let formula: String
  /// The input that it is by; none where it serves several.
  let input: Operand
  let saving: Saving
  let rule: Rule
  private(set) var isOneOperation = false

  /// What is computed. Attributes are in a box.
  enum Rule {
    case none
    case gradient((Tensor, AnyObject?) -> Tensor)
    case saving((Tensor, Tensor, AnyObject?) -> Tensor)
    case savingTwo((Tensor, Tensor, Tensor, AnyObject?) -> Tensor)
    /// For any number of inputs; the number says which.
    case each((Tensor, Int, AnyObject?) -> Tensor)
    /// Of all inputs together; the attributes are a `JointDerivative`.
    case joint
  }

  init(
    _ formula: String, by input: Operand = .none, saving saved: Operand = .none,
    _ alsoSaved: Operand = .none, rule: Rule
  ) {
    (self.formula, self.input, self.rule) = (formula, input, rule)
    saving = Saving(first: saved, second: alsoSaved)
  }

  /// The same, of one operation, which rounds once by itself.
  public consuming func ofOneOperation() -> Derivative {
    isOneOperation = true
    return self
  }

  var isNone: Bool { if case .none = rule { true } else { false } }

  /// No gradient goes to an input.
  public static let none = Derivative("none", rule: .none)

  private static func attributes<Attributes>(_ box: AnyObject?) -> Attributes {
    (box as! AttributeBox<Attributes>).value
  }
}

extension Derivative {
  /// A derivative that needs only the gradient of the output.
  public static func wrt(
    _ input: Operand, _ formula: String, _ derivative: @escaping (Tensor) -> Tensor
  ) -> Derivative {
    Derivative(formula, by: input, rule: .gradient { g, _ in derivative(g) })
  }

  /// A derivative that needs an input or the output besides.
  public static func wrt(
    _ input: Operand, saving saved: Operand, _ formula: String,
    _ derivative: @escaping (Tensor, Tensor) -> Tensor
  ) -> Derivative {
    Derivative(formula, by: input, saving: saved, rule: .saving { g, x, _ in derivative(g, x) })
  }

  /// A derivative that needs two of them.
  public static func wrt(
    _ input: Operand, saving first: Operand, _ second: Operand, _ formula: String,
    _ derivative: @escaping (Tensor, Tensor, Tensor) -> Tensor
  ) -> Derivative {
    Derivative(
      formula, by: input, saving: first, second,
      rule: .savingTwo { g, x, y, _ in derivative(g, x, y) })
  }

  /// A derivative that needs the gradient of the output, and the call's attributes.
  public static func wrt<Attributes>(
    _ input: Operand, _ formula: String, _ derivative: @escaping (Tensor, Attributes) -> Tensor
  ) -> Derivative {
    Derivative(formula, by: input, rule: .gradient { g, a in derivative(g, attributes(a)) })
  }

  /// A derivative that needs an input or the output besides, and the call's attributes.
  public static func wrt<Attributes>(
    _ input: Operand, saving saved: Operand, _ formula: String,
    _ derivative: @escaping (Tensor, Tensor, Attributes) -> Tensor
  ) -> Derivative {
    Derivative(
      formula, by: input, saving: saved,
      rule: .saving { g, x, a in derivative(g, x, attributes(a)) })
  }

  /// A derivative that needs two of them, and the call's attributes.
  public static func wrt<Attributes>(
    _ input: Operand, saving first: Operand, _ second: Operand, _ formula: String,
    _ derivative: @escaping (Tensor, Tensor, Tensor, Attributes) -> Tensor
  ) -> Derivative {
    Derivative(
      formula, by: input, saving: first, second,
      rule: .savingTwo { g, x, y, a in derivative(g, x, y, attributes(a)) })
  }

  /// A derivative by each of any number of inputs, which it is given the number of.
  public static func wrtEach<Attributes>(
    _ formula: String, _ derivative: @escaping (Tensor, Int, Attributes) -> Tensor
  ) -> Derivative {
    Derivative(formula, rule: .each { g, number, a in derivative(g, number, attributes(a)) })
  }
}

extension Derivative {
  /// The gradient of an input, given that of the output.
  ///
  /// - Parameters:
  ///   - number: which input.
  ///   - edge: what is kept for it.
  ///   - node: the call.
  ///   - inputs: what else it was recorded with.
  ///   - joint: the gradients of all inputs, once they have been computed together.
  func gradient(
    _ number: Int, of gradient: Tensor, along edge: borrowing Edge, from node: Node,
    _ inputs: borrowing Inputs, _ joint: inout [Tensor]?
  ) -> Tensor {
    func kept(_ saved: borrowing SavedTensor?) -> Tensor {
      let tensor = saved?.tensor(for: node) ?? inputs.output!.tensor(for: node)
      return isOneOperation ? tensor : tensor.withoutHalves
    }
    switch rule {
    case .none: fatalError("\(node.operation): an input that has no derivative was recorded")
    case .gradient(let derivative): return derivative(gradient, inputs.attributes)
    case .saving(let derivative):
      return derivative(
        isOneOperation ? gradient : gradient.withoutHalves, kept(edge.saved), inputs.attributes)
    case .savingTwo(let derivative):
      return derivative(
        isOneOperation ? gradient : gradient.withoutHalves, kept(edge.saved), kept(edge.alsoSaved),
        inputs.attributes)
    case .each(let derivative): return derivative(gradient, number, inputs.attributes)
    case .joint:
      return (inputs.attributes as! JointDerivative)
        .gradients(of: gradient, inputs.output!.tensor(for: node), &joint)[number]
    }
  }
}
