import CCUDA
import CUDAKernels
import Foundation
import Synchronization

/// One GPU: its context, its memory, its kernels.
final class GPU: Sendable {
  let index: Int
  let libraries: CUDALibraries
  let name: String
  /// As in 80 for compute capability 8.0.
  let architecture: Int
  let multiprocessorCount: Int
  let isSynchronous: Bool
  private let handle: CUdevice
  // The driver takes its handles from any thread.
  nonisolated(unsafe) let context: CUcontext
  /// Where work goes that is given no other stream.
  // The driver takes its handles from any thread.
  nonisolated(unsafe) let defaultStream: CUstream
  let modules: KernelModules
  let memory: DeviceMemory
  let invalidIndices: InvalidIndices
  private let products: Mutex<ProductsHandle?> = Mutex(nil)
  private let recent = Mutex<[String]>([])
  let freeStreams = Mutex<[FreeStream]>([])
  let pinned = PinnedMemory()

  var device: Device { .cuda(index) }
  var driver: CUDADriver { libraries.driver }

  /// - Throws: ``DeviceError/driver(_:_:)``.
  init(index: Int, libraries: CUDALibraries, environment: [String: String]) throws(DeviceError) {
    let driver = libraries.driver
    func check(_ result: Int32, _ call: String) throws(DeviceError) {
      if result != 0 { throw .driver(call, describeDriverError(result, driver)) }
    }
    var handle: CUdevice = 0
    try check(driver.cuDeviceGet(&handle, Int32(index)), "cuDeviceGet")
    var context: CUcontext?
    try check(driver.cuDevicePrimaryCtxRetain(&context, handle), "cuDevicePrimaryCtxRetain")
    try check(driver.cuCtxSetCurrent(context), "cuCtxSetCurrent")
    flambeau_set_current_context(UnsafeMutableRawPointer(context!))
    var characters = [CChar](repeating: 0, count: 256)
    try check(driver.cuDeviceGetName(&characters, 255, handle), "cuDeviceGetName")
    func attribute(_ attribute: Int) throws(DeviceError) -> Int {
      var value: Int32 = 0
      try check(
        driver.cuDeviceGetAttribute(&value, Int32(attribute), handle), "cuDeviceGetAttribute")
      return Int(value)
    }
    var stream: CUstream?
    try check(
      driver.cuStreamCreate(&stream, UInt32(CU_STREAM_NON_BLOCKING)), "cuStreamCreate")
    self.index = index
    self.libraries = libraries
    self.handle = handle
    self.context = context!
    defaultStream = stream!
    name = String(
      decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    architecture =
      10 * (try attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR))
      + (try attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR))
    multiprocessorCount = try attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)
    isSynchronous = environment["FLAMBEAU_CUDA_SYNC"] == "1"
    // The simulator's kernels are compiled already.
    let isCached = !libraries.isSimulator || environment["FLAMBEAU_CACHE"] != nil
    modules = KernelModules(
      compiler: KernelCompiler(
        compiler: libraries.compiler, architecture: architecture,
        cache: isCached ? KernelCompiler.cache(environment) : nil), driver: driver)
    memory = DeviceMemory(
      index: index, driver: driver,
      // The simulator sees each tensor's bounds where each has memory of its own.
      isCaching: environment["FLAMBEAU_CUDA_CACHE"].map { $0 != "0" } ?? !libraries.isSimulator)
    invalidIndices = try InvalidIndices(driver)
  }

  /// Makes this thread's calls of the driver go to this GPU.
  func activate() {
    let own = UnsafeMutableRawPointer(context)
    guard flambeau_current_context() != own else { return }
    check(driver.cuCtxSetCurrent(context), "cuCtxSetCurrent")
    flambeau_set_current_context(own)
  }

  /// One of CU_DEVICE_ATTRIBUTE_….
  func attribute(_ attribute: Int) -> Int {
    var value: Int32 = 0
    check(driver.cuDeviceGetAttribute(&value, Int32(attribute), handle), "cuDeviceGetAttribute")
    return Int(value)
  }

  /// The stream that this thread's work goes to.
  var stream: CUstream {
    guard let current = CUDA.Stream.current, current.device == device else { return defaultStream }
    return current.handle
  }

  /// Stops the program where a call went wrong.
  func check(_ result: Int32, _ call: @autoclosure () -> String) {
    if result != 0 { fatalError(describe(result, call())) }
  }

  private func describe(_ result: Int32, _ call: String) -> String {
    let report = libraries.simulatorReport.map { String(cString: $0()) } ?? ""
    let names = recent.withLock { $0 }
    var text = "\(device): \(call): \(describeDriverError(result, driver))"
    if !report.isEmpty { return text + "; the simulator says: \(report)" }
    if !names.isEmpty, !isSynchronous {
      text +=
        "; kernels that ran since the last synchronisation: \(names.joined(separator: ", ")). Set "
        + "FLAMBEAU_CUDA_SYNC=1 to learn which"
    }
    return text
  }

  /// Starts a kernel on this thread's stream.
  func launch(
    _ kernel: KernelFunction, grid: (Int, Int),
    _ parameters: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  ) {
    check(
      driver.cuLaunchKernel(
        kernel.handle, UInt32(grid.0), UInt32(grid.1), 1, UInt32(LAUNCH_BLOCK), 1, 1, 0, stream,
        parameters, nil), kernel.name)
    started(kernel.name)
  }

  /// Remembers work that a stream was given, the last of it only, and waits for it where all calls do.
  private func started(_ name: String) {
    recent.withLock {
      if $0.count == 16 { $0.removeFirst() }
      $0.append(name)
    }
    if isSynchronous, !isCapturing { synchronizeStream("after \(name)") }
  }

  /// Waits for this thread's stream, and stops the program where something went wrong on it.
  func synchronizeStream(_ call: String = "cuStreamSynchronize") {
    requireNoCapture("waiting for the GPU, as item() and scalars() do,")
    check(driver.cuStreamSynchronize(stream), call)
    caughtUp()
  }

  /// Waits for all streams.
  func synchronize() {
    activate()
    check(driver.cuCtxSynchronize(), "cuCtxSynchronize")
    caughtUp()
  }

  /// What ran went well, but for indices, of which kernels leave a note.
  private func caughtUp() {
    recent.withLock { $0.removeAll(keepingCapacity: true) }
    if !isSynchronous { invalidIndices.check(device) }
  }

  /// Makes a call of cuBLAS on this thread's stream.
  func withProducts(_ call: String, _ body: (cublasHandle_t) -> Int32) {
    products.withLock { box in
      if box == nil {
        var handle: cublasHandle_t?
        checkProducts(libraries.blas.cublasCreate(&handle), "cublasCreate")
        box = ProductsHandle(handle: handle!)
      }
      checkProducts(libraries.blas.cublasSetStream(box!.handle, stream), "cublasSetStream")
      checkProducts(body(box!.handle), call)
    }
    started(call)
  }

  private func checkProducts(_ status: Int32, _ call: String) {
    if status != 0 { fatalError("\(device): \(call): cuBLAS's status \(status)") }
  }
}

/// A handle that may go from thread to thread.
// One thread at a time has it, behind a lock.
private struct ProductsHandle: @unchecked Sendable {
  let handle: cublasHandle_t
}
