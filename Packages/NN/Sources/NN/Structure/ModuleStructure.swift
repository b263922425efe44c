/// The structure of a model, without its parameters: the types of its modules and their arguments,
/// nested.
///
/// It is `Codable`, and a model can be rebuilt from it: see ``Rebuildable``.
public struct ModuleStructure: Codable, Equatable, Sendable {
  /// A parameter or a buffer.
  public struct StoredTensor: Codable, Equatable, Sendable {
    /// Its name in the module.
    public let name: String
    /// Its shape.
    public let shape: [Int]
    /// The name of its dtype.
    public let dtype: String
    /// Whether it is a parameter, rather than a buffer.
    public let isParameter: Bool
    /// Whether it is in the state dict.
    public let isPersistent: Bool
    /// Whether it is trainable, rather than frozen.
    public let requiresGrad: Bool
    /// For a shared tensor, the path of its first occurrence in the model.
    public let sameAs: String?
  }

  /// The name in the parent module; empty for the model itself.
  public let name: String
  /// The name of the class.
  public let type: String
  /// What `print(model)` shows of the module besides its type.
  public let text: String
  /// The arguments that it was created with.
  public let arguments: [String: ModuleArguments.Literal]
  /// Whether it is in training mode.
  public let isTraining: Bool
  /// For a shared module, the path of its first occurrence in the model, which lists its tensors
  /// and children.
  public let sameAs: String?
  /// Its own parameters and buffers.
  public let tensors: [StoredTensor]
  /// The direct submodules.
  public let children: [ModuleStructure]
}

extension Module {
  /// The structure of this model, without its parameters.
  public func structure() -> ModuleStructure {
    var seen: [ObjectIdentifier: String] = [:]
    return structure("", at: "", &seen)
  }

  private func structure(
    _ name: String, at path: String, _ seen: inout [ObjectIdentifier: String]
  ) -> ModuleStructure {
    let first = seen[ObjectIdentifier(self)]
    if first == nil { seen[ObjectIdentifier(self)] = path }
    let tensors =
      first != nil
      ? []
      : ownTensors.compactMap { name, stored -> ModuleStructure.StoredTensor? in
        guard let tensor = stored.tensor else { return nil }
        let first = seen[ObjectIdentifier(tensor)]
        if first == nil { seen[ObjectIdentifier(tensor)] = joined(path, name) }
        return .init(
          name: name, shape: tensor.shape, dtype: "\(tensor.dtype)",
          isParameter: stored.isParameter, isPersistent: stored.persistent,
          requiresGrad: tensor.requiresGrad, sameAs: first)
      }
    let children =
      first != nil
      ? []
      : namedChildren().map { $0.module.structure($0.name, at: joined(path, $0.name), &seen) }
    return ModuleStructure(
      name: name, type: Rebuilding.name(of: Swift.type(of: self)), text: extraDescription,
      arguments: Dictionary(uniqueKeysWithValues: arguments.values.map { ($0.key, $0.value) }),
      isTraining: isTraining, sameAs: first, tensors: tensors, children: children)
  }
}

extension ModuleStructure: CustomStringConvertible {
  /// The text that `print(model)` shows.
  public var description: String { printed(in: self).text }

  private func printed(in whole: ModuleStructure) -> PrintedModule {
    let shown = sameAs.flatMap { whole.find($0) } ?? self
    return PrintedModule(
      type: type, own: text,
      children: shown.children.map { .init(name: $0.name, module: $0.printed(in: whole)) })
  }

  /// The structure of a submodule, by its path.
  func find(_ path: String) -> ModuleStructure? {
    path.split(separator: ".").reduce(self) { found, name in
      found?.children.first { $0.name == name }
    }
  }

  /// The first difference between this structure and that of the rebuilt model; nil if they match.
  func difference(from made: ModuleStructure, at path: String = "") -> (path: String, text: String)?
  {
    func differs(_ text: String) -> (String, String) { (path, text) }
    // Arguments that are nil are ignored, since an earlier version may not have had them.
    func given(_ structure: ModuleStructure) -> [String: ModuleArguments.Literal] {
      structure.arguments.filter { $0.value != .none }
    }
    if type != made.type || sameAs != made.sameAs || given(self) != given(made) {
      return differs("\(type)(\(text)) became \(made.type)(\(made.text))")
    }
    if children.map(\.name) != made.children.map(\.name) {
      return differs(
        "its children were [\(children.map(\.name).joined(separator: ", "))] and became "
          + "[\(made.children.map(\.name).joined(separator: ", "))]")
    }
    func shapes(_ structure: ModuleStructure) -> [String] {
      structure.tensors.map { "\($0.name) \($0.shape)" }
    }
    if shapes(self) != shapes(made) {
      return differs(
        "its tensors were \(shapes(self).joined(separator: ", ")) and became "
          + shapes(made).joined(separator: ", "))
    }
    for (child, other) in zip(children, made.children) {
      if let found = child.difference(from: other, at: joined(path, child.name)) { return found }
    }
    return nil
  }
}
