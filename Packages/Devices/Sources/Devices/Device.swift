import CThreadState
import COperations
import Foundation

extension Device {
  /// The CPU.
  public static let cpu = Device(kind: .cpu, index: 0)
  /// Apple's GPU.
  public static let mps = Device(kind: .mps, index: 0)
  /// An NVIDIA GPU.
  public static func cuda(_ index: Int = 0) -> Device {
    Device(kind: .cuda, index: Int32(index))
  }

  /// Creates the device with the given name, such as `cpu` or `cuda:1`: `torch.device`.
  ///
  /// - Throws: ``DeviceError/invalidName(_:)``.
  public init(_ name: String) throws {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard let kind = DeviceKind.allCases.first(where: { $0.description == parts[0] }) else {
      throw DeviceError.invalidName(name)
    }
    guard parts.count > 1 else {
      self.init(kind: kind, index: 0)
      return
    }
    guard parts.count == 2, kind.isIndexed, let index = Int32(parts[1]), index >= 0,
      parts[1].first != "+"
    else { throw DeviceError.invalidName(name) }
    self.init(kind: kind, index: index)
  }

  /// The backend that runs this device's operations. Stops the program if this machine has no such
  /// device.
  public var backend: any Backend {
    if kind == .cpu { return CPUBackend() }
    do {
      return try kind.backend(of: self)
    } catch {
      fatalError(error.localizedDescription)
    }
  }

  /// Checks that this machine has this device.
  ///
  /// - Throws: ``DeviceError``, which says what is missing.
  public func requireAvailable() throws(DeviceError) { _ = try kind.backend(of: self) }

  /// The device of tensors created without naming one: the CPU, except inside ``withDefault(_:)``;
  /// `torch.get_default_device`.
  public static var `default`: Device { flambeau_ambient_device() }

  /// Runs `body` with this device as the default, on this thread: `with torch.device(…)`.
  public func withDefault<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withAmbient({ $0.device = self }, body)
  }

  /// Runs the asynchronous `body` with this device as the default, in this task and its child
  /// tasks.
  @_disfavoredOverload
  public func withDefault<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
  ) async rethrows -> Result {
    try await withAmbient({ $0.device = self }, body)
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
  public var description: String { kind.isIndexed ? "\(kind):\(index)" : "\(kind)" }
}

extension Device: @retroactive ExpressibleByStringLiteral {
  /// Creates the device with the given name. Stops the program if there is none.
  public init(stringLiteral name: String) {
    do {
      try self.init(name)
    } catch {
      fatalError(error.localizedDescription)
    }
  }
}

/// Apple's GPUs.
public enum MPS {
  /// Whether tensors can be moved to Apple's GPU: always false, since it has no backend yet.
  public static var isAvailable: Bool { false }
}
