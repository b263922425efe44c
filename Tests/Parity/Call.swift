import Tensors

/// The error of an option, or a form of an argument, that Flambeau does not support.
struct MissingOption: Error {
  let name: String
}

/// The arguments of a call, by PyTorch's names.
struct Call {
  private let arguments: [String: Argument]
  private let tensors: [Tensor]

  init(_ arguments: [String: Argument], _ tensors: [Tensor]) {
    self.arguments = arguments
    self.tensors = tensors
  }

  /// Whether an argument is given.
  func has(_ name: String) -> Bool {
    switch arguments[name] {
    case nil, .some(.none): false
    default: true
    }
  }

  private func given(_ name: String) -> Argument? { has(name) ? arguments[name] : nil }

  /// The error that Flambeau does not support this form of an argument.
  func missing(_ name: String) -> MissingOption {
    MissingOption(name: given(name).map { "\(name) as \($0.kind)" } ?? "no \(name)")
  }

  /// A tensor argument; a number becomes a literal, as in `x * 2`.
  subscript(_ name: String) -> Tensor {
    get throws {
      guard let tensor = try tensor(name) else { throw missing(name) }
      return tensor
    }
  }

  func tensor(_ name: String) throws -> Tensor? {
    switch given(name) {
    case nil: nil
    case .tensor(let place): tensors[place]
    case .integer(let number): Tensor(integerLiteral: number)
    case .number(let number): Tensor(floatLiteral: number)
    case .flag(let flag): Tensor(flag)
    default: throw missing(name)
    }
  }

  func tensors(_ name: String) throws -> [Tensor] {
    guard case .list(var list) = given(name) else { throw missing(name) }
    // Tensors may be passed as one list, or as separate arguments.
    if list.count == 1, case .list(let inner) = list[0] { list = inner }
    return try list.map {
      guard case .tensor(let place) = $0 else { throw missing(name) }
      return tensors[place]
    }
  }

  func flag(_ name: String) throws -> Bool { try flag(name, false) }

  func flag(_ name: String, _ otherwise: Bool) throws -> Bool {
    switch given(name) {
    case nil: otherwise
    case .flag(let flag): flag
    case .integer(let number): number != 0
    default: throw missing(name)
    }
  }

  func int(_ name: String) throws -> Int? {
    switch given(name) {
    case nil: nil
    case .integer(let number): number
    case .flag(let flag): flag ? 1 : 0
    default: throw missing(name)
    }
  }

  func int(_ name: String, _ otherwise: Int) throws -> Int { try int(name) ?? otherwise }

  /// A list of integers; a single integer becomes a list of one.
  func ints(_ name: String) throws -> [Int]? {
    switch given(name) {
    case nil: return nil
    case .integer(let number): return [number]
    case .list(var list):
      if list.count == 1, case .list(let inner) = list[0] { list = inner }
      return try list.map {
        guard case .integer(let number) = $0 else { throw missing(name) }
        return number
      }
    default: throw missing(name)
    }
  }

  func ints(_ name: String, _ otherwise: [Int]) throws -> [Int] { try ints(name) ?? otherwise }

  /// Sizes along two dims; a single integer is used for both.
  func pair(_ name: String) throws -> [Int]? {
    try ints(name).map { $0.count == 1 ? [$0[0], $0[0]] : $0 }
  }

  func pair(_ name: String, _ otherwise: Int) throws -> [Int] {
    try pair(name) ?? [otherwise, otherwise]
  }

  /// A size along one dim, which may be passed in a list.
  func single(_ name: String) throws -> Int? {
    guard let sizes = try ints(name) else { return nil }
    guard sizes.count == 1 else { throw missing(name) }
    return sizes[0]
  }

  func single(_ name: String, _ otherwise: Int) throws -> Int { try single(name) ?? otherwise }

  /// Dims to reduce; an empty list means all.
  func dims(_ name: String) throws -> [Int]? {
    let dims = try ints(name)
    return dims == [] ? nil : dims
  }

  func number(_ name: String) throws -> Double? {
    switch given(name) {
    case nil: nil
    case .number(let number): number
    case .integer(let number): Double(number)
    case .flag(let flag): flag ? 1 : 0
    default: throw missing(name)
    }
  }

  func number(_ name: String, _ otherwise: Double) throws -> Double {
    try number(name) ?? otherwise
  }

  func numbers(_ name: String) throws -> [Double]? {
    guard case .list(let list) = given(name) else { return try number(name).map { [$0] } }
    return try list.map {
      switch $0 {
      case .number(let number): number
      case .integer(let number): Double(number)
      default: throw missing(name)
      }
    }
  }

  /// Whether an argument is an integer.
  func isInt(_ name: String) -> Bool {
    if case .integer = given(name) { true } else { false }
  }

  func isTensor(_ name: String) -> Bool {
    if case .tensor = given(name) { true } else { false }
  }

  func text(_ name: String) throws -> String? {
    switch given(name) {
    case nil: nil
    case .text(let text): text
    default: throw missing(name)
    }
  }

  /// A case of an enum whose raw values are PyTorch's names.
  func choice<Choice: RawRepresentable<String>>(
    _ name: String, _ otherwise: Choice
  ) throws -> Choice {
    guard let text = try text(name) else { return otherwise }
    guard let choice = Choice(rawValue: text) else { throw missing(name) }
    return choice
  }

  func dtype(_ name: String) throws -> DType? {
    guard let argument = given(name) else { return nil }
    guard case .dtype(let text) = argument, let dtype = DType(text) else { throw missing(name) }
    return dtype
  }

  /// The index of `x[…]`.
  func index(_ name: String) throws -> [TensorIndex] {
    guard let argument = given(name) else { throw missing(name) }
    guard case .list(let list) = argument else { return [try part(argument)] }
    return try list.map(part)
  }

  private func part(_ argument: Argument) throws -> TensorIndex {
    switch argument {
    case .integer(let place): place.tensorIndex
    case .slice(let start, let end, let step): .range(start, end, step: step ?? 1)
    case .ellipsis: .ellipsis
    case .none: .newAxis
    case .tensor(let place): tensors[place].tensorIndex
    default: throw MissingOption(name: "an index that is \(argument.kind)")
    }
  }

  /// The remaining positional arguments, for a signature that ends in `name...`.
  func list(_ name: String) -> [Argument] {
    if case .list(let list) = arguments[name] { list } else { [] }
  }
}
