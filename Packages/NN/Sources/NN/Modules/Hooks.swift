// Functions that see what goes into a module and what comes out of it.

/// The hooks of a module.
struct Hooks {
  var pre: OrderedDictionary<Int, (Module, [Any]) -> Tensor?> = [:]
  var post: OrderedDictionary<Int, (Module, [Any], Any) -> Any?> = [:]
  var count = 0
  var replacements: [Replacement] = []

  /// Runs the hooks before `forward`. What the last of them returned replaces the input.
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
        module.fail("a forward hook gave \(type(of: replaced)) in place of \(Output.self)")
      }
      output = replaced
    }
    return output
  }
}

extension Module {
  /// Registers a function that is called with the inputs before each forward pass. For a module of
  /// one tensor, what it returns replaces the input: `torch.nn.Module.register_forward_pre_hook`.
  ///
  /// The module keeps the function; see ``registerForwardHook(_:)`` for what that means for what it
  /// captures.
  @discardableResult
  public func registerForwardPreHook(
    _ hook: @escaping (_ module: Module, _ inputs: [Any]) -> Tensor?
  ) -> HookHandle {
    register { $0.pre[$1] = hook }
  }

  /// Registers a function that is called with the inputs and the output after each forward pass.
  /// What it returns, of the same type, replaces the output:
  /// `torch.nn.Module.register_forward_hook`.
  ///
  /// The module keeps the function, so a function that captures the module, or one that holds it,
  /// keeps all of them alive forever: a reference cycle. Use the module that the function is given,
  /// and capture others weakly:
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
