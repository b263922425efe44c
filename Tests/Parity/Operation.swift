import Tensors

/// Flambeau's counterpart of a PyTorch operation.
struct Operation: Sendable {
  /// PyTorch's parameters, in order; see ``several(_:_:)``.
  private let parameters: [Parameter]
  private let body: @Sendable (Call) throws -> [Tensor]

  private struct Parameter: Sendable {
    let name: String
    /// Whether it takes all remaining arguments.
    let isRest: Bool
    let isMissing: Bool
    /// The value that is allowed for a missing option.
    let neutral: String?
  }

  /// - Parameter signature: PyTorch's names of the parameters, in order. `-name` is one that
  ///   Flambeau lacks, `-name=1` one whose only allowed value is 1, and `names...` takes any number
  ///   of arguments.
  static func several(
    _ signature: String, _ body: @escaping @Sendable (Call) throws -> [Tensor]
  ) -> Operation {
    let parameters = signature.split(separator: " ").map { word in
      let parts = word.split(separator: "=")
      let isRest = word.hasSuffix("...")
      let name = isRest ? word.dropLast(3) : word.hasPrefix("-") ? parts[0].dropFirst() : parts[0]
      return Parameter(
        name: String(name), isRest: isRest, isMissing: word.hasPrefix("-"),
        neutral: parts.count > 1 ? String(parts[1]) : nil)
    }
    return Operation(parameters: parameters, body: body)
  }

  private init(parameters: [Parameter], body: @escaping @Sendable (Call) throws -> [Tensor]) {
    self.parameters = parameters
    self.body = body
  }

  init(_ signature: String, _ body: @escaping @Sendable (Call) throws -> Tensor) {
    self = .several(signature) { [try body($0)] }
  }

  /// An operation on one tensor, without other arguments.
  static func unary(_ body: @escaping @Sendable (Tensor) -> Tensor) -> Operation {
    Operation("input") { body(try $0["input"]) }
  }

  /// An operation on two tensors, one of which may be a number.
  static func binary(_ body: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> Operation {
    Operation("input other") { body(try $0["input"], try $0["other"]) }
  }

  func callAsFunction(
    _ places: [Argument], _ names: [String: Argument], _ tensors: [Tensor]
  ) throws -> [Tensor] {
    var arguments = names
    var rest = places[...]
    for parameter in parameters {
      if parameter.isRest {
        arguments[parameter.name] = .list(Array(rest))
        rest = []
      } else if let next = rest.popFirst() {
        arguments[parameter.name] = next
      }
    }
    guard rest.isEmpty else { throw MissingOption(name: "\(places.count) arguments") }
    for (name, argument) in arguments.sorted(by: { $0.key < $1.key }) {
      let parameter = parameters.first { $0.name == name }
      if parameter?.isMissing ?? true, !argument.isNeutral(parameter?.neutral) {
        throw MissingOption(name: name)
      }
    }
    return try body(Call(arguments, tensors))
  }
}

extension Argument {
  /// Whether an option has the same meaning as its absence.
  func isNeutral(_ value: String?) -> Bool {
    switch self {
    case .none: true
    case .flag(let flag): (value == "True" || value == "1") == flag
    case .integer(let number): value == "\(number)"
    case .number(let number): value.flatMap(Double.init) == number
    case .text(let text): value == text
    case .list(let list): list.isEmpty
    default: false
    }
  }
}
