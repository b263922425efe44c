import Foundation
import Synchronization

/// A module that can be rebuilt from its saved arguments, as all layers of the library can.
/// Register your own class once, before saving or loading a model that contains it:
///
///     final class Gate: Module, Rebuildable {
///       let width: Int
///       let linear: Linear
///       init(_ width: Int) {
///         self.width = width
///         linear = Linear(width, width)
///         super.init()
///       }
///       override var arguments: ModuleArguments { ["width": width] }
///       convenience init(arguments: ModuleArguments) throws { self.init(try arguments["width"]) }
///       override func forward(_ x: Tensor) -> Tensor { x * linear(x).sigmoid() }
///     }
///     Module.register(Gate.self)
///
/// Submodules that its initializer creates need not be registered. A submodule that is passed to
/// the initializer is an argument too, with the name of its property: `try
/// arguments.module("linear")`.
public protocol Rebuildable: Module, SendableMetatype {
  /// Rebuilds a module from its saved arguments. Its parameters are loaded afterwards.
  init(arguments: ModuleArguments) throws
}

/// A module without arguments.
public protocol ArgumentFree: Rebuildable {
  /// Creates the module.
  init()
}

extension ArgumentFree {
  public init(arguments: ModuleArguments) throws { self.init() }
}

extension Module {
  /// Registers classes by name, so that models with them can be saved and loaded.
  public static func register(_ types: any Rebuildable.Type...) {
    for type in types { Rebuilding.register(type, as: "\(type)") }
  }

  /// Registers a class under another name, such as the one that it had when a file was written.
  public static func register(_ type: any Rebuildable.Type, as name: String) {
    Rebuilding.register(type, as: name)
  }

  /// Rebuilds a model from its structure and a state dict, with the dtypes and devices of its
  /// tensors. Only registered classes are instantiated; no other code runs.
  ///
  /// - Parameters:
  ///   - structure: structure from ``structure()``.
  ///   - state: state dict from ``stateDict()``. The model shares memory with its tensors.
  /// - Throws: ``ModuleStructureError``, ``StateDictError``.
  public static func make(_ structure: ModuleStructure, state: StateDict) throws -> Module {
    let module = try structure.checkedModule()
    try module.loadStateDict(state, assign: true)
    try Rebuilding.finish(module, as: structure)
    return module
  }
}

extension ModuleStructure {
  /// Checks that the model can be rebuilt from this structure.
  ///
  /// - Throws: ``ModuleStructureError`` if it cannot.
  public func check() throws { _ = try checkedModule() }

  /// A model with this structure, whose parameters are yet to be loaded.
  fileprivate func checkedModule() throws -> Module {
    // Initializers may draw all the same, which must not advance the default generator.
    let module = try Generator(seed: 0).withDefault {
      try Init.skipping {
        let module = try Rebuilding().make(self, in: "", as: Module.self)
        try replaceChildren(of: module)
        return module
      }
    }
    if let (path, text) = difference(from: module.structure()) {
      throw ModuleStructureError.changed(module: path, text)
    }
    return module
  }
}

extension ModuleStructure {
  /// Replaces children again that had been replaced by modules of another class, as their parent's
  /// initializer creates the original ones.
  fileprivate func replaceChildren(of module: Module) throws {
    for (child, (name, made)) in zip(children, module.namedChildren())
    where child.name == name && child.sameAs == nil {
      if child.type == Rebuilding.name(of: Swift.type(of: made)) {
        try child.replaceChildren(of: made)
      } else {
        let other = try Rebuilding().make(child, in: "", as: Module.self)
        try child.replaceChildren(of: other)
        module.replaceChild(name, made, by: other)
      }
    }
  }
}

/// Rebuilds a model from its structure.
final class Rebuilding {
  /// The module that is being rebuilt.
  struct Place {
    let structure: ModuleStructure
    let path: String
    let rebuilding: Rebuilding
  }

  private var made: [String: Module] = [:]

  func make<Kind: Module>(
    _ structure: ModuleStructure, in parent: String, as kind: Kind.Type
  ) throws -> Kind {
    let path = joined(parent, structure.name)
    let module: Module
    if let known = made[path] {
      module = known
    } else if let first = structure.sameAs {
      guard let same = find(first) else {
        throw ModuleStructureError.noModule(first, module: path)
      }
      module = same
    } else {
      guard let maker = Self.maker(named: structure.type) else {
        throw ModuleStructureError.unregistered(structure.type, module: path)
      }
      let place = Place(structure: structure, path: path, rebuilding: self)
      module = try maker.make(ModuleArguments(place))
    }
    made[path] = module
    guard let module = module as? Kind else {
      throw ModuleStructureError.otherModule(
        module: path, type: structure.type, expected: "\(kind)")
    }
    return module
  }

