import Synchronization

// The kinds of device that this program knows. Others are registered beside those that come with the library.

extension DeviceKind {
  /// The main processor.
  public static var cpu: DeviceKind { DeviceKind(rawValue: 0) }
  /// NVIDIA's GPUs.
  public static var cuda: DeviceKind { DeviceKind(rawValue: 1) }
  /// Apple's GPU.
  public static var mps: DeviceKind { DeviceKind(rawValue: 2) }

  /// Those that are known, by their numbers.
  fileprivate static let known = Mutex([
    Entry(name: "cpu", hasNumbers: false) { _ in CPUBackend() },
    Entry(name: "cuda", hasNumbers: true) { device throws(DeviceError) in
      CUDABackend(try CUDA.requiredGPU(device))
    },
    Entry(name: "mps", hasNumbers: false) { device throws(DeviceError) in
      throw .unavailable(device)
    },
  ])

  /// What is known of a kind.
  fileprivate struct Entry: Sendable {
    let name: String
    /// Whether there may be several, which then have numbers.
    let hasNumbers: Bool
    let backend: @Sendable (Device) throws(DeviceError) -> any Backend
  }

  private var entry: Entry {
    DeviceKind.known.withLock { known in
      guard known.indices.contains(Int(rawValue)) else {
        fatalError(
          "there is no kind of device with the number \(rawValue); see Device.register(_:backend:)")
      }
      return known[Int(rawValue)]
    }
  }

  var hasNumbers: Bool { entry.hasNumbers }

  func backend(of device: Device) throws(DeviceError) -> any Backend { try entry.backend(device) }
}

extension DeviceKind: @retroactive CaseIterable, @retroactive CustomStringConvertible {
  /// Those that are known, in the order in which they became so.
  public static var allCases: [DeviceKind] {
    known.withLock { $0.indices.map { DeviceKind(rawValue: UInt8($0)) } }
  }

  public var description: String { entry.name }
}

extension Device {
  /// Makes a kind of device known, whose tensors then go through all of Flambeau: PyTorch's `PrivateUse1`.
  ///
  /// ```text
  /// let ours = Device.register("ours") { device in OurBackend(device) }
  /// let x = Tensor.zeros([2, 3], device: Device(kind: ours, index: 0))
  /// print(x.device)  // ours:0
  /// ```
  ///
  /// Stops the program where the name is taken, or is not made of letters alone.
  ///
  /// - Parameters:
  ///   - name: what devices are called, before a colon and their number.
  ///   - backend: what runs the operations of a device; it throws where this machine has no such device. It is
  ///     asked at each operation, so it should be quick.
  /// - Returns: the kind of the devices.
  @discardableResult
  public static func register(
    _ name: String, backend: @escaping @Sendable (Device) throws(DeviceError) -> any Backend
  ) -> DeviceKind {
    guard !name.isEmpty, name.allSatisfy(\.isLetter) else {
      fatalError("Device.register: “\(name)” is no name for devices; it must be of letters alone")
    }
    return DeviceKind.known.withLock { known in
      guard !known.contains(where: { $0.name == name }) else {
        fatalError("Device.register: there are devices called “\(name)” already")
      }
      guard known.count <= UInt8.max else {
        fatalError(
          "Device.register: there are \(known.count) kinds of devices already; no more can be told apart"
        )
      }
      known.append(.init(name: name, hasNumbers: true, backend: backend))
      return DeviceKind(rawValue: UInt8(known.count - 1))
    }
  }

  /// What runs the first device of each kind that this machine has, but for the CPU.
  static var others: [any Backend] {
    DeviceKind.allCases.dropFirst().compactMap { kind in
      try? kind.backend(of: Device(kind: kind, index: 0))
    }
  }
}
