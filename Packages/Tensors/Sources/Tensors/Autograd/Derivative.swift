/// The derivative of an operation with respect to one of its inputs: computes the gradient of the
/// input from that of the output.
///
/// Derivatives are written in tensor operations, so they can be differentiated again, and can
/// ignore broadcasting: a gradient is summed to its input's shape. With saved half-precision
/// tensors, a derivative is computed in float32 and rounded at its end, unless it is
/// ``ofOneOperation()``. The formula is for display, with the inputs as x, y, z and the gradient of
/// the output as g.
///
/// In forward mode, the tangent of the input becomes a tangent of the output through the transposed
/// derivative. That of an element-wise operation is ``symmetric()``; others define it with
/// `forward`, or it is found by differentiating the derivative, which is linear in g.
// Immutable once it is created.
public final class Derivative: @unchecked Sendable {
  /// The derivative as a formula.
  public let formula: String
  /// The input that it is with respect to; none if it serves several.
  let input: Operand
  let saving: Saving
  let rule: Rule
  private(set) var isOneOperation = false
  private(set) var transposed = Transposed.differentiated

  /// How a tangent is propagated.
  enum Transposed {
    /// By differentiating the derivative.
    case differentiated
    /// By the derivative itself, like a gradient.
    case symmetric
    case rule(Rule)
  }

  /// The computation. Attributes are passed in a box.
  enum Rule {
    case none
    case gradient((Tensor, AnyObject?) -> Tensor)
    case saving((Tensor, Tensor, AnyObject?) -> Tensor)
    case savingTwo((Tensor, Tensor, Tensor, AnyObject?) -> Tensor)
    /// For any number of inputs; takes the input's index.
    case each((Tensor, Int, AnyObject?) -> Tensor)
    /// For all inputs together; the attributes are a `JointDerivative`.
    case joint
  }

  init(
    _ formula: String, by input: Operand = .none, saving saved: Operand = .none,
    _ alsoSaved: Operand = .none, rule: Rule
  ) {
    (self.formula, self.input, self.rule) = (formula, input, rule)
    saving = Saving(first: saved, second: alsoSaved)
  }

  /// The same, marked as a single operation, which rounds only once anyway.
  public consuming func ofOneOperation() -> Derivative {
    isOneOperation = true
    return self
  }

  /// The same, for an operation with a symmetric Jacobian, such as any element-wise one: tangents
  /// are propagated like gradients.
  public consuming func symmetric() -> Derivative {
    if case .differentiated = transposed { transposed = .symmetric }
    return self
  }

  /// Whether tangents are propagated by differentiating it.
  var isDifferentiatedForTangents: Bool {
    if isNone { return false }
    if case .joint = rule { return false }
    return if case .differentiated = transposed { true } else { false }
  }

  var isNone: Bool { if case .none = rule { true } else { false } }

  /// No gradient flows to the input.
  public static let none = Derivative("none", rule: .none)

  fileprivate static func attributes<Attributes>(_ box: AnyObject?) -> Attributes {
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

  /// A derivative that also needs an input or the output.
  public static func wrt(
    _ input: Operand, saving saved: Operand, _ formula: String,
    _ derivative: @escaping (Tensor, Tensor) -> Tensor
  ) -> Derivative {
    Derivative(formula, by: input, saving: saved, rule: .saving { g, x, _ in derivative(g, x) })
  }

  /// A derivative that also needs two of the inputs and the output.
  public static func wrt(
    _ input: Operand, saving first: Operand, _ second: Operand, _ formula: String,
    _ derivative: @escaping (Tensor, Tensor, Tensor) -> Tensor
  ) -> Derivative {
    Derivative(
      formula, by: input, saving: first, second,
      rule: .savingTwo { g, x, y, _ in derivative(g, x, y) })
  }

  /// A derivative that needs the gradient of the output and the call's attributes.
  public static func wrt<Attributes>(
    _ input: Operand, _ formula: String, _ derivative: @escaping (Tensor, Attributes) -> Tensor
  ) -> Derivative {
    Derivative(formula, by: input, rule: .gradient { g, a in derivative(g, attributes(a)) })
  }

  /// A derivative that also needs an input or the output, and the call's attributes.
  public static func wrt<Attributes>(
    _ input: Operand, saving saved: Operand, _ formula: String,
    _ derivative: @escaping (Tensor, Tensor, Attributes) -> Tensor
  ) -> Derivative {
    Derivative(
      formula, by: input, saving: saved,
      rule: .saving { g, x, a in derivative(g, x, attributes(a)) })
  }

  /// A derivative that also needs two of the inputs and the output, and the call's attributes.
  public static func wrt<Attributes>(
    _ input: Operand, saving first: Operand, _ second: Operand, _ formula: String,
    _ derivative: @escaping (Tensor, Tensor, Tensor, Attributes) -> Tensor
  ) -> Derivative {
    Derivative(
      formula, by: input, saving: first, second,
      rule: .savingTwo { g, x, y, a in derivative(g, x, y, attributes(a)) })
  }

  /// A derivative with respect to each of any number of inputs; takes the input's index.
  public static func wrtEach<Attributes>(
    _ formula: String, _ derivative: @escaping (Tensor, Int, Attributes) -> Tensor
  ) -> Derivative {
    Derivative(formula, rule: .each { g, number, a in derivative(g, number, attributes(a)) })
  }
}

// Each `forward` rule takes the tangent of the input, then the arguments that the derivative takes
// after g.
extension Derivative {
  /// The same, with a rule for the tangent of the output, given that of the input.
  public consuming func forward(_ rule: @escaping (Tensor) -> Tensor) -> Derivative {
    forward(.gradient { t, _ in rule(t) })
  }

