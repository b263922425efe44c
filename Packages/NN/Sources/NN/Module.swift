@_exported import Tensors

/// A piece of a network: parameters, other modules inside it, and a `forward` from tensors to
/// tensors. It follows `torch.nn.Module`.
///
/// A subclass declares what it is made of as stored properties and overrides ``forward(_:)``:
///
///     final class Net: Module {
///       let hidden = Linear(64, 128)
///       let output = Linear(128, 10)
///       override func forward(_ x: Tensor) -> Tensor {
///         output(hidden(x).relu())
///       }
///     }
///
/// Its parameters are the tensors marked ``Parameter``, its children the stored modules, also in
/// optionals and arrays. They are named as in PyTorch: `hidden.weight`, `layers.0.bias`.
open class Module {
  /// Whether the module is in training: some layers, such as dropout, compute differently then.
  public private(set) var isTraining = true

  public init() {}

  /// Computes the output. Call the module itself instead, as in `model(x)`.
  open func forward(_ x: Tensor) -> Tensor {
    fatalError("\(type(of: self)): override func forward(_ x: Tensor) -> Tensor")
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    forward(x)
  }

  /// The modules directly inside this one, by name, in order.
  open func namedChildren() -> [(name: String, module: Module)] {
    members(as: Module.self).map { ($0.name, $0.member) }
  }

  /// What `print(model)` says of the module besides its type: its arguments.
  open var extraDescription: String { "" }

  /// The stored properties of a type, with their names; those in arrays are numbered.
  private func members<Member>(as type: Member.Type) -> [(name: String, member: Member)] {
    var found: [(String, Member)] = []
    func collect(_ name: String, _ value: Any) {
      if let member = value as? Member {
        found.append((name, member))
      } else if let array = value as? [Any] {
        for (index, element) in array.enumerated() { collect("\(name).\(index)", element) }
      }
    }
    for mirror in sequence(first: Mirror(reflecting: self), next: \.superclassMirror).reversed() {
      // A property wrapper is stored under the property's name with an underscore before it.
      for case (let label?, let value) in mirror.children {
        collect(label.hasPrefix("_") ? String(label.dropFirst()) : label, value)
      }
    }
    return found
  }

  /// The parameters of this module alone, by name.
  private var ownParameters: [(name: String, member: any AnyParameter)] {
    members(as: (any AnyParameter).self)
  }

  /// Switches this module and all inside it to training: `torch.nn.Module.train`.
  @discardableResult
  public func train(_ isTraining: Bool = true) -> Self {
    for (_, module) in namedModules() { module.isTraining = isTraining }
    return self
  }

  /// Switches this module and all inside it to evaluation. Gradients go on being recorded; it is
  /// ``noGrad(_:)`` that turns them off.
  @discardableResult
  public func eval() -> Self { train(false) }

  /// All parameters by name, each once.
  public func namedParameters() -> StateDict {
    var seen: Set<ObjectIdentifier> = []
    var parameters: StateDict = [:]
    for (path, module) in namedModules() {
      for (name, parameter) in module.ownParameters {
        guard let tensor = parameter.tensor, seen.insert(ObjectIdentifier(tensor)).inserted else {
          continue
        }
        parameters[path.isEmpty ? name : "\(path).\(name)"] = tensor
      }
    }
    return parameters
  }

  /// Moves the parameters to a device. Do it before an optimizer is given the parameters.
  @discardableResult
  public func to(_ device: Device) -> Self {
    for (_, module) in namedModules() {
      for (_, parameter) in module.ownParameters { parameter.move(to: device) }
    }
    return self
  }
}

extension Module {
  /// This module and all inside it, each once, by name; its own name is empty.
  public func namedModules() -> [(name: String, module: Module)] {
    var seen: Set<ObjectIdentifier> = []
    var found: [(name: String, module: Module)] = []
    func visit(_ name: String, _ module: Module) {
      guard seen.insert(ObjectIdentifier(module)).inserted else { return }
      found.append((name, module))
      for child in module.namedChildren() {
        visit(name.isEmpty ? child.name : "\(name).\(child.name)", child.module)
      }
    }
    visit("", self)
    return found
  }

  /// All parameters, each once, in order.
  public func parameters() -> [Tensor] {
    Array(namedParameters().values)
  }

  /// Forgets the gradients of all parameters.
  public func zeroGrad() {
    for parameter in parameters() { parameter.grad = nil }
  }
}

extension Module: CustomStringConvertible {
  /// The modules inside one another, as PyTorch prints them.
  public var description: String {
    let children = namedChildren()
    let name = "\(type(of: self))"
    guard !children.isEmpty else { return "\(name)(\(extraDescription))" }
    let lines = children.map { child in
      let text = child.module.description.split(separator: "\n", omittingEmptySubsequences: false)
      return "  (\(child.name)): " + text.joined(separator: "\n  ")
    }
    return "\(name)(\n\(lines.joined(separator: "\n"))\n)"
  }
}
