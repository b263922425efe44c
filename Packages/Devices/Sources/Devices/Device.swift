@_exported import COperations
import Foundation

extension Device {
  /// The main processor.
  public static let cpu = Device(kind: .cpu, index: 0)
  /// Apple's GPU.
  public static let mps = Device(kind: .mps, index: 0)
  /// An NVIDIA GPU.
  public static func cuda(_ index: Int = 0) -> Device {
    Device(kind: .cuda, index: Int32(index))
  }

  /// Reads a device's text.
  ///
  /// - Throws: ``DeviceError/invalidName(_:)``.
  public init(_ name: String) throws {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard let kind = DeviceKind.allCases.first(where: { $0.description == parts[0] }) else {
      throw DeviceError.invalidName(name)
    }
    switch (kind, parts.count) {
    case (_, 1):
      self.init(kind: kind, index: 0)
    case (.cuda, 2):
      guard let index = Int32(parts[1]), index >= 0, parts[1].first != "+" else {
        throw DeviceError.invalidName(name)
      }
      self.init(kind: kind, index: index)
    default:
      throw DeviceError.invalidName(name)
    }
  }

  /// What runs this device's operations. Stops the program where this machine has no such device.
  public var backend: any Backend {
    guard kind == .cpu else {
      fatalError(DeviceError.unavailable(self).localizedDescription)
    }
    return CPUBackend()
  }
}

extension DeviceKind: @retroactive CaseIterable, @retroactive CustomStringConvertible {
  public static let allCases: [DeviceKind] = [.cpu, .cuda, .mps]

  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda: "cuda"
    case .mps: "mps"
    }
  }
}

extension Device: @retroactive Hashable {
  public static func == (a: Device, b: Device) -> Bool { a.kind == b.kind && a.index == b.index }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(index)
  }
}

extension Device: @retroactive CustomStringConvertible {
  public var description: String { kind == .cuda ? "\(kind):\(index)" : "\(kind)" }
}

extension Device: @retroactive ExpressibleByStringLiteral {
  /// The device of that name. Stops the program where no device is called so.
  public init(stringLiteral name: String) {
    do {
      try self.init(name)
    } catch {
      fatalError(error.localizedDescription)
    }
  }
}

/// Why a device cannot be used.
public enum DeviceError: Error, Equatable, LocalizedError {
  /// No device has this name.
  case invalidName(String)
  /// This machine has no such device.
  case unavailable(Device)

  public var errorDescription: String? {
    switch self {
    case .invalidName(let name):
      "no device is called “\(name)”: write cpu, cuda, cuda:0 (or another number) or mps"
    case .unavailable(let device):
      "the device \(device) is not available here: ask CUDA.isAvailable or MPS.isAvailable first, "
        + "and use the device cpu where they are false"
    }
  }
}

/// NVIDIA's GPUs.
public enum CUDA {
  /// Whether tensors can be moved to a CUDA device: always false, since there is no backend for
  /// them yet.
  public static var isAvailable: Bool { false }
}

/// Apple's GPUs.
public enum MPS {
  /// Whether tensors can be moved to Apple's GPU: always false, since there is no backend for it
  /// yet.
  public static var isAvailable: Bool { false }
}
