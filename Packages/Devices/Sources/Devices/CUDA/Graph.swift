import CCUDA
import Synchronization

extension CUDA {
  /// Work that was captured once and is started again in one call: `torch.cuda.CUDAGraph`.
  ///
  /// A training step of many small kernels takes the program longer to start than the GPU to run; a graph
  /// starts all of them at once:
  ///
  ///     let graph = CUDA.Graph {
  ///       y.copy(from: x.exp())
  ///     }
  ///     x.copy(from: batch)
  ///     graph.replay()
  ///
  /// What it reads and writes stays in place: to give it other inputs, copy them over the tensors that it was
  /// captured with. Nothing inside may wait for the GPU, as `item()` does, or copy from the program's memory, as
  /// `Tensor([1, 2])` does. Each replay draws random numbers of its own. Optimizers count each replay as a
  /// step; their settings, as the learning rate, are those of the capture.
  // The driver takes its handles from any thread.
  public final class Graph: @unchecked Sendable {
    private let gpu: GPU
    private let executable: CUgraphExec
    private let number: UInt
    /// How many times it was replayed, in the device's memory.
    private let replays: MemoryBlock

    /// Captures what `body` gives the device, without doing it. The same should have run once before, so that
    /// its kernels are compiled.
    public init(_ device: Device = .cuda(), capturing body: () throws -> Void) rethrows {
      let gpu = CUDA.gpu(device)
      let number = UInt(Self.count.add(1, ordering: .relaxed).newValue)
      let stream = Stream(gpu.device)
      gpu.activate()
      let replays = gpu.memory.allocate(8, stream: gpu.defaultStream)
      gpu.check(
        gpu.driver.cuMemsetD8Async(replays.pointer, 0, 8, gpu.defaultStream), "cuMemsetD8Async")
      let advance = gpu.modules.function("advance", file: "random", element: .int64)
      gpu.synchronize()

      let counter = UnsafePointer<UInt64>(bitPattern: UInt(replays.pointer))!
      let graph = try gpu.capture(on: stream, number, Capture(device: gpu.device, replays: counter))
      {
        gpu.launch(advance, over: 1, counter)
        try body()
      }
      var executable: CUgraphExec?
      gpu.check(gpu.driver.cuGraphInstantiate(&executable, graph, 0), "cuGraphInstantiate")
      gpu.check(gpu.driver.cuGraphDestroy(graph), "cuGraphDestroy")
      (self.gpu, self.number, self.replays, self.executable) = (gpu, number, replays, executable!)
    }

    deinit {
      gpu.synchronize()
      _ = gpu.driver.cuGraphExecDestroy(executable)
      gpu.memory.free(replays)
      gpu.memory.release(graph: number)
    }

    /// Does the captured work on the current stream.
    public func replay() {
      gpu.activate()
      gpu.check(gpu.driver.cuGraphLaunch(executable, gpu.stream), "cuGraphLaunch")
    }

    /// Whether this thread's work on a device is captured: `torch.cuda.is_current_stream_capturing`.
    public static func isCapturing(_ device: Device = .cuda()) -> Bool { capture?.device == device }

    private static let count = Atomic<Int>(0)

    /// What this thread captures, if it does.
    @TaskLocal static var capture: Capture?

    // The driver takes its handles from any thread.
    struct Capture: @unchecked Sendable {
      let device: Device
      let replays: UnsafePointer<UInt64>
    }
  }
}

extension CUDABackend {
  var isCapturing: Bool { gpu.isCapturing }

  func beforeCapture<Result>(_ body: () -> Result) -> Result {
    guard isCapturing else { return body() }
    return CUDA.Graph.$capture.withValue(nil) {
      let stream = CUDA.Stream.default(of: gpu.device)
      defer { stream.synchronize() }
      return stream.run(body)
    }
  }
}

extension GPU {
  /// Whether this thread's work is captured in place of being done.
  var isCapturing: Bool { CUDA.Graph.isCapturing(device) }

  /// The work that `body` gives a stream.
  fileprivate func capture(
    on stream: CUDA.Stream, _ number: UInt, _ capture: CUDA.Graph.Capture, _ body: () throws -> Void
  ) rethrows -> CUgraph? {
    check(
      driver.cuStreamBeginCapture(stream.handle, Int32(CU_STREAM_CAPTURE_MODE_RELAXED)),
      "cuStreamBeginCapture")
    memory.beginCapture(stream.handle, graph: number)
    func end() -> CUgraph? {
      var graph: CUgraph?
      memory.endCapture(stream.handle)
      check(driver.cuStreamEndCapture(stream.handle, &graph), "cuStreamEndCapture")
      return graph
    }
    do {
      try CUDA.Graph.$capture.withValue(capture) { try stream.run(body) }
    } catch {
      _ = driver.cuGraphDestroy(end())
      throw error
    }
    return end()
  }

  /// Stops the program where it is.
  func requireNoCapture(_ what: String) {
    if isCapturing {
      fatalError("CUDA.Graph: \(what) cannot be captured; do it before or after")
    }
  }
}
