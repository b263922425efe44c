import ArgumentParser
import Foundation

@_spi(Flambeau) import Devices

/// Compiles the CUDA kernels, without a GPU.
struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "Compiles all CUDA kernels by NVRTC, and shows what registers and memory they take.",
    discussion: """
      No GPU is needed, but NVRTC: pip install nvidia-cuda-nvrtc-cu12, and let the environment variable \
      FLAMBEAU_CUDA_LIBRARIES name the folder with libnvrtc.so.12 where it is not found by itself.
      """)

  @Option(help: "Compute capabilities without their dot, separated by commas.")
  var architectures = "70,75,80,86,89,90"

  @Option(help: "Element types, separated by commas.")
  var types = DType.allCases.map { "\($0)" }.joined(separator: ",")

  @Flag(help: "Show every kernel, and not only each file's largest.")
  var all = false

  func run() throws {
    let wanted = architectures.split(separator: ",").compactMap { Int($0) }
    guard !wanted.isEmpty else {
      throw ValidationError("--architectures \(architectures): write numbers, as in 80,90")
    }
    let elements = try types.split(separator: ",").map { name in
      guard let type = DType.allCases.first(where: { "\($0)" == name }) else {
        throw ValidationError("--types: there is no \(name)")
      }
      return type
    }
    let start = ContinuousClock.now
    let reports = try KernelReport.all(architectures: wanted, types: elements) { file in
      FileHandle.standardError.write(Data("compiled \(file)\n".utf8))
    }
    let seconds = Int(start.duration(to: .now) / .seconds(1))
    print(
      "\(reports.count) kernels for \(wanted.map { "sm_\($0)" }.joined(separator: ", ")), \(seconds) s"
    )
    print("kernel                                    sm  registers  spilled bytes  shared bytes")
    let spilling = reports.filter { $0.spills > 0 }
    for report in all ? reports : largest(of: reports) + spilling { print(row(report)) }
    print(spilling.isEmpty ? "No kernel spills." : "\(spilling.count) kernels spill.")
  }

  /// The kernel of each architecture and family with the most registers.
  private func largest(of reports: [KernelReport]) -> [KernelReport] {
    let families = Dictionary(grouping: reports) { report in
      "\(report.architecture) \(report.name.prefix { $0 != "_" })"
    }
    return families.sorted { $0.key < $1.key }.map { $0.value.max { $0.registers < $1.registers }! }
  }

  private func row(_ report: KernelReport) -> String {
    func padded(_ value: Int, _ width: Int) -> String {
      String(repeating: " ", count: max(width - "\(value)".count, 0)) + "\(value)"
    }
    return report.name.padding(toLength: 40, withPad: " ", startingAt: 0)
      + padded(report.architecture, 4) + padded(report.registers, 11) + padded(report.spills, 15)
      + padded(report.shared, 14)
  }
}
