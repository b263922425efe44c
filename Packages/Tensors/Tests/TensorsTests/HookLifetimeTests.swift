import Tensors
import Testing

/// The lifetimes of tensors and their hooks.
@Suite struct HookLifetimeTests {
  @Test func aWeakHookGoesWithItsTensor() {
    weak var tensor: Tensor?
    do {
      let x = Tensor([3.0], requiresGrad: true)
      x.registerHook { [weak x] g in x.map { g * $0.detach() } }
      (x * 2).sum().backward()
      #expect(x.grad?.item() == 6)
      tensor = x
    }
    #expect(tensor == nil)
  }

  @Test func aHookThatCapturesItsTensorKeepsItUntilItIsRemoved() {
    weak var tensor: Tensor?
    let hook: Tensor.Hook
    do {
      let x = Tensor([3.0], requiresGrad: true)
      hook = x.registerHook { g in g * x.detach() }
      tensor = x
    }
    #expect(tensor != nil)
    hook.remove()
    #expect(tensor == nil)
  }
}
