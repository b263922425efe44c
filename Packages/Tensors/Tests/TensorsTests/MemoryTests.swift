import Foundation
import Tensors
import Testing

/// Memory is counted for the whole process, so each test runs in a separate one.
@Suite struct MemoryTests {
  @Test func tenThousandStepsLeaveNothingBehind() async {
    await #expect(processExitsWith: .success) {
      manualSeed(0)
      let parameters = [[4, 8], [8], [8, 3], [3]].map { Tensor.randn($0, requiresGrad: true) }
      let (x, y) = (Tensor.randn([16, 4]), Tensor.randint(0, 3, [16]))
      func step() {
        let hidden = (x.matmul(parameters[0]) + parameters[1]).relu()
        let scores = hidden.matmul(parameters[2]) + parameters[3]
        // A view, an in-place change and a second derivative, as in programs.
        scores[0] = scores[1] * 2
        let loss = scores.crossEntropy(y).mean() + hidden.layerNorm([8]).square().mean() * 0.1
        let slope = grad(of: loss, withRespectTo: parameters[3], createGraph: true)
        for parameter in parameters { parameter.grad = nil }
        (loss + slope.square().sum()).backward()
        noGrad {
          for parameter in parameters { parameter.update(.subtract, parameter.grad! * 0.01) }
        }
      }
      for _ in 0..<1000 { step() }
      let (held, resident) = (CPU.memoryAllocated, residentBytes())
      for _ in 0..<10_000 { step() }
      #expect(CPU.memoryAllocated == held)
      #expect(residentBytes() < resident + 1_000_000)
    }
  }

  /// A graph that is dropped without backward is freed too, however deep.
  @Test func droppedGraphsLeaveNothingBehind() async {
    await #expect(processExitsWith: .success) {
      let x = Tensor.ones([100], requiresGrad: true)
      _ = (x * 2).sum()
      let held = CPU.memoryAllocated
      for _ in 0..<3 {
        var y = x
        for _ in 0..<100_000 { y = (y * 1.0001)[0...] }
        let hook = y.registerHook { g in g * 2 }
        hook.remove()
      }
      #expect(CPU.memoryAllocated == held)
    }
  }
}

/// The memory of the process; 0 where the system does not report it, and under a sanitizer, which
/// delays freeing.
private func residentBytes() -> Int {
  for name in ["__asan_init", "__tsan_init"] where dlsym(nil, name) != nil { return 0 }
  let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
  let fields = text.split(separator: " ")
  return fields.count > 1 ? Int(fields[1])! * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
}
