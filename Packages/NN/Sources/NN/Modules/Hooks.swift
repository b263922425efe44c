// Hooks: functions that see a module's inputs and outputs.

/// The hooks of a module.
struct Hooks {
  var pre: OrderedDictionary<Int, (Module, [Any]) -> Tensor?> = [:]
  var post: OrderedDictionary<Int, (Module, [Any], Any) -> Any?> = [:]
  var count = 0
  var replacements: [Replacement] = []

  /// Runs the hooks before `forward`; each sees the input as replaced by earlier ones.
  ///
  /// - Returns: the input to use instead; nil to keep the original.
  func before(_ module: Module, _ inputs: [Any]) -> Tensor? {
    var replaced: Tensor?
    for hook in pre.values { replaced = hook(module, replaced.map { [$0] } ?? inputs) ?? replaced }
    return replaced
  }

  func after<Output>(_ module: Module, _ inputs: [Any], _ output: Output) -> Output {
    var output = output
    for hook in post.values {
      guard let replaced = hook(module, inputs, output) else { continue }
      guard let replaced = replaced as? Output else {
        module.fail("a forward hook returned \(type(of: replaced)), expected \(Output.self)")
      }
      output = replaced
    }
    return output
  }
}

extension Module {
  /// Registers a function that is called with the inputs before each forward pass. If the module
  /// takes a single tensor, a returned tensor replaces it:
  /// `torch.nn.Module.register_forward_pre_hook`.
  ///
  /// The module retains the function; see ``registerForwardHook(_:)`` on what it may capture.
  @discardableResult
  public func registerForwardPreHook(
    _ hook: @escaping (_ module: Module, _ inputs: [Any]) -> Tensor?
  ) -> HookHandle {
    register { $0.pre[$1] = hook }
  }

  /// Registers a function that is called with the inputs and the output after each forward pass. A
  /// returned value, which must be of the same type, replaces the output:
  /// `torch.nn.Module.register_forward_hook`.
  ///
  /// The module retains the function, so capturing the module, or one that contains it, creates a
  /// reference cycle that is never released. Use the module that is passed in, and capture others
  /// weakly:
  ///
  ///     layer.registerForwardHook { [weak model] layer, _, output in
  ///       print(type(of: layer), model?.isTraining ?? false)
  ///       return nil
  ///     }
  @discardableResult
  public func registerForwardHook(
    _ hook: @escaping (_ module: Module, _ inputs: [Any], _ output: Any) -> Any?
  ) -> HookHandle {
    register { $0.post[$1] = hook }
  }

  private func register(_ add: (inout Hooks, Int) -> Void) -> HookHandle {
    var all = hooks ?? Hooks()
    all.count += 1
    add(&all, all.count)
    hooks = all
    return HookHandle(module: self, key: all.count)
  }

  /// The handle of a registered hook: `torch.utils.hooks.RemovableHandle`.
  public struct HookHandle {
    fileprivate let module: Module
    fileprivate let key: Int

    /// Removes the hook.
    public func remove() {
      module.hooks?.pre[key] = nil
      module.hooks?.post[key] = nil
      if let hooks = module.hooks, hooks.pre.isEmpty, hooks.post.isEmpty, hooks.replacements.isEmpty
      {
        module.hooks = nil
      }
    }
  }
}
