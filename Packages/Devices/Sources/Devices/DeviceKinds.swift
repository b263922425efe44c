import Synchronization

// The known kinds of device: those of the library, and those that the program registers.

extension DeviceKind {
  /// The CPU.
  public static var cpu: DeviceKind { DeviceKind(rawValue: 0) }
  /// NVIDIA's GPUs.
  public static var cuda: DeviceKind { DeviceKind(rawValue: 1) }
  /// Apple's GPU.
  public static var mps: DeviceKind { DeviceKind(rawValue: 2) }

  /// The known kinds, by raw value.
  fileprivate static let known = Mutex([
    Entry(name: "cpu", isIndexed: false) { _ in CPUBackend() },
    Entry(name: "cuda", isIndexed: true) { device throws(DeviceError) in
      CUDABackend(try CUDA.requiredGPU(device))
    },
    Entry(name: "mps", isIndexed: false) { device throws(DeviceError) in
      throw .unavailable(device)
    },
  ])

  /// The properties of a kind.
  fileprivate struct Entry: Sendable {
    let name: String
    /// Whether there may be several devices of the kind, told apart by an index.
    let isIndexed: Bool
    let backend: @Sendable (Device) throws(DeviceError) -> any Backend
  }

  private var entry: Entry {
    DeviceKind.known.withLock { known in
      guard known.indices.contains(Int(rawValue)) else {
        fatalError(
          "there is no device kind with the number \(rawValue); see Device.register(_:backend:)")
      }
      return known[Int(rawValue)]
    }
  }

  var isIndexed: Bool { entry.isIndexed }

  func backend(of device: Device) throws(DeviceError) -> any Backend { try entry.backend(device) }
}

extension DeviceKind: @retroactive CaseIterable, @retroactive CustomStringConvertible {
  /// The known kinds, in order of registration.
  public static var allCases: [DeviceKind] {
    known.withLock { $0.indices.map { DeviceKind(rawValue: UInt8($0)) } }
  }

  public var description: String { entry.name }
}

extension Device {
  /// Registers a kind of device, which then works with all of Flambeau: PyTorch's `PrivateUse1`.
  ///
  /// ```text
  /// let ours = Device.register("ours") { device in OurBackend(device) }
  /// let x = Tensor.zeros([2, 3], device: Device(kind: ours, index: 0))
  /// print(x.device)  // ours:0
  /// ```
  ///
  /// Stops the program if the name is taken or does not consist of letters only.
  ///
  /// - Parameters:
  ///   - name: the name of the devices, before a colon and their index.
  ///   - backend: returns the backend of a device, or throws if this machine has no such device. It
  ///     is called at each operation, so it should be fast.
  /// - Returns: the kind of the devices.
  @discardableResult
  public static func register(
    _ name: String, backend: @escaping @Sendable (Device) throws(DeviceError) -> any Backend
  ) -> DeviceKind {
    guard !name.isEmpty, name.allSatisfy(\.isLetter) else {
      fatalError("Device.register: “\(name)” is not a valid name; it must consist of letters only")
    }
    return DeviceKind.known.withLock { known in
      guard !known.contains(where: { $0.name == name }) else {
        fatalError("Device.register: the name “\(name)” is already taken")
      }
      guard known.count <= UInt8.max else {
        fatalError(
          "Device.register: there are \(known.count) kinds of devices already, the most that there can be"
        )
      }
      known.append(.init(name: name, isIndexed: true, backend: backend))
      return DeviceKind(rawValue: UInt8(known.count - 1))
    }
  }

  /// The backend of the first device of each kind that this machine has, except the CPU.
  static var others: [any Backend] {
    DeviceKind.allCases.dropFirst().compactMap { kind in
      try? kind.backend(of: Device(kind: kind, index: 0))
    }
  }
}
