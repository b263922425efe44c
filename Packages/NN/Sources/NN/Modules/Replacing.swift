@_spi(Flambeau) import Devices

extension Module {
  /// Replaces submodules by others, such as quantized or low-rank ones:
  ///
  ///     model.replace { name, module in
  ///       module is ReLU && name.hasPrefix("body.") ? GELU() : nil
  ///     }
  ///
  /// The model then runs, trains, prints and saves the new module, which may contain and call the
  /// old one. A stored property, whose type the new module need not have, keeps the old one, which
  /// forwards its calls; so only a module that is called with a single tensor can be replaced
  /// there. In a list or dictionary, any can. Create the optimizer afterwards, with the new
  /// parameters.
  ///
  /// - Parameter body: returns the replacement of a module, given its name as in
  ///   ``namedModules()``; nil keeps it. It is called once for each module, parents first, but not
  ///   for the submodules of a replaced one.
  @discardableResult
  public func replace(_ body: (_ name: String, _ module: Module) -> Module?) -> Self {
    var known: [ObjectIdentifier: Module?] = [:]
    func visit(_ parent: Module, _ path: String) {
      for (name, child) in parent.namedChildren() {
        let key = ObjectIdentifier(child)
        let isFirst = known[key] == nil
        let other = known[key] ?? body(joined(path, name), child)
        known[key] = .some(other)
        if let other {
          parent.replaceChild(name, child, by: other)
        } else if isFirst {
          visit(child, joined(path, name))
        }
      }
    }
    // The old modules are kept alive to the end, so that no new one gets the address of one.
    withExtendedLifetime(modules()) { visit(self, "") }
    return self
  }
}

/// The module that replaces another in a parent, which owns it.
struct Replacement {
  weak var parent: Module?
  weak var module: Module?
}

extension Hooks {
  /// The module to call instead: the replacement in the calling parent, or else any replacement
  /// that is not itself among the callers, as it may call the module that it replaces.
  func replacement() -> Module? {
    if replacements.isEmpty { return nil }
    let callers = sequence(first: AmbientState.scope) { $0?.pointee.outer }
      .prefix { $0 != nil }.map { $0!.pointee.owner }
    func address(_ module: Module?) -> UnsafeRawPointer? {
      module.map { UnsafeRawPointer(Unmanaged.passUnretained($0).toOpaque()) }
    }
    let current = replacements.filter { $0.parent != nil && $0.module != nil }
    let own = current.first { address($0.parent) == callers.first }
    return (own ?? current.first { !callers.contains(address($0.module)!) })?.module
  }
}
