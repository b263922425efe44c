@_spi(Flambeau) import Devices
@_exported import Tensors

/// The base class of layers and models: parameters, submodules, and a `forward` from tensors to
/// tensors: `torch.nn.Module`.
///
/// A subclass declares its parameters and submodules as stored properties and overrides
/// ``forward(_:)``:
///
///     final class Net: Module {
///       let hidden = Linear(64, 128)
///       let output = Linear(128, 10)
///       override func forward(_ x: Tensor) -> Tensor {
///         output(hidden(x).relu())
///       }
///     }
///
/// Its parameters are the tensors marked ``Parameter``, its buffers those marked ``Buffer``, and
/// its children the stored modules, all of them also in optionals, arrays and dictionaries. Names
/// are as in PyTorch, in snake case: `hidden.weight`, `layers.0.bias`, and `self_attn` for a
/// property `selfAttn`.
///
/// A module with several inputs or outputs defines its own `forward` and `callAsFunction`:
///
///     final class Gate: Module {
///       let weight = Linear(8, 8)
///       func forward(_ x: Tensor, _ gate: Tensor) -> Tensor { weight(x) * gate.sigmoid() }
///       func callAsFunction(_ x: Tensor, _ gate: Tensor) -> Tensor {
///         run(x, gate) { forward(x, gate) }
///       }
///     }
open class Module {
  /// Whether the module is in training mode, in which dropout and batch normalization compute
  /// differently. It does not affect gradients; `noGrad(_:)` turns those off.
  public internal(set) var isTraining = true

  /// Members that were registered by name, rather than stored in a property.
  var registered = Registered()
  var hooks: Hooks?

  /// Creates a module; subclasses call it after setting their own properties.
  public init() {}

  /// Computes the output. Call the module itself instead, as in `model(x)`, which runs hooks too.
  open func forward(_ x: Tensor) -> Tensor {
    fatalError(
      "\(type(of: self)): override func forward(_ x: Tensor) -> Tensor; if it takes other inputs, define its "
        + "own call: func callAsFunction(_ x: Tensor, mask: Tensor? = nil) -> Tensor { run(x, mask) { "
        + "forward(x, mask: mask) } }")
  }

  /// Runs ``forward(_:)``, and hooks before and after it.
  // Disfavored, so that a subclass's own callAsFunction is preferred, even with its other arguments
  // omitted or with another result type.
  @_disfavoredOverload
  public func callAsFunction(_ x: Tensor) -> Tensor {
    guard let hooks else { return entered { forward(x) } }
    if let other = hooks.replacement() { return other(x) }
    let input = hooks.before(self, [x]) ?? x
    return hooks.after(self, [input], entered { forward(input) })
  }

  /// Runs a `forward` function with other inputs or outputs, and hooks before and after it, which
  /// are passed the inputs: `run(x, mask) { forward(x, mask: mask) }`.
  public func run<Output>(_ inputs: Any?..., body: () -> Output) -> Output {
    guard let hooks else { return entered(body) }
    if let other = hooks.replacement() {
      fail(
        "replaced by a \(type(of: other)), but only a module that is called with a single tensor can be replaced "
          + "like this; assign to the property that holds it instead")
    }
    let inputs = inputs.map { $0 as Any }
    _ = hooks.before(self, inputs)
    return hooks.after(self, inputs, entered(body))
  }

  /// The direct children, by name, in order: `torch.nn.Module.named_children`.
  open func namedChildren() -> [(name: String, module: Module)] {
    members(as: Module.self).map { ($0.name, registered.replaced[$0.name] ?? $0.module) }
      + registered.modules.map { ($0.key, $0.value) }
  }

  /// Replaces a child by another module; see ``replace(_:)``.
  func replaceChild(_ name: String, _ child: Module, by other: Module) {
    if registered.modules[name] != nil {
      registered.modules[name] = other
      return
    }
    guard let held = members(as: Module.self).first(where: { $0.name == name })?.module else {
      fatalError(
        "replace: \(type(of: self)) overrides namedChildren(), so its “\(name)” cannot be replaced"
      )
    }
    registered.replaced[name] = other
    var hooks = held.hooks ?? Hooks()
    hooks.replacements.removeAll { $0.parent === self || $0.parent == nil }
    hooks.replacements.append(Replacement(parent: self, module: other))
    held.hooks = hooks
  }

  /// The arguments that the module was created with; see ``ModuleArguments``.
  open var arguments: ModuleArguments { [:] }

  /// What `print(model)` shows of the module besides its type; by default its arguments:
  /// `extra_repr`.
  open var extraDescription: String { arguments.description }
}

extension Module {
  @inline(__always)
  private func entered<Output>(_ body: () -> Output) -> Output {
    withScope(of: Unmanaged.passUnretained(self).toOpaque(), body)
  }

  /// The path of this module in the model that is running, such as `encoder.layers.2.linear1`; its
  /// type if it runs on its own.
  public var path: String {
    var outermost: Module?
    var scope = AmbientState.scope
    while let current = scope {
      outermost = Unmanaged<Module>.fromOpaque(current.pointee.owner).takeUnretainedValue()
      scope = current.pointee.outer
    }
    let found = outermost?.namedModules().first { $0.module === self }?.name ?? ""
    return found.isEmpty ? "\(type(of: self))" : found
  }

  /// Stops the program with a message about this module's input.
  public func fail(_ reason: String) -> Never {
    fatalError("\(path): \(reason)")
  }

  /// Sets this module and all its submodules to training mode: `torch.nn.Module.train`.
  @discardableResult
  public func train(_ isTraining: Bool = true) -> Self {
    for module in modules() { module.isTraining = isTraining }
    return self
  }

  /// Sets this module and all its submodules to evaluation mode, which changes dropout and batch
  /// normalization: `torch.nn.Module.eval`. Operations are still recorded for backward;
  /// `noGrad(_:)` turns that off.
  @discardableResult
  public func eval() -> Self { train(false) }

  /// Calls a function with this module and all its submodules, children first:
  /// `torch.nn.Module.apply`.
  @discardableResult
  public func apply(_ body: (Module) -> Void) -> Self {
    for child in children() { child.apply(body) }
    body(self)
    return self
  }

  /// This module and all its submodules, each once, by name; its own name is empty:
  /// `torch.nn.Module.named_modules`.
  public func namedModules() -> [(name: String, module: Module)] {
    var seen: Set<ObjectIdentifier> = []
    return namedModules { seen.insert(ObjectIdentifier($0)).inserted }
  }

  /// This module and its submodules that `isWanted` accepts, by name. Submodules of a rejected one
  /// are skipped too.
  func namedModules(where isWanted: (Module) -> Bool) -> [(name: String, module: Module)] {
    var found: [(name: String, module: Module)] = []
    func visit(_ name: String, _ module: Module) {
      guard isWanted(module) else { return }
      found.append((name, module))
      for child in module.namedChildren() { visit(joined(name, child.name), child.module) }
    }
    visit("", self)
    return found
  }

  /// This module and all its submodules, each once: `torch.nn.Module.modules`.
  public func modules() -> [Module] { namedModules().map(\.module) }

  /// The direct children, each once: `torch.nn.Module.children`.
  public func children() -> [Module] {
    var seen: Set<ObjectIdentifier> = []
    return namedChildren().map(\.module).filter { seen.insert(ObjectIdentifier($0)).inserted }
  }
}

/// The path of a member, given that of its module.
func joined(_ path: String, _ name: String) -> String {
  path.isEmpty ? name : "\(path).\(name)"
}
