import CCUDA
import CUDAKernels
import Foundation
import Synchronization

/// What NVRTC makes of a kernel for a kind of GPU. For Flambeau's own tools.
@_spi(Flambeau) public struct KernelReport: Sendable {
  /// As in 80 for sm_80.
  public let architecture: Int
  /// The kernel's name, as in `unary_exp_float32`.
  public let name: String
  /// Registers of each thread.
  public let registers: Int
  /// Bytes of each thread that do not fit into registers.
  public let spills: Int
  /// Bytes that the threads of a block share.
  public let shared: Int

  /// Compiles all kernels for element types and kinds of GPU, on all processors. No GPU is needed.
  ///
  /// - Parameters:
  ///   - architectures: as in 80 for sm_80.
  ///   - types: the element types.
  ///   - progress: is told of each file that is done, as in `unary.cu float32 sm_80`.
  /// - Throws: ``DeviceError``; a warning of the compiler counts as an error.
  public static func all(
    architectures: [Int], types: [DType] = DType.allCases,
    progress: @Sendable (String) -> Void = { _ in }
  ) throws(DeviceError) -> [KernelReport] {
    let nvrtc = try CUDALibraries.openCompiler(ProcessInfo.processInfo.environment)
    let files = KernelSource.all.map(\.name).filter { $0.hasSuffix(".cu") }
    let jobs = architectures.flatMap { architecture in
      files.flatMap { file in types.map { (architecture, file, $0) } }
    }
    let results = Mutex<[Int: Result<[KernelReport], DeviceError>]>([:])
    DispatchQueue.concurrentPerform(iterations: jobs.count) { job in
      let (architecture, file, element) = jobs[job]
      let compiler = KernelCompiler(compiler: nvrtc, architecture: architecture, cache: nil)
      let result = Result { () throws(DeviceError) in
        let options = compiler.options(element: element, operation: nil)
        let name = String(file.dropLast(3))
        let log = try compiler.compile(file: name, options: options + ["--ptxas-options=-v"]).log
        // That NVIDIA will drop a kind of GPU says nothing about the kernels.
        let said = log.replacing(#/nvrtc: warning: Architectures prior .*/#, with: "")
        if said.contains("warning") || said.contains("error") { throw .compilation(file, log) }
        return reports(in: log, architecture)
      }
      results.withLock { $0[job] = result }
      progress("\(file) \(element) sm_\(architecture)")
    }
    var all: [KernelReport] = []
    for job in jobs.indices { all += try results.withLock { $0[job]! }.get() }
    return all
  }

  /// Reads what ptxas says about each kernel.
  private static func reports(in log: String, _ architecture: Int) -> [KernelReport] {
    var reports: [KernelReport] = []
    var (name, spills) = ("", 0)
    for line in log.split(separator: "\n") {
      if let match = line.firstMatch(of: #/entry function '(\w+)'/#) { name = String(match.1) }
      if let match = line.firstMatch(of: #/(\d+) bytes spill stores/#) { spills = Int(match.1)! }
      guard let match = line.firstMatch(of: #/Used (\d+) registers/#) else { continue }
      let shared = line.firstMatch(of: #/(\d+) bytes smem/#).map { Int($0.1)! } ?? 0
      reports.append(
        KernelReport(
          architecture: architecture, name: name, registers: Int(match.1)!, spills: spills,
          shared: shared))
    }
    return reports
  }
}
