import Foundation

extension Module {
  /// The parameters and persistent buffers by name, as they are saved:
  /// `torch.nn.Module.state_dict`. Shared tensors appear under each of their names.
  ///
  /// The tensors share memory with the module's.
  public func stateDict() -> StateDict {
    var state: StateDict = [:]
    for (path, module) in namedModules(where: { _ in true }) {
      let own = module.ownTensors.filter(\.stored.persistent)
      for (name, stored) in own.filter(\.stored.isParameter)
        + own.filter({ !$0.stored.isParameter })
      {
        if let tensor = stored.tensor { state[joined(path, name)] = tensor.detach() }
      }
    }
    return state
  }

  /// Copies the values of a state dict into the model: `torch.nn.Module.load_state_dict`.
  ///
  /// - Parameters:
  ///   - state: values by name, of any dtype and on any device.
  ///   - strict: whether every key must match; otherwise only shapes must.
  ///   - assign: whether the module takes over the tensors themselves, with their dtypes and
  ///     devices, rather than copying their values. If so, load before creating the optimizer.
  ///   - renames: regular expressions and the replacements of their matches in the keys, applied in
  ///     order; `$1` is the first group.
  ///     `["^bert\\.": "", "LayerNorm": "norm", #"h\.(\d+)"#: "layers.$1"]`
  /// - Throws: ``StateDictError`` with all mismatches; the model is then unchanged.
  public func loadStateDict(
    _ state: StateDict, strict: Bool = true, assign: Bool = false,
    renaming renames: KeyValuePairs<String, String> = [:]
  ) throws {
    let state = renames.isEmpty ? state : state.renamed(renames)
    let own = stateDict()
    var error = StateDictError()
    for (name, tensor) in own {
      guard let loaded = state[name] else {
        error.missing.append(name)
        continue
      }
      if loaded.shape != tensor.shape {
        error.mismatchedShapes.append(
          .init(name: name, shape: loaded.shape, expected: tensor.shape))
      }
    }
    error.unexpected = state.keys.filter { own[$0] == nil }
    if !strict { (error.missing, error.unexpected) = ([], []) }
    if !error.isEmpty { throw error }
    if assign {
      replaceTensors { name, _ in state[name]?.detach() }
      return
    }
    noGrad {
      for (name, tensor) in own {
        if let loaded = state[name] { tensor.copy(from: loaded) }
      }
    }
  }
}

extension StateDict {
  /// The same tensors under other keys; see ``Module/loadStateDict(_:strict:assign:renaming:)``.
  ///
  /// Stops the program if a pattern is not a regular expression, or if two keys become equal.
  public func renamed(_ renames: KeyValuePairs<String, String>) -> StateDict {
    let patterns = renames.map { pattern, template in
      guard let expression = try? NSRegularExpression(pattern: pattern) else {
        fatalError("renaming: “\(pattern)” is not a regular expression")
      }
      return (expression, template)
    }
    var sources: [String: String] = [:]
    var renamed: StateDict = [:]
    for (key, tensor) in self {
      let name = patterns.reduce(key) { name, rename in
        rename.0.stringByReplacingMatches(
          in: name, range: NSRange(name.startIndex..., in: name), withTemplate: rename.1)
      }
      if let other = sources.updateValue(key, forKey: name) {
        fatalError("renaming: “\(other)” and “\(key)” both become “\(name)”")
      }
      renamed[name] = tensor
    }
    return renamed
  }
}

/// The mismatches between a state dict and a model.
public struct StateDictError: Error, Equatable, LocalizedError {
  /// A parameter of another shape.
  public struct Mismatch: Equatable, Sendable {
    /// The key.
    public var name: String
    /// The shape in the state dict.
    public var shape: [Int]
    /// The model's shape.
    public var expected: [Int]
  }

  /// Parameters and buffers of the model that the state dict lacks.
  public var missing: [String] = []
  /// Keys of the state dict that the model has no parameter or buffer for.
  public var unexpected: [String] = []
  /// Keys whose shapes differ.
  public var mismatchedShapes: [Mismatch] = []

  var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && mismatchedShapes.isEmpty }

  public var errorDescription: String? {
    var parts: [String] = []
    if !missing.isEmpty { parts.append("missing keys: " + missing.joined(separator: ", ")) }
    if !unexpected.isEmpty {
      parts.append("unexpected keys: " + unexpected.joined(separator: ", "))
    }
    parts += mismatchedShapes.map { "\($0.name) has shape \($0.shape), the model's \($0.expected)" }
    return "the state dict does not match the model: " + parts.joined(separator: "; ")
  }
}
