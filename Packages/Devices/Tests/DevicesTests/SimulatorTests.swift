import CCUDA
import Devices
import Foundation
import Testing

/// The simulator alone, as a CUDA driver.
private struct Simulator {
  let driver: CUDADriver
  private let module: CUmodule
  private let report: @convention(c) () -> UnsafePointer<CChar>

  init() {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    guard let library = dlopen(folder.appending(path: "libCUDASimulator.so").path, RTLD_NOW) else {
      fatalError(String(cString: dlerror()))
    }
    let functions = UnsafeMutablePointer<CUDADriver>.allocate(capacity: 1)
    guard flambeau_find_driver(library, functions) == nil else { fatalError("no driver") }
    driver = functions.pointee
    report = unsafeBitCast(
      dlsym(library, "flambeau_simulator_report"),
      to: (@convention(c) () -> UnsafePointer<CChar>).self)
    var (context, module): (CUcontext?, CUmodule?)
    Self.check(driver.cuInit(0))
    Self.check(driver.cuDevicePrimaryCtxRetain(&context, 0))
    Self.check(driver.cuCtxSetCurrent(context))
    Self.check(driver.cuModuleLoadData(&module, "flambeau-simulator faulty float32 ."))
    self.module = module!
  }

  static func check(_ result: Int32) {
    if result != 0 { fatalError("\(result)") }
  }

  func memory(_ numbers: [Float]) -> CUdeviceptr {
    var pointer: CUdeviceptr = 0
    Self.check(driver.cuMemAlloc(&pointer, 4 * numbers.count))
    Self.check(driver.cuMemcpyHtoDAsync(pointer, numbers, 4 * numbers.count, nil))
    return pointer
  }

  /// Starts a kernel on one block and waits for it.
  @discardableResult
  func run(_ name: String, _ pointer: CUdeviceptr, threads: Int = 64) -> Int32 {
    var function: CUfunction?
    Self.check(driver.cuModuleGetFunction(&function, module, "\(name)_float32"))
    var pointer = pointer
    let started = withUnsafeMutablePointer(to: &pointer) { pointer in
      var parameters: [UnsafeMutableRawPointer?] = [UnsafeMutableRawPointer(pointer)]
      return driver.cuLaunchKernel(
        function, 1, 1, 1, UInt32(threads), 1, 1, 0, nil, &parameters, nil)
    }
    return started != 0 ? started : driver.cuCtxSynchronize()
  }

  var words: String { String(cString: report()) }
}

/// The simulator reports errors that real hardware silently tolerates.
@Suite(.enabled(if: CUDA.isSimulator)) struct SimulatorTests {
  /// Errors are sticky within a process, so each test case has its own.
  @Test(arguments: [
    ("diverging_barrier", "32 of 64 threads wait at __syncthreads, which the others never reach"),
    ("misaligned_four", "four elements at once from"),
    ("race", "depends on the order in which threads run"),
    ("shared_race", "depends on memory that was never written"),
    ("behind", "thread (0, 0, 0): writes 0 bytes after 256 bytes"),
    ("before", "writes"),
  ])
  func mistakesOfKernelsAreFound(name: String, text: String) async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      [name = name as String] in
      let simulator = Simulator()
      let error = simulator.run(name, simulator.memory([Float](repeating: 1, count: 64)))
      // Whatever follows fails too, as on a GPU.
      var pointer: CUdeviceptr = 0
      #expect(error == CUDA_ERROR_LAUNCH_FAILED)
      #expect(simulator.driver.cuMemAlloc(&pointer, 4) == error)
      print(simulator.words)
    }
    let words = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    #expect(words.contains("kernel \(name)_float32") && words.contains(text), "\(words)")
  }

  @Test func memoryThatIsNotThereIsFound() async {
    await #expect(processExitsWith: .success) {
      let simulator = Simulator()
      let pointer = simulator.memory([Float](repeating: 1, count: 64))
      Simulator.check(simulator.driver.cuMemFree(pointer))
      #expect(simulator.driver.cuMemFree(pointer) == CUDA_ERROR_INVALID_VALUE)
      #expect(simulator.run("reverse", pointer) == CUDA_ERROR_LAUNCH_FAILED)
      #expect(simulator.words.contains("memory that was freed (256 bytes)"))
    }
    await #expect(processExitsWith: .success) {
      let simulator = Simulator()
      var pointer: CUdeviceptr = 0
      Simulator.check(simulator.driver.cuMemAlloc(&pointer, 256))
      // Copying unwritten memory is allowed, computing with it is an error.
      #expect(simulator.run("reverse", pointer) == 0)
      #expect(simulator.run("increment", pointer) == CUDA_ERROR_LAUNCH_FAILED)
      #expect(simulator.words.contains("memory that was never written"))
    }
    await #expect(processExitsWith: .success) {
      let simulator = Simulator()
      let pointer = simulator.memory([1, 2])
      var bytes = [Float](repeating: 0, count: 3)
      #expect(
        simulator.driver.cuMemcpyDtoHAsync(&bytes, pointer, 12, nil) == CUDA_ERROR_ILLEGAL_ADDRESS)
      #expect(simulator.words.contains("a copy from the device of 12 bytes"))
    }
  }

  @Test func kernelsThatAreRightRun() async {
    await #expect(processExitsWith: .success) {
      let simulator = Simulator()
      let pointer = simulator.memory((0..<64).map(Float.init))
      #expect(simulator.run("reverse", pointer) == 0)
      var numbers = [Float](repeating: 0, count: 64)
      Simulator.check(simulator.driver.cuMemcpyDtoHAsync(&numbers, pointer, 256, nil))
      #expect(numbers == (0..<64).reversed().map(Float.init))
      // Limits of a launch.
      #expect(simulator.run("reverse", pointer, threads: 2048) == CUDA_ERROR_INVALID_VALUE)
      #expect(simulator.run("reverse", pointer, threads: 0) == CUDA_ERROR_INVALID_VALUE)
      #expect(simulator.run("reverse", pointer) == 0)
    }
  }

  /// The program cannot reach the device's memory, as with a GPU.
  @Test func memoryIsTheDevicesOwn() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      setenv("SWIFT_BACKTRACE", "enable=no", 1)
      signal(SIGSEGV, SIG_DFL)
      let simulator = Simulator()
      let pointer = simulator.memory([1, 2])
      print(UnsafePointer<Float>(bitPattern: UInt(pointer))!.pointee)
    }
  }

  @Test func imagesThatAreNoneAreRefused() async {
    await #expect(processExitsWith: .success) {
      let simulator = Simulator()
      var module: CUmodule?
      #expect(simulator.driver.cuModuleLoadData(&module, "ELF") == CUDA_ERROR_INVALID_IMAGE)
    }
  }
}
