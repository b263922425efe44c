@_spi(Flambeau) import Devices

extension Module {
  /// Replaces modules inside this one by others, such as quantized or low-rank ones:
  ///
  ///     model.replace { name, module in
  ///       module is ReLU && name.hasPrefix("body.") ? GELU() : nil
  ///     }
  ///
  /// The model then runs, trains, prints and saves the new one. It may hold the old one, and call
  /// it. A stored property, whose type the new one need not have, goes on holding the old one,
  /// which passes its calls on; so only a module that is called with one tensor can be replaced
  /// there, in a list or a dictionary any can. Create the optimizer afterwards, with the new
  /// parameters.
  ///
  /// - Parameter body: what takes the place of a module, given its name in this one, as in
  ///   ``namedModules()``; nil leaves it. It is called once for each module, from the outside in,
  ///   but not for those inside a replaced one.
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
    // The old ones live to the end, so that no new one is taken for one of them.
    withExtendedLifetime(modules()) { visit(self, "") }
    return self
  }
}

/// A module that has taken the place of another in a parent, which holds it.
struct Replacement {
  weak var parent: Module?
  weak var module: Module?
}

extension Hooks {
  /// What is to be called in place of a module: by the parent in which it was replaced, and by
  /// others than what took its place.
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
