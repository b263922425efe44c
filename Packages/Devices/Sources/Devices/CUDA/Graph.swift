import CCUDA
import CKernels
import Synchronization

extension CUDA {
  /// Work that is captured once and replayed with a single call: `torch.cuda.CUDAGraph`.
  ///
  /// A training step of many small kernels takes longer to launch than to run on the GPU; a graph
  /// launches all of them at once:
  ///
  ///     let graph = CUDA.Graph {
  ///       y.copy(from: x.exp())
  ///     }
  ///     x.copy(from: batch)
  ///     graph.replay()
  ///
  /// Replays use the memory of the captured tensors: to give the graph other inputs, copy them into
  /// the tensors that it was captured with. Nothing inside may wait for the GPU, as `item()` does,
  /// or copy from host memory, as `Tensor([1, 2])` does. Each replay draws new random numbers.
  /// Optimizers count each replay as a step; their hyperparameters, such as the learning rate, are
  /// fixed at capture.
  // The driver accepts its handles from any thread.
  public final class Graph: @unchecked Sendable {
    private let gpu: GPU
    private let executable: CUgraphExec
    private let number: UInt
    /// The number of replays, in the device's memory.
    private let replays: MemoryBlock

    /// Captures the work of `body` on a device, without running it. Run `body` once before, so that
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

    /// Runs the captured work on the current stream: `torch.cuda.CUDAGraph.replay`.
    public func replay() {
      flambeau_run_if_postponed()
      gpu.activate()
      gpu.check(gpu.driver.cuGraphLaunch(executable, gpu.stream), "cuGraphLaunch")
    }

    /// Whether this thread's work on a device is being captured:
    /// `torch.cuda.is_current_stream_capturing`.
    public static func isCapturing(_ device: Device = .cuda()) -> Bool { capture?.device == device }

    private static let count = Atomic<Int>(0)

    /// The capture in progress, if any.
    @TaskLocal static var capture: Capture?

    // A pointer to device memory, which the program never reads.
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
  /// Whether this thread's work is being captured instead of executed.
  var isCapturing: Bool { CUDA.Graph.isCapturing(device) }

  /// Captures the work that `body` queues on a stream.
  fileprivate func capture(
    on stream: CUDA.Stream, _ number: UInt, _ capture: CUDA.Graph.Capture, _ body: () throws -> Void
  ) rethrows -> CUgraph? {
    flambeau_run_if_postponed()
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

  /// Stops the program during a capture.
  func requireNoCapture(_ what: String) {
    if isCapturing {
      fatalError("CUDA.Graph: \(what) cannot be captured; do it before or after")
    }
  }
}
