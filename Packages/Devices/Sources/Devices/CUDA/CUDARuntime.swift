import CCUDA
import Foundation

/// The NVIDIA libraries and GPUs of this process.
final class CUDARuntime: Sendable {
  let libraries: CUDALibraries
  let devices: [GPU]
  let driverVersion: Int

  /// The runtime, initialized once, or the reason why there is none.
  static let shared = Result { () throws(DeviceError) in
    try CUDARuntime(environment: ProcessInfo.processInfo.environment)
  }

  /// - Throws: ``DeviceError``.
  init(environment: [String: String]) throws(DeviceError) {
    libraries = try CUDALibraries(environment: environment)
    let driver = libraries.driver
    func check(_ result: Int32, _ call: String) throws(DeviceError) {
      if result != 0 { throw .driver(call, describeDriverError(result, driver)) }
    }
    try check(driver.cuInit(0), "cuInit")
    var version: Int32 = 0
    try check(driver.cuDriverGetVersion(&version), "cuDriverGetVersion")
    driverVersion = Int(version)
    guard driverVersion >= Self.oldestDriver else {
      throw .missingLibrary(
        "the NVIDIA driver",
        "it is for CUDA \(driverVersion / 1000).\(driverVersion % 1000 / 10), which is too old: install "
          + "one for CUDA 12 or later")
    }
    var count: Int32 = 0
    try check(driver.cuDeviceGetCount(&count), "cuDeviceGetCount")
    guard count > 0 else { throw .missingLibrary("a GPU", "the driver finds none in this machine") }
    var devices: [GPU] = []
    for index in 0..<Int(count) {
      devices.append(try GPU(index: index, libraries: libraries, environment: environment))
    }
    self.devices = devices
  }

  /// CUDA 12.0, as the driver encodes it.
  private static let oldestDriver = 12000
}

/// The name and description of a driver error, as in `CUDA_ERROR_OUT_OF_MEMORY (out of memory)`.
func describeDriverError(_ error: Int32, _ driver: CUDADriver) -> String {
  var (name, text): (UnsafePointer<CChar>?, UnsafePointer<CChar>?)
  _ = driver.cuGetErrorName(error, &name)
  _ = driver.cuGetErrorString(error, &text)
  let (title, words) = (name.map { String(cString: $0) }, text.map { String(cString: $0) })
  return (title ?? "error \(error)") + (words.map { $0 == title ? "" : " (\($0))" } ?? "")
}
