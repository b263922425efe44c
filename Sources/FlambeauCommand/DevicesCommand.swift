import ArgumentParser
import Flambeau

@_spi(Flambeau) import Devices

/// Lists the devices that tensors can be on.
struct DevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices", abstract: "Shows the devices of this machine, or what is missing.")

  func run() {
    print("cpu     \(numThreads) threads")
    for index in 0..<CUDA.deviceCount {
      let device = Device.cuda(index)
      print("\(device)  \(CUDA.deviceName(device)), \(CUDA.summary(of: device))")
    }
    if let reason = CUDA.unavailability { print("cuda    \(reason.localizedDescription)") }
    print(
      "mps     \(MPS.isAvailable ? "available" : "not available: there are no kernels for it yet")")
  }
}
