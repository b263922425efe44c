import NN
import Testing

/// The lifetimes of modules and their hooks.
@Suite struct HookLifetimeTests {
  @Test func aWeakHookGoesWithItsModule() {
    weak var kept: Module?
    do {
      let model = Sequential(Linear(2, 2), ReLU())
      var calls = 0
      model[0].registerForwardHook { [weak model] layer, _, _ in
        if layer === model?[0] { calls += 1 }
        return nil
      }
      _ = model(.zeros([1, 2]))
      #expect(calls == 1)
      kept = model
    }
    #expect(kept == nil)
  }

  @Test func aHookThatCapturesItsModuleKeepsItUntilItIsRemoved() {
    weak var kept: Module?
    var hook: Module.HookHandle?
    do {
      let layer = Linear(2, 2)
      hook = layer.registerForwardHook { _, _, _ in
        _ = layer
        return nil
      }
      kept = layer
    }
    #expect(kept != nil)
    hook?.remove()
    hook = nil
    #expect(kept == nil)
  }
}
