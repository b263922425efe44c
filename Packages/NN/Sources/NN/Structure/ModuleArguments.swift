/// The arguments that a module was created with, by name, in PyTorch's spelling and order.
/// `print(model)` shows them, and a saved model is rebuilt from them.
///
///     override var arguments: ModuleArguments { ["width": width, "bias": bias != nil] }
public struct ModuleArguments: ExpressibleByDictionaryLiteral {
  /// The value of an argument, as it is saved.
  public enum Literal: Sendable {
    /// nil.
    case none
    /// A Boolean.
    case bool(Bool)
    /// An integer.
    case int(Int)
    /// A floating-point number.
    case double(Double)
    /// A string.
    case string(String)
    /// A list.
    case list([Literal])
  }

  let values: OrderedDictionary<String, Literal>
  /// The source of module arguments, when rebuilding.
  private let place: Rebuilding.Place?

  public init(dictionaryLiteral elements: (String, any ModuleArgument)...) {
    values = OrderedDictionary(uniqueKeysWithValues: elements.map { ($0, $1.moduleArgument) })
    place = nil
  }

  init(_ place: Rebuilding.Place) {
    values = OrderedDictionary(
      uniqueKeysWithValues: place.structure.arguments.sorted { $0.key < $1.key })
    self.place = place
  }

  /// The argument with a name.
  ///
  /// - Throws: ``ModuleStructureError`` if it is missing or of another type.
  public subscript<Argument: ModuleArgument>(name: String) -> Argument {
    get throws {
      guard let argument = Argument(moduleArgument: values[name] ?? .none) else {
        throw ModuleStructureError.argument(
          name, module: place?.path ?? "", type: place?.structure.type ?? "",
          expected: "\(Argument.self)", given: values[name].map { "\($0)" })
      }
      return argument
    }
  }

  /// The submodule with a name, for modules that take submodules as arguments.
  ///
  /// - Throws: ``ModuleStructureError`` if it is missing or of another type.
  public func module<Kind: Module>(_ name: String, as kind: Kind.Type = Kind.self) throws -> Kind {
    guard let module = try optionalModule(name, as: kind) else {
      throw ModuleStructureError.noModule(name, module: place?.path ?? "")
    }
    return module
  }

  /// As ``module(_:as:)``, but nil if there is none.
  public func optionalModule<Kind: Module>(
    _ name: String, as kind: Kind.Type = Kind.self
  ) throws -> Kind? {
    guard let place, let child = place.structure.children.first(where: { $0.name == name }) else {
      return nil
    }
    return try place.rebuilding.make(child, in: place.path, as: kind)
  }

  /// The direct submodules, by name, in order.
  ///
  /// - Throws: ``ModuleStructureError``.
  public func modules() throws -> [(name: String, module: Module)] {
    guard let place else { return [] }
    return try place.structure.children.map { child in
      (child.name, try place.rebuilding.make(child, in: place.path, as: Module.self))
    }
  }
}

extension ModuleArguments: CustomStringConvertible {
  /// The arguments as Python's keyword arguments: `in_features=64, bias=True`.
  public var description: String { description(without: nil) }

  /// The arguments as Python's keyword arguments, without one that PyTorch does not print.
  func description(without name: String?) -> String {
    values.filter { $0.key != name }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
  }
}

extension ModuleArguments.Literal: CustomStringConvertible {
  /// The value in Python's notation.
  public var description: String {
    switch self {
    case .none: "None"
    case .bool(let value): value.python
    case .int(let value): "\(value)"
    case .double(let value): value.python
    case .string(let value): "'\(value)'"
    case .list(let values) where values.count == 1: "(\(values[0]),)"
    case .list(let values): "(\(values.map(\.description).joined(separator: ", ")))"
    }
  }
}

extension ModuleArguments.Literal: Codable, Equatable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .none
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else {
      self = .list(try container.decode([Self].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .none: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    // JSON has no infinity.
    case .double(let value) where !value.isFinite: try container.encode("\(value)")
    case .double(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    }
  }

  /// Whether both are the same argument, even after a round trip through JSON, which writes 1.0 as
  /// 1 and infinity as a string.
  public static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.none, .none): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.double, _), (_, .double):
      Double(moduleArgument: a)?.bitPattern == Double(moduleArgument: b)?.bitPattern
    default: false
    }
  }
}

