/// Modules in a list, which a `forward` function goes through as it likes: `torch.nn.ModuleList`.
open class ModuleList: Module {
  /// The modules.
  public private(set) var layers: [Module]

  /// Creates a list.
  ///
  /// - Parameter layers: the modules, in their order.
  public init(_ layers: [Module] = []) {
    self.layers = layers
    super.init()
  }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init(try arguments.modules().map(\.module))
  }

  open override func namedChildren() -> [(name: String, module: Module)] {
    layers.enumerated().map { ("\($0.offset)", $0.element) }
  }

  override func replaceChild(_ name: String, _ child: Module, by other: Module) {
    layers[Int(name)!] = other
  }

  /// Adds a module at the end.
  ///
  /// - Parameter module: the module.
  public func append(_ module: Module) { layers.append(module) }
  /// How many modules there are.
  public var count: Int { layers.count }
  /// The module at a place; negative ones count from the end.
  public subscript(_ index: Int) -> Module { layers[checkedIndex(index, of: layers.count)] }
}

extension ModuleList: Sequence {
  public func makeIterator() -> IndexingIterator<[Module]> { layers.makeIterator() }
}

/// Modules by name, in order: `torch.nn.ModuleDict`.
open class ModuleDict: Module {
  /// The modules by name, in their order.
  public private(set) var entries: OrderedDictionary<String, Module>

  /// Creates a dictionary.
  public init(_ modules: KeyValuePairs<String, Module> = [:]) {
    entries = [:]
    super.init()
    for (name, module) in modules { self[name] = module }
  }

  /// Makes a module as it was made with these arguments; see ``Rebuildable``.
  public convenience init(arguments: ModuleArguments) throws {
    self.init()
    for (name, module) in try arguments.modules() { self[name] = module }
  }

  open override func namedChildren() -> [(name: String, module: Module)] {
    entries.map { ($0.key, $0.value) }
  }

  override func replaceChild(_ name: String, _ child: Module, by other: Module) {
    entries[name] = other
  }

  /// The names, in their order.
  public var keys: [String] { Array(entries.keys) }

  /// The module of a name, or nil.
  public subscript(_ name: String) -> Module? {
    get { entries[name] }
    set {
      if name.isEmpty || name.contains(".") {
        fatalError("ModuleDict: “\(name)” is no name; it must not be empty or hold a dot")
      }
      entries[name] = newValue
    }
  }
}
