/// Modules applied in order, each to the output of the previous one: `torch.nn.Sequential`.
///
///     let model = Sequential(Linear(64, 128), ReLU(), Linear(128, 10))
///     let named = Sequential(["hidden": Linear(64, 128), "output": Linear(128, 10)])
///     let built = Sequential {
///       Linear(64, 128)
///       if isDeep { Linear(128, 128) }
///     }
open class Sequential: Module {
  private var entries: [(name: String, module: Module)]

  /// Creates a model that applies modules in order.
  ///
  /// - Parameter layers: the modules, in order.
  public convenience init(_ layers: Module...) {
    self.init(layers)
  }

  /// Creates a model that applies modules in order.
  ///
  /// - Parameter layers: the modules, in order.
  public init(_ layers: [Module]) {
    entries = layers.enumerated().map { ("\($0.offset)", $0.element) }
    super.init()
  }

  /// Creates a model of named modules, applied in order.
  public init(_ layers: KeyValuePairs<String, Module>) {
    entries = layers.map { ($0.key, $0.value) }
    super.init()
  }

  /// Creates a model that applies modules in order.
  ///
  /// - Parameter layers: the modules, in order.
  public convenience init(@ModuleBuilder _ layers: () -> [Module]) {
    self.init(layers())
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
  public init(arguments: ModuleArguments) throws {
    entries = try arguments.modules()
    super.init()
  }

  open override func forward(_ x: Tensor) -> Tensor {
    var output = x
    for (_, module) in entries { output = module(output) }
    return output
  }

  open override func namedChildren() -> [(name: String, module: Module)] { entries }

  override func replaceChild(_ name: String, _ child: Module, by other: Module) {
    for place in entries.indices where entries[place].name == name {
      entries[place].module = other
    }
  }

  /// Adds a module at the end.
  @discardableResult
  public func append(_ module: Module) -> Self {
    entries.append(("\(entries.count)", module))
    return self
  }

  /// The modules, in order.
  public var layers: [Module] { entries.map(\.module) }
  /// The number of modules.
  public var count: Int { entries.count }
  /// The module at an index; negative indices count from the end.
  public subscript(_ index: Int) -> Module {
    entries[checkedIndex(index, of: entries.count)].module
  }

  /// The module at an index, cast to its type, as in `model[0, as: Linear.self].weight`.
  ///
  /// Stops the program if it is of another type.
  public subscript<Kind: Module>(_ index: Int, as type: Kind.Type) -> Kind {
    let module = self[index]
    guard let module = module as? Kind else {
      fatalError("Sequential: the module at \(index) is a \(Swift.type(of: module)), not a \(type)")
    }
    return module
  }
}

extension Sequential: Sequence {
  /// The modules, in order.
  public func makeIterator() -> IndexingIterator<[Module]> { layers.makeIterator() }
}

/// A function as a module of a ``Sequential``:
///
///     let model = Sequential(Conv2d(1, 8, kernelSize: 3), Lambda { $0.relu() }, Flatten())
///
/// It has no parameters. A model that contains one can be saved as a state dict, but not with its
/// structure, since a function cannot be written to a file.
public final class Lambda: Module {
  private let function: (Tensor) -> Tensor

  /// Creates the module.
  ///
  /// - Parameter function: computes the output from the input.
  public init(_ function: @escaping (Tensor) -> Tensor) {
    self.function = function
    super.init()
  }

  public override func forward(_ x: Tensor) -> Tensor { function(x) }
}

/// The result builder that collects the modules of a ``Sequential``.
@resultBuilder
public enum ModuleBuilder {
  /// A module or an array of modules.
  public static func buildExpression(_ module: Module) -> [Module] { [module] }
  /// A module or an array of modules.
  public static func buildExpression(_ modules: [Module]) -> [Module] { modules }
  /// The modules of a block, in order.
  public static func buildBlock(_ parts: [Module]...) -> [Module] { parts.flatMap { $0 } }
  /// The modules of an `if` without `else`.
  public static func buildOptional(_ part: [Module]?) -> [Module] { part ?? [] }
  /// The modules of one branch of an `if`.
  public static func buildEither(first part: [Module]) -> [Module] { part }
  /// The modules of one branch of an `if`.
  public static func buildEither(second part: [Module]) -> [Module] { part }
  /// The modules of all iterations of a loop.
  public static func buildArray(_ parts: [[Module]]) -> [Module] { parts.flatMap { $0 } }
}

extension Module {
  /// The index from 0, for one that may be negative.
  func checkedIndex(_ index: Int, of count: Int) -> Int {
    guard (-count..<count).contains(index) else {
      fatalError("\(type(of: self)): index \(index) is out of range for \(count) modules")
    }
    return index < 0 ? index + count : index
  }
}