/// The type of a module's argument: numbers, strings, Booleans, enumerations of strings, and lists
/// and optionals of these.
public protocol ModuleArgument {
  /// The value as an argument that can be saved.
  var moduleArgument: ModuleArguments.Literal { get }
  /// Creates the value from a saved argument; nil if it is of another type.
  init?(moduleArgument literal: ModuleArguments.Literal)
}

extension Bool: ModuleArgument {
  /// The value as an argument that can be saved.
  public var moduleArgument: ModuleArguments.Literal { .bool(self) }
  public init?(moduleArgument literal: ModuleArguments.Literal) {
    guard case .bool(let value) = literal else { return nil }
    self = value
  }
}

extension Int: ModuleArgument {
  /// The value as an argument that can be saved.
  public var moduleArgument: ModuleArguments.Literal { .int(self) }
  public init?(moduleArgument literal: ModuleArguments.Literal) {
    switch literal {
    case .int(let value): self = value
    // Some of PyTorch's 1D layers print a tuple of one number.
    case .list(let values) where values.count == 1: self.init(moduleArgument: values[0])
    default: return nil
    }
  }
}

extension Double: ModuleArgument {
  /// The value as an argument that can be saved.
  public var moduleArgument: ModuleArguments.Literal { .double(self) }
  public init?(moduleArgument literal: ModuleArguments.Literal) {
    switch literal {
    case .double(let value): self = value
    case .int(let value): self.init(value)
    case .string(let text): self.init(text)
    default: return nil
    }
  }
}

extension String: ModuleArgument {
  /// The value as an argument that can be saved.
  public var moduleArgument: ModuleArguments.Literal { .string(self) }
  public init?(moduleArgument literal: ModuleArguments.Literal) {
    guard case .string(let value) = literal else { return nil }
    self = value
  }
}

extension Array: ModuleArgument where Element: ModuleArgument {
  /// The value as an argument that can be saved.
  public var moduleArgument: ModuleArguments.Literal { .list(map(\.moduleArgument)) }
  public init?(moduleArgument literal: ModuleArguments.Literal) {
    // PyTorch's layers take a single number for all dims, too.
    guard case .list(let literals) = literal else {
      guard let one = Element(moduleArgument: literal) else { return nil }
      self = [one]
      return
    }
    let elements = literals.compactMap { Element(moduleArgument: $0) }
    guard elements.count == literals.count else { return nil }
    self = elements
  }
}

extension Optional: ModuleArgument where Wrapped: ModuleArgument {
  /// The value as an argument that can be saved.
  public var moduleArgument: ModuleArguments.Literal { map(\.moduleArgument) ?? .none }
  public init?(moduleArgument literal: ModuleArguments.Literal) {
    if case .none = literal {
      self = .none
    } else {
      guard let wrapped = Wrapped(moduleArgument: literal) else { return nil }
      self = wrapped
    }
  }
}

extension ModuleArgument where Self: RawRepresentable, RawValue == String {
  public var moduleArgument: ModuleArguments.Literal { .string(rawValue) }
  public init?(moduleArgument literal: ModuleArguments.Literal) {
    guard case .string(let text) = literal else { return nil }
    self.init(rawValue: text)
  }
}

extension ConvolutionPadding: ModuleArgument {
  /// The value as an argument that can be saved: sizes, `'same'` or `'valid'`.
  public var moduleArgument: ModuleArguments.Literal {
    switch self {
    case .sameSize: .string("same")
    case .none: .string("valid")
    case .sizes(let sizes): sizes.moduleArgument
    }
  }
  public init?(moduleArgument literal: ModuleArguments.Literal) {
    switch literal {
    case .string("same"): self = .sameSize
    case .string("valid"): self = .none
    default:
      guard let sizes = [Int](moduleArgument: literal) else { return nil }
      self = .sizes(sizes)
    }
  }
}

extension PaddingMode: ModuleArgument {}
extension Tensor.GELU: ModuleArgument {}
extension Tensor.Interpolation: ModuleArgument {}