  /// The same, with a rule for the tangent of the output, given that of the input and the saved
  /// tensor.
  public consuming func forward(_ rule: @escaping (Tensor, Tensor) -> Tensor) -> Derivative {
    forward(.saving { t, x, _ in rule(t, x) })
  }

  /// The same, with a rule for the tangent of the output, given that of the input and the call's
  /// attributes.
  public consuming func forward<Attributes>(
    _ rule: @escaping (Tensor, Attributes) -> Tensor
  ) -> Derivative {
    forward(.gradient { t, a in rule(t, Derivative.attributes(a)) })
  }

  /// The same, with a rule for the tangent of the output, given that of the input, the saved tensor
  /// and the call's attributes.
  public consuming func forward<Attributes>(
    _ rule: @escaping (Tensor, Tensor, Attributes) -> Tensor
  ) -> Derivative {
    forward(.saving { t, x, a in rule(t, x, Derivative.attributes(a)) })
  }

  /// The same, with a rule for the tangent of the output, given that of the input and both saved
  /// tensors.
  public consuming func forward(
    _ rule: @escaping (Tensor, Tensor, Tensor) -> Tensor
  ) -> Derivative {
    forward(.savingTwo { t, x, y, _ in rule(t, x, y) })
  }

  /// The same, with a rule for the tangent of the output, given that of the input, both saved
  /// tensors and the call's attributes.
  public consuming func forward<Attributes>(
    _ rule: @escaping (Tensor, Tensor, Tensor, Attributes) -> Tensor
  ) -> Derivative {
    forward(.savingTwo { t, x, y, a in rule(t, x, y, Derivative.attributes(a)) })
  }

  /// The same, with a rule for the tangent of the output, given that of an input, its index and the
  /// call's attributes.
  public consuming func forwardEach<Attributes>(
    _ rule: @escaping (Tensor, Int, Attributes) -> Tensor
  ) -> Derivative {
    forward(.each { t, number, a in rule(t, number, Derivative.attributes(a)) })
  }

  private consuming func forward(_ rule: Rule) -> Derivative {
    transposed = .rule(rule)
    return self
  }
}

extension Derivative {
  /// Computes the gradient of an input from that of the output.
  ///
  /// - Parameters:
  ///   - rule: a rule for tangents; by default, the derivative's own rule.
  ///   - number: the index of the input.
  ///   - edge: the edge to the input, with its saved tensors.
  ///   - node: the node of the call.
  ///   - inputs: the node's inputs.
  ///   - joint: the gradients of all inputs, once they have been computed together.
  func gradient(
    by rule: Rule? = nil, _ number: Int, of gradient: Tensor, along edge: borrowing Edge,
    from node: Node, _ inputs: borrowing Inputs, _ joint: inout [Tensor]?
  ) -> Tensor {
    func wide(_ tensor: Tensor) -> Tensor { isOneOperation ? tensor : tensor.withoutHalves }
    func kept(_ saved: borrowing SavedTensor?) -> Tensor {
      wide(saved?.tensor(for: node) ?? inputs.output!.tensor(for: node))
    }
    switch rule ?? self.rule {
    case .none: fatalError("\(node.operation): an input that has no derivative was recorded")
    case .gradient(let derivative): return derivative(gradient, inputs.attributes)
    case .saving(let derivative):
      return derivative(wide(gradient), kept(edge.saved), inputs.attributes)
    case .savingTwo(let derivative):
      return derivative(
        wide(gradient), kept(edge.saved), kept(edge.alsoSaved), inputs.attributes)
    case .each(let derivative): return derivative(gradient, number, inputs.attributes)
    case .joint:
      return (inputs.attributes as! JointDerivative)
        .gradients(of: gradient, inputs.output!.tensor(for: node), &joint)[number]
    }
  }
}

/// Runs derivatives together if they are not recorded, and so keep no intermediate results.
func fusedUnlessRecorded<Result>(_ body: () throws -> Result) rethrows -> Result {
  try isGradEnabled ? body() : fused(body)
}
