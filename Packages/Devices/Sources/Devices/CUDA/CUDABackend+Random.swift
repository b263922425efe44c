import CCUDA
import CUDAKernels

// Random numbers, by Philox with a key that the generator draws, so that they depend on its seed;
// and optimizers.

extension CUDABackend {
  private func launch<each Number>(
    _ name: StaticString, _ generator: Generator, _ y: StridedView, _ numbers: repeat each Number
  ) {
    prepare("\(name)", [y])
    let replays = gpu.isCapturing ? CUDA.Graph.capture?.replays : nil
    let random = RandomLaunch(key: generator.next64(), replay: replays)
    gpu.launch(
      kernel(name, in: "random", y.dtype), over: y.layout.numel / 2 + 1, random,
      Int64(y.layout.numel), y.pointer, repeat each numbers)
  }

  func uniform(low: Double, high: Double, generator: Generator, into y: StridedView) {
    launch("uniform", generator, y, low, high)
  }

  func normal(mean: Double, deviation: Double, generator: Generator, into y: StridedView) {
    launch("normal", generator, y, mean, deviation)
  }

  func exponential(generator: Generator, into y: StridedView) {
    launch("exponential", generator, y)
  }

  func integers(low: Int, high: Int, generator: Generator, into y: StridedView) {
    launch("integers", generator, y, Int64(low), Int64(high))
  }

  /// The argsort of random numbers.
  func permutation(generator: Generator, into y: StridedView) {
    let keys = empty(y.layout.shape, .int64)
    integers(low: .min, high: .max, generator: generator, into: keys)
    sort(keys, descending: false, into: y)
  }

  func optimize(
    _ step: OptimizerStep, _ p: StridedView, _ g: StridedView, states: [StridedView?],
    count: StridedView?
  ) {
    prepare("optimize", [p, g, count] + states)
    func state(_ index: Int) -> UnsafeMutableRawPointer? {
      index < states.count ? states[index]?.pointer : nil
    }
    gpu.launch(
      kernel("optimize", in: "optimizers", p.dtype, operation: step.rule),
      over: p.layout.numel,
      step, count?.pointer, Int64(p.layout.numel), p.pointer, g.pointer, state(0), state(1),
      state(2))
  }
}
