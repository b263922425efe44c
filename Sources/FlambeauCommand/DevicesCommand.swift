import ArgumentParser
import Flambeau
import Foundation

/// What tensors can be put on.
struct DevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices", abstract: "Shows the devices of this machine, or what is missing.")

  func run() {
    print("cpu     \(numThreads) threads")
    for index in 0..<CUDA.deviceCount {
      let device = Device.cuda(index)
      let (major, minor) = CUDA.deviceCapability(device)
      let gibibytes = String(format: "%.1f", Double(CUDA.memory(of: device).total) / 0x1p30)
      print(
        "\(device)  \(CUDA.deviceName(device)), compute capability \(major).\(minor), \(gibibytes) GiB"
      )
    }
    if let reason = CUDA.unavailability { print("cuda    \(reason.localizedDescription)") }
    print(
      "mps     \(MPS.isAvailable ? "available" : "not available: there are no kernels for it yet")")
  }
}
