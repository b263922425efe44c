import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Tensors

private func numbers(_ tensor: Tensor?) -> [Double]? { tensor?.scalars(as: Double.self) }

/// Runs a body in several threads at once, and waits for them.
func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let start = DispatchSemaphore(value: 0)
  let done = DispatchGroup()
  for number in 0..<count {
    done.enter()
    Thread {
      start.wait()
      body(number)
      done.leave()
    }.start()
  }
  for _ in 0..<count { start.signal() }
  done.wait()
}

@Suite struct ThreadTests {
  @Test func leavesLoseNoGradient() {
    let w = Tensor(1.0, requiresGrad: true)
    let rounds = 2_000
    inThreads(4) { _ in
      for _ in 0..<rounds { (w * 1).sum().backward() }
    }
    #expect(w.grad?.item() == Double(4 * rounds))
  }

  @Test func gradientsAreReadAndSetMeanwhile() {
    let w = Tensor([1.0, 2], requiresGrad: true)
    inThreads(4) { number in
      for _ in 0..<500 {
        switch number {
        case 0: (w * w).sum().backward()
        case 1: w.grad = nil
        default: if let grad = w.grad { #expect(grad[1].item() == 2 * grad[0].item()) }
        }
      }
    }
  }

  @Test func hooksComeAndGoMeanwhile() {
    let w = Tensor([1.0, 2], requiresGrad: true)
    inThreads(4) { number in
      for _ in 0..<300 {
        if number == 0 {
          w.registerHook { $0 * 1 }.remove()
        } else {
          (w * 2).sum().backward()
        }
      }
    }
    #expect(numbers(w.grad) == [1800, 1800])
  }

  /// The node of a view is created again by the first thread that uses it after a change.
  @Test func staleViews() {
    for _ in 0..<200 {
      let w = Tensor([1.0, 2, 3, 4], requiresGrad: true)
      let base = w * 1
      let view = base[1..<3]
      base.update(.multiply, Tensor(3.0))
      inThreads(2) { _ in (view * 2).sum().backward(retainGraph: true) }
      #expect(numbers(w.grad) == [0, 12, 12, 0])
    }
  }

  @Test func passesOverOneGraph() {
    let x = Tensor([1.0, 2, 3], requiresGrad: true)
    let cubes = customFunction("cube", [x]) {
      $0[0] * $0[0] * $0[0]
    } backward: { g, inputs, _ in
      [g * inputs[0] * inputs[0] * 3]
    }
    let loss = (cubes.exp().log() * cubes).sum()
    let gradients = Mutex<[Tensor]>([])
    inThreads(4) { _ in
      for _ in 0..<100 {
        let gradient = grad(of: loss, withRespectTo: x, retainGraph: true)
        gradients.withLock { $0.append(gradient) }
      }
    }
    // d x⁶ / dx = 6x⁵
    let expected = Tensor([6.0, 192, 1458])
    #expect(gradients.withLock { $0.allSatisfy { $0.allclose(expected, rtol: 1e-5) } })
  }

  /// One thread runs backward; the others stop with the message that the graph was freed, and
  /// nothing breaks.
  @Test func aGraphIsFreedOnce() async {
    await expectMessage(
      "backward: what “square” needs was freed by an earlier backward",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let x = Tensor([1.0, 2, 3], requiresGrad: true)
        let shared = x.square()
        inThreads(2) { _ in (shared * 2).sum().backward() }
      })
  }

  @Test func graphsAreReleasedMeanwhile() {
    let w = Tensor([1.0], requiresGrad: true)
    inThreads(4) { _ in
      for _ in 0..<20 {
        var x = w * 1
        for _ in 0..<500 { x = x + w }
      }
    }
    #expect(w.grad == nil)
  }
}

@Suite struct AmbientTests {
  private let x = Tensor([1.0, 2], requiresGrad: true)

  @Test func isTakenToOtherThreads() {
    let x = self.x
    let generator = Generator(seed: 7)
    let expected = Generator(seed: 7).withDefault { Tensor.rand([3]) }
    let state = noGrad {
      generator.withDefault { autocast(.cpu) { AmbientState.current } }
    }
    inThreads(1) { _ in
      #expect((x * 2).requiresGrad)
      state.run {
        #expect(!(x * 2).requiresGrad && Tensor.rand([3]).equal(expected))
        #expect(Tensor.ones([2, 2]).matmul(.ones([2, 2])).dtype == .bfloat16)
        enableGrad { #expect((x * 2).requiresGrad) }
        #expect(!(x * 2).requiresGrad)
      }
      #expect((x * 2).requiresGrad)
    }
  }

  /// A state outlives the function that set it, with everything that it refers to.
  @Test func keepsItsGenerator() {
    func state() -> AmbientState { Generator(seed: 9).withDefault { .current } }
    let own = state()
    #expect(own.run { Tensor.rand([4]) }.equal(.rand([4], generator: Generator(seed: 9))))
  }

  @Test func staysWithATaskThatWaits() async {
    await noGrad {
      for _ in 0..<20 {
        await Task.yield()
        #expect(!(x * 2).requiresGrad)
        enableGrad { #expect((x * 2).requiresGrad) }
        async let child = (x * 2).requiresGrad
        #expect(await !child)
      }
      await enableGrad {
        await Task.yield()
        #expect((x * 2).requiresGrad)
      }
      #expect(!(x * 2).requiresGrad)
    }
    #expect((x * 2).requiresGrad)
  }

  @Test func tasksDoNotDisturbEachOther() async {
    let x = self.x
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<8 {
        group.addTask {
          func check(_ isOn: Bool) async {
            for _ in 0..<50 {
              #expect((x * 2).requiresGrad == isOn)
              await Task.yield()
            }
          }
          if number % 2 == 0 { await noGrad { await check(false) } } else { await check(true) }
        }
      }
    }
  }

  @Test func allOfItMayWait() async {
    await autocast(.cpu) {
      await Task.yield()
      #expect(Tensor.ones([2, 2]).matmul(.ones([2, 2])).dtype == .bfloat16)
    }
    let generator = Generator(seed: 7)
    let drawn = await generator.withDefault {
      await Task.yield()
      return Tensor.rand([3])
    }
    #expect(drawn.equal(.rand([3], generator: Generator(seed: 7))))
    await Device.cpu.withDefault {
      await Task.yield()
      #expect(Tensor.zeros([1]).device == .cpu)
    }
    await AmbientState.current.run { await Task.yield() }
    let threw = await #expect(throws: CancellationError.self) {
      try await detectAnomaly {
        await Task.yield()
        throw CancellationError()
      }
    }
    #expect(threw != nil)
  }

  @Test func checkpointsComputeTheSameAgain() {
    let w = Tensor.randn([16, 16], generator: Generator(seed: 1))
    w.requiresGrad = true
    let generator = Generator(seed: 5)
    func block(_ inputs: [Tensor]) -> Tensor {
      let mask = Tensor.rand([4, 16], generator: generator) .> 0.5
      return inputs[0].matmul(w) * mask.to(.float32)
    }
    let x = Tensor.randn([4, 16], generator: Generator(seed: 2))
    func gradient(_ compute: () -> Tensor) -> [Double]? {
      w.grad = nil
      generator.manualSeed(5)
      autocast(.cpu) { compute() }.sum().backward()
      return numbers(w.grad)
    }
    let expected = gradient { block([x]) }
    let again = gradient { checkpoint([x], of: block) }
    #expect(again == expected)
    let nested = gradient { checkpoint([x]) { checkpoint($0, of: block) } }
    #expect(nested == expected)
  }
}
