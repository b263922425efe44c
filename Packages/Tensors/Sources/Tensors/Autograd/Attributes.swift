import Graphs

/// The attributes of a call, kept for its derivatives.
final class AttributeBox<Attributes>: AnyAttributes {
  let value: Attributes
  init(_ value: Attributes) { self.value = value }
  var any: Any { value }
}

/// Attributes of any type.
protocol AnyAttributes {
  var any: Any { get }
}

extension Operator {
  /// The non-tensor arguments of a call, by name, as graphs show them: numbers under this row's
  /// parameter names, otherwise the properties of the attributes, or of their `customMirror`.
  func namedValues(of attributes: Any) -> [(name: String, text: String)] {
    if let numbers = attributes as? Parameters {
      return zip(parameters, numbers).map { ($0, $1.briefDescription) }
    }
    if let name = parameters.first { return [(name, "\(attributes)")] }
    return Self.properties(of: attributes)
  }

  private static func properties(of value: Any) -> [(name: String, text: String)] {
    Mirror(reflecting: value).children.flatMap { name, property -> [(String, String)] in
      // Graphs show the shapes of inputs with the inputs.
      guard let name, name != "shape" else { return [] }
      switch property {
      case is Tensor: return []
      case let number as Double: return [(name, number.briefDescription)]
      case let text as any CustomStringConvertible: return [(name, text.description)]
      default: return properties(of: property)
      }
    }
  }
}
