import CCUDA

extension CUDA {
  /// Work that a GPU does in order, beside that of other streams: `torch.cuda.Stream`.
  ///
  /// What one stream makes and another uses needs a `wait(for:)` between them.
  // The driver takes its handles from any thread.
  public final class Stream: @unchecked Sendable, Equatable {
    /// Where it runs.
    public let device: Device
    let handle: CUstream
    private let gpu: GPU
    private let isOwner: Bool

    /// A new stream of a device.
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
      if isOwner { gpu.giveBack(handle) }
    }

    /// The stream that work goes to where none is chosen: `torch.cuda.default_stream`.
    public static func `default`(of device: Device = .cuda()) -> Stream {
      Stream(defaultOf: CUDA.gpu(device))
    }

    @TaskLocal static var current: Stream?

    /// Does something whose work on the stream's device goes to this stream: `torch.cuda.stream`.
    public func run<Result>(_ body: () throws -> Result) rethrows -> Result {
      try Self.$current.withValue(self, operation: body)
    }

    /// Waits until all of its work is done.
    public func synchronize() {
      gpu.activate()
      run { gpu.synchronizeStream() }
    }

    /// Whether all of its work is done.
    public var isDone: Bool { gpu.isDone(gpu.driver.cuStreamQuery(handle), "cuStreamQuery") }

    /// What comes later on this stream begins after an event.
    public func wait(for event: Event) {
      gpu.activate()
      gpu.check(gpu.driver.cuStreamWaitEvent(handle, event.handle, 0), "cuStreamWaitEvent")
    }

    /// What comes later on this stream begins after what another one has been given so far.
    public func wait(for other: Stream) {
      let event = Event(other.device)
      event.record(on: other)
      wait(for: event)
    }

    public static func == (one: Stream, other: Stream) -> Bool { one.handle == other.handle }
  }

  /// A place in a stream's work, to wait for or to measure time between: `torch.cuda.Event`.
  // The driver takes its handles from any thread.
  public final class Event: @unchecked Sendable {
    /// Whose stream it is recorded on.
    public let device: Device
    let handle: CUevent
    private let gpu: GPU

    /// An event that has not been recorded.
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

    /// Puts it behind what a stream has been given so far; nil means the current stream.
    public func record(on stream: Stream? = nil) {
      gpu.activate()
      gpu.check(gpu.driver.cuEventRecord(handle, stream?.handle ?? gpu.stream), "cuEventRecord")
    }

    /// Waits until what comes before it is done.
    public func synchronize() {
      gpu.activate()
      gpu.check(gpu.driver.cuEventSynchronize(handle), "cuEventSynchronize")
    }

    /// Whether what comes before it is done.
    public var isDone: Bool { gpu.isDone(gpu.driver.cuEventQuery(handle), "cuEventQuery") }

    /// Milliseconds from this event to a later one; both must be done.
    public func elapsedTime(to end: Event) -> Double {
      var milliseconds: Float = 0
      gpu.check(
        gpu.driver.cuEventElapsedTime(&milliseconds, handle, end.handle), "cuEventElapsedTime")
      return Double(milliseconds)
    }
  }
}

extension GPU {
  /// A stream that nobody uses. They are never destroyed, since memory remembers which streams use it.
  fileprivate func takeStream() -> CUstream {
    if let stream = freeStreams.withLock({ $0.popLast() }) { return stream.handle }
    activate()
    var handle: CUstream?
    check(driver.cuStreamCreate(&handle, UInt32(CU_STREAM_NON_BLOCKING)), "cuStreamCreate")
    return handle!
  }

  fileprivate func giveBack(_ stream: CUstream) {
    let stream = FreeStream(handle: stream)
    freeStreams.withLock { $0.append(stream) }
  }

  fileprivate func isDone(_ result: Int32, _ call: String) -> Bool {
    if result == CUDA_ERROR_NOT_READY { return false }
    check(result, call)
    return true
  }
}

/// A stream's handle, which may go from thread to thread.
// The driver takes its handles from any thread.
struct FreeStream: @unchecked Sendable {
  let handle: CUstream
}
