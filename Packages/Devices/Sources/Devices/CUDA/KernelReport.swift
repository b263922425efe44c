import CCUDA
import CUDAKernels
import Foundation
import Synchronization

/// The resources that a kernel uses when compiled for a GPU architecture. For Flambeau's own tools.
@_spi(Flambeau) public struct KernelReport: Sendable {
  /// The compute capability, as in 80 for sm_80.
  public let architecture: Int
  /// The kernel's name, as in `unary_exp_float32`.
  public let name: String
  /// The number of registers per thread.
  public let registers: Int
  /// The bytes of spill stores per thread.
  public let spills: Int
  /// The bytes of shared memory per block.
  public let shared: Int

  /// Compiles all kernels for element types and GPU architectures, in parallel. Needs no GPU.
  ///
  /// - Parameters:
  ///   - architectures: the compute capabilities, as in 80 for sm_80.
  ///   - types: the element types.
  ///   - progress: called for each compiled file, as in `unary.cu float32 sm_80`.
  /// - Throws: ``DeviceError``; a compiler warning counts as an error.
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
        // The deprecation of an architecture says nothing about the kernels.
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

  /// Parses ptxas's output for each kernel.
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
