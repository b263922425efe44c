// The parameters, buffers and submodules in a module's stored properties, found by reflection.

/// Parameters, buffers and modules that were registered by name.
struct Registered {
  var tensors: OrderedDictionary<String, any StoredTensor> = [:]
  var modules: OrderedDictionary<String, Module> = [:]
  /// Replacements of modules in stored properties, by name.
  var replaced: [String: Module] = [:]
}

extension Module {
  /// The stored properties of a type, with their names in PyTorch's spelling. Elements of arrays
  /// are numbered, those of dictionaries are named by their keys, in alphabetical order.
  func members<Member>(as type: Member.Type) -> [(name: String, module: Member)] {
    var found: [(String, Member)] = []
    func collect(_ name: String, _ value: Any) {
      if let member = value as? Member { return found.append((name, member)) }
      if value is Module || value is any StoredTensor { return }
      let mirror = Mirror(reflecting: value)
      switch mirror.displayStyle {
      case .optional:
        if let (_, value) = mirror.children.first { collect(name, value) }
      case .collection:
        // Arrays of numbers have no members, and may be long.
        guard let first = mirror.children.first?.value, mayHoldMembers(first) else { return }
        for (index, element) in mirror.children.enumerated() {
          collect("\(name).\(index)", element.value)
        }
      case .dictionary:
        let pairs = mirror.children.compactMap { $0.value as? (key: AnyHashable, value: Any) }
        for pair in pairs.sorted(by: { "\($0.key)" < "\($1.key)" }) {
          collect("\(name).\(pair.key)", pair.value)
        }
      default: return
      }
    }
    for mirror in sequence(first: Mirror(reflecting: self), next: \.superclassMirror).reversed() {
      for case (let label?, let value) in mirror.children { collect(keyName(label), value) }
    }
    return found
  }

  private func mayHoldMembers(_ value: Any) -> Bool {
    if value is Module || value is any StoredTensor { return true }
    switch Mirror(reflecting: value).displayStyle {
    case .optional, .collection, .dictionary: return true
    default: return false
    }
  }

  /// The parameters and buffers of this module alone, by name.
  var ownTensors: [(name: String, stored: any StoredTensor)] {
    members(as: (any StoredTensor).self).map { ($0.name, $0.module) }
      + registered.tensors.map { ($0.key, $0.value) }
  }

  /// Adds a parameter under a name: `torch.nn.Module.register_parameter`.
  public func registerParameter(_ name: String, _ tensor: Tensor?) {
    register(name, Parameter(wrappedValue: tensor))
  }

  /// Adds a buffer, which is saved with the parameters if `persistent`, but not trained:
  /// `torch.nn.Module.register_buffer`.
  public func registerBuffer(_ name: String, _ tensor: Tensor?, persistent: Bool = true) {
    register(name, Buffer(wrappedValue: tensor, persistent: persistent))
  }

  /// Adds a module under a name: `torch.nn.Module.register_module`.
  public func registerModule(_ name: String, _ module: Module) {
    checkName(name)
    registered.modules[name] = module
  }

  private func register(_ name: String, _ stored: any StoredTensor) {
    checkName(name)
    registered.tensors[name] = stored
  }

  private func checkName(_ name: String) {
    if name.isEmpty || name.contains(".") {
      fatalError(
        "\(type(of: self)): “\(name)” is not a valid name; it must not be empty or contain a dot")
    }
  }
}

/// A property's name in PyTorch's spelling: `selfAttn` becomes `self_attn`. A property wrapper is
/// stored under the name with an underscore before it.
private func keyName(_ label: String) -> String {
  var name = ""
  for letter in label.hasPrefix("_") ? label.dropFirst() : label[...] {
    if letter.isUppercase, let last = name.last {
      if !last.isUppercase, last != "_" { name.append("_") }
      name += letter.lowercased()
    } else {
      name.append(letter)
    }
  }
  return name
}