  /// A module that was already rebuilt, directly or inside another.
  private func find(_ path: String) -> Module? {
    if let module = made[path] { return module }
    guard let dot = path.lastIndex(of: ".") else { return nil }
    let name = path[path.index(after: dot)...]
    return find(String(path[..<dot]))?.namedChildren().first { $0.name == name }?.module
  }

  /// Restores what a state dict lacks: training modes, shared tensors, `requiresGrad`, and the
  /// dtypes of buffers that are not persistent.
  static func finish(_ module: Module, as structure: ModuleStructure) throws {
    var tensors: [String: any StoredTensor] = [:]
    let device = module.parameters().first?.device
    func visit(_ module: Module, _ structure: ModuleStructure, _ path: String) throws {
      module.isTraining = structure.isTraining
      for ((name, stored), saved) in zip(
        module.ownTensors.filter { $0.stored.tensor != nil }, structure.tensors)
      {
        tensors[joined(path, name)] = stored
        if let first = saved.sameAs.flatMap({ tensors[$0]?.tensor }) { stored.replace(by: first) }
        guard let tensor = stored.tensor else { continue }
        if !saved.isPersistent {
          guard let dtype = DType(saved.dtype) else {
            throw ModuleStructureError.argument(
              name, module: path, type: structure.type, expected: "a dtype", given: saved.dtype)
          }
          stored.replace(by: tensor.to(dtype).to(device ?? .cpu))
        }
        stored.tensor?.requiresGrad = saved.requiresGrad
      }
      for (child, inside) in zip(module.namedChildren(), structure.children)
      where inside.sameAs == nil {
        try visit(child.module, inside, joined(path, child.name))
      }
    }
    try visit(module, structure, "")
  }

  // MARK: Classes by name

  /// Creates modules of a class. An open class does not conform to ``Rebuildable`` itself, since
  /// the initializer would then be required of every subclass.
  struct Maker: Sendable {
    let type: Module.Type
    let make: @Sendable (ModuleArguments) throws -> Module

    init<Kind: Module & SendableMetatype>(
      _ make: @escaping @Sendable (ModuleArguments) throws -> Kind
    ) {
      (type, self.make) = (Kind.self, make)
    }

    init(_ type: any Rebuildable.Type) {
      (self.type, make) = (type, { try type.init(arguments: $0) })
    }
  }

  private static let makers = Mutex<[String: Maker]>(
    Dictionary(uniqueKeysWithValues: libraryModules.map { ("\($0.type)", $0) }))

  static func register(_ type: any Rebuildable.Type, as name: String) {
    let other = makers.withLock { makers in
      let other = makers[name]
      if other == nil { makers[name] = Maker(type) }
      return other
    }
    if let other, other.type != type {
      fatalError(
        "Module.register: “\(name)” is already registered for \(String(reflecting: other.type)); register the "
          + "class under another name: Module.register(\(type).self, as: …)")
    }
  }

  private static func maker(named name: String) -> Maker? { makers.withLock { $0[name] } }

  /// The name under which a class is registered; its own if it is not.
  static func name(of type: Module.Type) -> String {
    let name = "\(type)"
    return makers.withLock { makers in
      if let known = makers[name], known.type == type { return name }
      return makers.filter { $0.value.type == type }.map(\.key).min() ?? name
    }
  }
}

/// The errors of rebuilding a model from its structure.
public enum ModuleStructureError: Error, Equatable, LocalizedError {
  /// A class that is not registered, and the path of a module of that class.
  case unregistered(String, module: String)
  /// An argument that is missing or of another type.
  case argument(String, module: String, type: String, expected: String, given: String?)
  /// A submodule that is missing.
  case noModule(String, module: String)
  /// A module of another class than expected.
  case otherModule(module: String, type: String, expected: String)
  /// A module that differs from the saved one after it was rebuilt.
  case changed(module: String, String)

  public var errorDescription: String? {
    func name(_ path: String) -> String { path.isEmpty ? "the model" : path }
    switch self {
    case .unregistered(let type, let module):
      return
        "\(name(module)) is a \(type), a class that is not registered: make it conform to Rebuildable "
        + "and call Module.register(\(type).self)"
    case .argument(let argument, let module, let type, let expected, let given):
      return "\(name(module)), a \(type): the argument “\(argument)” is "
        + "\(given ?? "missing"), expected \(expected)"
    case .noModule(let inner, let module):
      return "there is no module “\(inner)” in \(name(module))"
    case .otherModule(let module, let type, let expected):
      return "\(name(module)) is a \(type), expected \(expected)"
    case .changed(let module, let text):
      return
        "\(name(module)) differs from the saved module when it is rebuilt from its arguments: \(text)"
    }
  }
}
