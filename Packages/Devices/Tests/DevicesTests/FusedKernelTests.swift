import CUDAKernels
import Testing

@testable import Devices

/// Chains of element-wise operations on a GPU, real or simulated, are one kernel.
@Suite(.enabled(if: CUDA.isAvailable)) struct FusedKernelTests {
  private var gpu: GPU { CUDA.gpu(.cuda()) }
  private var backend: CUDABackend { CUDABackend(gpu) }

  private func view(_ dtype: DType = .float32, count: Int = 3000) -> StridedView {
    StridedView(empty: Layout(contiguous: [count]), dtype: dtype, device: .cuda())
  }

  private func ramp(_ dtype: DType = .float32) -> StridedView {
    let x = view(dtype)
    backend.ramp(Ramp(from: -2, step: 0.25), into: x)
    return x
  }

  private func numbers(_ x: StridedView) -> [Float] {
    var numbers = [Float](repeating: 0, count: x.layout.numel)
    numbers.withUnsafeMutableBytes { x.copyOut(to: $0) }
    return numbers
  }

  /// The kernels that `body` starts in `fused`.
  private func kernels(_ body: () -> Void) -> [String] {
    gpu.synchronize()
    fused(body)
    return gpu.recentKernels
  }

  /// (2x + x)², and whether that is larger than x.
  private func chain(_ x: StridedView) -> (y: StridedView, isLarge: StridedView) {
    let two = StridedView(number: 2, .float32)
      .with(Layout(shape: [3000], strides: [0], offset: 0))
    let (twice, sum, y, isLarge) = (view(), view(), view(), view(.bool))
    backend.binary(.multiply, x, two, into: twice)
    backend.binary(.add, twice, x, into: sum)
    backend.unary(.square, sum, 0, 0, into: y)
    backend.compare(.greater, y, x, into: isLarge)
    return (y, isLarge)
  }

  /// In a process of its own, where other tests start no kernels.
  @Test func aChainIsOneKernel() async {
    await #expect(processExitsWith: .success) {
      let tests = FusedKernelTests()
      let x = tests.ramp()
      let expected = tests.numbers(tests.chain(x).y)
      var result: (y: StridedView, isLarge: StridedView)?
      #expect(tests.kernels { result = tests.chain(x) } == ["fused_float32"])
      #expect(tests.numbers(result!.y) == expected && expected[0] == 36)
      var isLarge = [Bool](repeating: false, count: 3000)
      isLarge.withUnsafeMutableBytes { result!.isLarge.copyOut(to: $0) }
      #expect(isLarge == zip(expected, tests.numbers(x)).map { $0 > $1 } && !isLarge[8])
    }
  }

  @Test func otherMemoryOrTypesBeginAnother() async {
    await #expect(processExitsWith: .success) {
      let tests = FusedKernelTests()
      let x = tests.ramp()
      let names = tests.kernels {
        let y = tests.chain(x).y
        // Parts of a result are read that other threads have written.
        let shifted = y.with(Layout(shape: [2999], strides: [1], offset: 1))
        tests.backend.unary(.negate, shifted, 0, 0, into: tests.view(count: 2999))
        tests.backend.unary(.negate, tests.ramp(.float64), 0, 0, into: tests.view(.float64))
      }
      #expect(names == ["fused_float32", "fused_float32", "ramp_float64", "fused_float64"])
    }
  }

  @Test func longChainsAreSplit() async {
    await #expect(processExitsWith: .success) {
      let tests = FusedKernelTests()
      let x = tests.ramp()
      let count = Int(FUSED_STEPS) + 1
      let names = tests.kernels {
        for _ in 0..<count { tests.backend.unary(.negate, x, 0, 0, into: x) }
      }
      #expect(names == ["fused_float32", "fused_float32"])
      #expect(tests.numbers(x)[0] == (count % 2 == 0 ? -2 : 2))
    }
  }

  @Test func streamsAndWaitsRunWhatCameBefore() {
    let x = ramp()
    let stream = CUDA.Stream()
    var results: [StridedView] = []
    fused {
      results.append(chain(x).y)
      #expect(numbers(results[0])[0] == 36)
      results.append(chain(x).y)
      stream.run { results.append(chain(x).y) }
      results.append(chain(x).y)
      stream.synchronize()
    }
    #expect(results.allSatisfy { numbers($0) == numbers(results[0]) })
  }

  @Test func graphsCaptureChains() {
    let (x, y) = (ramp(), view())
    let graph = CUDA.Graph {
      fused {
        backend.unary(.square, x, 0, 0, into: y)
        backend.unary(.negate, y, 0, 0, into: y)
      }
    }
    backend.unary(.negate, x, 0, 0, into: y)
    graph.replay()
    #expect(numbers(y)[0] == -4)
  }
}
