/// A list of modules for a `forward` function to call: `torch.nn.ModuleList`.
open class ModuleList: Module {
  /// The modules.
  public private(set) var layers: [Module]

  /// Creates a list.
  ///
  /// - Parameter layers: the modules, in order.
  public init(_ layers: [Module] = []) {
    self.layers = layers
    super.init()
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
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
  /// The number of modules.
  public var count: Int { layers.count }
  /// The module at an index; negative indices count from the end.
  public subscript(_ index: Int) -> Module { layers[checkedIndex(index, of: layers.count)] }
}

extension ModuleList: Sequence {
  public func makeIterator() -> IndexingIterator<[Module]> { layers.makeIterator() }
}

/// Modules by name, in order: `torch.nn.ModuleDict`.
open class ModuleDict: Module {
  /// The modules by name, in insertion order.
  public private(set) var entries: OrderedDictionary<String, Module>

  /// Creates a dictionary.
  public init(_ modules: KeyValuePairs<String, Module> = [:]) {
    entries = [:]
    super.init()
    for (name, module) in modules { self[name] = module }
  }

  /// Rebuilds a module from its saved arguments; see ``Rebuildable``.
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

  /// The names, in order.
  public var keys: [String] { Array(entries.keys) }

  /// The module with a name; stops the program if ``keys`` does not contain it.
  public subscript(_ name: String) -> Module {
    get {
      guard let module = entries[name] else {
        fatalError("ModuleDict: no module “\(name)”; it has \(keys.joined(separator: ", "))")
      }
      return module
    }
    set {
      if name.isEmpty || name.contains(".") {
        fatalError(
          "ModuleDict: “\(name)” is not a valid name; it must not be empty or contain a dot")
      }
      entries[name] = newValue
    }
  }

  /// Removes and returns a module, nil if there is none with that name: `torch.nn.ModuleDict.pop`.
  @discardableResult
  public func removeValue(forKey name: String) -> Module? { entries.removeValue(forKey: name) }
}
