import CCUDA
import CKernels
import CUDAKernels
import Foundation
import Synchronization

/// A GPU: its context, memory and kernels.
final class GPU: Sendable {
  let index: Int
  let libraries: CUDALibraries
  let name: String
  /// The compute capability, as in 80 for 8.0.
  let architecture: Int
  let multiprocessorCount: Int
  let isSynchronous: Bool
  private let handle: CUdevice
  // The driver accepts its handles from any thread.
  nonisolated(unsafe) let context: CUcontext
  /// The stream of work for which no other is chosen.
  // The driver accepts its handles from any thread.
  nonisolated(unsafe) let defaultStream: CUstream
  let modules: KernelModules
  let memory: DeviceMemory
  let invalidIndices: InvalidIndices
  private let products: Mutex<ProductsHandle?> = Mutex(nil)
  private let recent = Mutex<[String]>([])
  /// The names of the last kernels since the last synchronization, at most 16.
  var recentKernels: [String] { recent.withLock { $0 } }
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
    // The simulator's kernels are precompiled.
    let isCached = !libraries.isSimulator || environment["FLAMBEAU_CACHE"] != nil
    modules = KernelModules(
      compiler: KernelCompiler(
        compiler: libraries.compiler, architecture: architecture,
        cache: isCached ? KernelCompiler.cache(environment) : nil), driver: driver)
    memory = DeviceMemory(
      index: index, driver: driver,
      // The simulator can check each tensor's bounds only if each has its own allocation.
      isCaching: environment["FLAMBEAU_CUDA_CACHE"].map { $0 != "0" } ?? !libraries.isSimulator)
    invalidIndices = try InvalidIndices(driver)
  }

  /// Makes this GPU's context current on this thread.
  func activate() {
    let own = UnsafeMutableRawPointer(context)
    guard flambeau_current_context() != own else { return }
    check(driver.cuCtxSetCurrent(context), "cuCtxSetCurrent")
    flambeau_set_current_context(own)
  }

  /// Runs `body` with this GPU's context, and then makes the former one current again.
  func withContext(_ body: () -> Void) {
    let former = flambeau_current_context()
    activate()
    body()
    guard let former, former != UnsafeMutableRawPointer(context) else { return }
    check(driver.cuCtxSetCurrent(CUcontext(former)), "cuCtxSetCurrent")
    flambeau_set_current_context(former)
  }

  /// The value of an attribute CU_DEVICE_ATTRIBUTE_….
  func attribute(_ attribute: Int) -> Int {
    var value: Int32 = 0
    check(driver.cuDeviceGetAttribute(&value, Int32(attribute), handle), "cuDeviceGetAttribute")
    return Int(value)
  }

  /// The current stream of this thread.
  var stream: CUstream {
    guard let current = CUDA.Stream.current, current.device == device else { return defaultStream }
    return current.handle
  }

  /// Stops the program if a call failed.
  func check(_ result: Int32, _ call: @autoclosure () -> String) {
    if result != 0 { fatalError(describe(result, call())) }
  }

  private func describe(_ result: Int32, _ call: String) -> String {
    let report = libraries.simulatorReport.map { String(cString: $0()) } ?? ""
    let names = recentKernels
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

  /// Records the name of started work, for messages, and waits for it if launches are synchronous.
  private func started(_ name: String) {
    recent.withLock {
      if $0.count == 16 { $0.removeFirst() }
      $0.append(name)
    }
    if isSynchronous, !isCapturing { synchronizeStream("after \(name)") }
  }

  /// Waits for this thread's current stream, and stops the program if its work failed.
  func synchronizeStream(_ call: String = "cuStreamSynchronize") {
    flambeau_run_if_postponed()
    requireNoCapture("waiting for the GPU, as item() and scalars() do,")
    check(driver.cuStreamSynchronize(stream), call)
    caughtUp()
  }

  /// Waits for all streams.
  func synchronize() {
    flambeau_run_if_postponed()
    activate()
    check(driver.cuCtxSynchronize(), "cuCtxSynchronize")
    caughtUp()
  }

  /// After a successful synchronization, checks for invalid indices that kernels have noted.
  private func caughtUp() {
    recent.withLock { $0.removeAll(keepingCapacity: true) }
    if !isSynchronous { invalidIndices.check(device) }
  }

  /// Calls cuBLAS on this thread's current stream.
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
    if status != 0 { fatalError("\(device): \(call): cuBLAS status \(status)") }
  }
}

/// cuBLAS's handle.
// A lock gives it to one thread at a time.
private struct ProductsHandle: @unchecked Sendable {
  let handle: cublasHandle_t
}
