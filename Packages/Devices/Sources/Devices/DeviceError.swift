import Foundation
import Support

/// Why a device cannot be used.
public enum DeviceError: Error, Equatable, LocalizedError {
  /// No device has this name.
  case invalidName(String)
  /// This machine has no such device.
  case unavailable(Device)
  /// This machine has devices of the kind, but not this one.
  case noSuchDevice(Device, count: Int)
  /// A library that CUDA needs, or the GPU, is missing or too old: which, and how to fix it.
  case missingLibrary(String, String)
  /// A call of NVIDIA's driver failed: which call, and why.
  case driver(String, String)
  /// A kernel file did not compile: which file, and the compiler's message.
  case compilation(String, String)
  /// A device is out of memory. The numbers are bytes: the size of the failed allocation, the bytes
  /// that tensors use, the bytes allocated from the driver, and the device's memory.
  case outOfMemory(Device, asked: Int, inUse: Int, reserved: Int, total: Int)

  public var errorDescription: String? {
    switch self {
    case .invalidName(let name):
      "no device is called “\(name)”: write \(Self.deviceNames)"
    case .unavailable(let device):
      "the device \(device) is not available here: check CUDA.isAvailable or MPS.isAvailable first,"
        + " and use the device cpu if they are false"
    case .noSuchDevice(let device, let count):
      "there is no device \(device): this machine has \(count)"
        + (count == 0 ? "" : ", \(device.kind):0")
        + (count > 1 ? " to \(device.kind):\(count - 1)" : "")
    case .missingLibrary(let name, let mend):
      "no CUDA device is available here: \(name) is missing: \(mend). Check CUDA.isAvailable "
        + "first, and use the device cpu if it is false"
    case .driver(let call, let reason):
      "no CUDA device is available here: \(call): \(reason)"
    case .compilation(let file, let reason):
      "\(file) does not compile: \(reason)"
    case .outOfMemory(let device, let asked, let inUse, let reserved, let total):
      "\(device) is out of memory: tried to allocate \(asked.byteDescription), while tensors use "
        + "\(inUse.byteDescription) and \((reserved - inUse).byteDescription) more are cached, of "
        + "\(total.byteDescription) in total. Use smaller batches, or release tensors that are no longer needed"
    }
  }

  private static var deviceNames: String {
    let names = DeviceKind.allCases.map {
      $0.isIndexed ? "\($0), \($0):0 (or another number)" : "\($0)"
    }
    return names.dropLast().joined(separator: ", ") + " or \(names.last!)"
  }
}
