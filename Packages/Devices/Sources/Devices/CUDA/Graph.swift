import CCUDA
import Synchronization

extension CUDA {
  /// Work that was captured once and is started again in one call: `torch.cuda.CUDAGraph`.
  ///
  /// A training step of many small kernels takes the program longer to start than the GPU to run; a graph
  /// starts all of them at once. What it reads must stay in place: to give it other inputs, copy them over the
  /// tensors that it was captured with, by `copy(from:)`. Nothing inside may wait for the GPU, as `item()` does.
  public final class Graph: @unchecked Sendable {
    private let gpu: GPU
    private let executable: CUgraphExec
    private let number: UInt

    /// Captures what `body` gives the device's stream, without doing it. It should have run once before, so that
    /// its kernels are compiled.
    public init(_ device: Device = .cuda(), capturing body: () throws -> Void) rethrows {
      let gpu = CUDA.gpu(device)
      let stream = Stream(gpu.device)
      let number = Self.count.add(1, ordering: .relaxed).newValue
      gpu.activate()
      let counter = gpu.memory.allocate(8, stream: gpu.defaultStream)
      gpu.check(
        gpu.driver.cuMemsetD8Async(counter.pointer, 0, 8, gpu.defaultStream), "cuMemsetD8Async")
      gpu.synchronize()
      gpu.check(
        gpu.driver.cuStreamBeginCapture(stream.handle, Int32(CU_STREAM_CAPTURE_MODE_THREAD_LOCAL)),
        "cuStreamBeginCapture")
      gpu.memory.beginCapture(stream.handle, graph: UInt(number))
      var graph: CUgraph?
      do {
        defer {
          gpu.memory.endCapture(stream.handle)
          gpu.check(gpu.driver.cuStreamEndCapture(stream.handle, &graph), "cuStreamEndCapture")
        }
        try stream.run(body)
      }
      var executable: CUgraphExec?
      gpu.check(gpu.driver.cuGraphInstantiate(&executable, graph, 0), "cuGraphInstantiate")
      _ = gpu.driver.cuGraphDestroy(graph)
      (self.gpu, self.executable, self.number) = (gpu, executable!, UInt(number))
    }

    deinit {
      gpu.activate()
      _ = gpu.driver.cuGraphExecDestroy(executable)
      gpu.memory.release(graph: number)
    }

    /// Does the captured work on the current stream.
    public func replay() {
      gpu.activate()
      gpu.check(gpu.driver.cuGraphLaunch(executable, gpu.stream), "cuGraphLaunch")
    }

    private static let count = Atomic<Int>(0)

    static func replayCounter(_ stream: CUstream) -> UnsafePointer<UInt64>? { nil }
  }
}
