import CCUDA
import CKernels

extension CUDA {
  /// A queue of work that a GPU runs in order, concurrently with other streams:
  /// `torch.cuda.Stream`.
  ///
  /// A stream that uses results of another must `wait(for:)` it.
  // The driver accepts its handles from any thread.
  public final class Stream: @unchecked Sendable, Equatable {
    /// The device of the stream.
    public let device: Device
    let handle: CUstream
    private let gpu: GPU
    private let isOwner: Bool

    /// Creates a stream on a device.
    public init(_ device: Device = .cuda()) {
      gpu = CUDA.gpu(device)
      handle = gpu.takeStream()
      self.device = gpu.device
      isOwner = true
    }

    private init(defaultOf gpu: GPU) {
      (self.gpu, device, handle, isOwner) = (gpu, gpu.device, gpu.defaultStream, false)
    }

    deinit {
      if isOwner { gpu.recycle(handle) }
    }

    /// The stream used if none is chosen: `torch.cuda.default_stream`.
    public static func `default`(of device: Device = .cuda()) -> Stream {
      Stream(defaultOf: CUDA.gpu(device))
    }

    @TaskLocal static var current: Stream?

    /// Runs `body` with this stream as the current one of its device: `torch.cuda.stream`.
    public func run<Result>(_ body: () throws -> Result) rethrows -> Result {
      flambeau_run_if_postponed()
      return try Self.$current.withValue(self) {
        defer { flambeau_run_if_postponed() }
        return try body()
      }
    }

    /// Waits until all work on the stream is done: `torch.cuda.Stream.synchronize`.
    public func synchronize() {
      gpu.activate()
      run { gpu.synchronizeStream() }
    }

    /// Whether all work on the stream is done: `torch.cuda.Stream.query`.
    public var isDone: Bool {
      flambeau_run_if_postponed()
      return gpu.isDone(gpu.driver.cuStreamQuery(handle), "cuStreamQuery")
    }

    /// Makes later work on this stream wait for an event: `torch.cuda.Stream.wait_event`.
    public func wait(for event: Event) {
      flambeau_run_if_postponed()
      gpu.activate()
      gpu.check(gpu.driver.cuStreamWaitEvent(handle, event.handle, 0), "cuStreamWaitEvent")
    }

    /// Makes later work on this stream wait for all work queued so far on another:
    /// `torch.cuda.Stream.wait_stream`.
    public func wait(for other: Stream) {
      let event = Event(other.device)
      event.record(on: other)
      wait(for: event)
    }

    public static func == (one: Stream, other: Stream) -> Bool { one.handle == other.handle }
  }

  /// A point in a stream's work, to wait for or to measure time with: `torch.cuda.Event`.
  // The driver accepts its handles from any thread.
  public final class Event: @unchecked Sendable {
    /// The device of the event.
    public let device: Device
    let handle: CUevent
    private let gpu: GPU

    /// Creates an event, not yet recorded.
    public init(_ device: Device = .cuda()) {
      gpu = CUDA.gpu(device)
      gpu.activate()
      var handle: CUevent?
      gpu.check(gpu.driver.cuEventCreate(&handle, 0), "cuEventCreate")
      self.handle = handle!
      self.device = gpu.device
    }

    deinit {
      gpu.activate()
      _ = gpu.driver.cuEventDestroy(handle)
    }

    /// Records the event after the work queued so far on a stream, or on the current one if nil:
    /// `torch.cuda.Event.record`.
    public func record(on stream: Stream? = nil) {
      flambeau_run_if_postponed()
      gpu.activate()
      gpu.check(gpu.driver.cuEventRecord(handle, stream?.handle ?? gpu.stream), "cuEventRecord")
    }

    /// Waits until the work before the event is done: `torch.cuda.Event.synchronize`.
    public func synchronize() {
      gpu.activate()
      gpu.check(gpu.driver.cuEventSynchronize(handle), "cuEventSynchronize")
    }

    /// Whether the work before the event is done: `torch.cuda.Event.query`.
    public var isDone: Bool { gpu.isDone(gpu.driver.cuEventQuery(handle), "cuEventQuery") }

    /// The milliseconds from this event to a later one; both must be done:
    /// `torch.cuda.Event.elapsed_time`.
    public func elapsedTime(to end: Event) -> Double {
      var milliseconds: Float = 0
      gpu.check(
        gpu.driver.cuEventElapsedTime(&milliseconds, handle, end.handle), "cuEventElapsedTime")
      return Double(milliseconds)
    }
  }
}

extension GPU {
  /// An unused stream. Streams are never destroyed, since memory blocks refer to the streams that
  /// use them.
  fileprivate func takeStream() -> CUstream {
    if let stream = freeStreams.withLock({ $0.popLast() }) { return stream.handle }
    activate()
    var handle: CUstream?
    check(driver.cuStreamCreate(&handle, UInt32(CU_STREAM_NON_BLOCKING)), "cuStreamCreate")
    return handle!
  }

  fileprivate func recycle(_ stream: CUstream) {
    let stream = FreeStream(handle: stream)
    freeStreams.withLock { $0.append(stream) }
  }

  fileprivate func isDone(_ result: Int32, _ call: String) -> Bool {
    if result == CUDA_ERROR_NOT_READY { return false }
    check(result, call)
    return true
  }
}

/// The handle of an unused stream.
// The driver accepts its handles from any thread.
struct FreeStream: @unchecked Sendable {
  let handle: CUstream
}
