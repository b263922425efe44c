import CCUDA
import CKernels
import COperations

extension Storage {
  /// A block whose contents are not defined.
  public static func make(byteCount: Int, device: Device) -> Storage {
    device.backend.makeStorage(byteCount: byteCount)
  }

  /// A part of an open file, on the CPU: read as it is used, and what is written to it stays in memory.
  /// The file may be closed, but must not become shorter.
  ///
  /// - Returns: nil where the system cannot map it.
  public static func mapped(descriptor: Int32, offset: Int, byteCount: Int) -> Storage? {
    flambeau_map_storage(descriptor, offset, byteCount)
  }

  /// Notes that its contents have been changed in place.
  @_spi(Flambeau) @inlinable public func markChanged() { flambeau_storage_mark_changed(self) }

  /// A storage in memory that a backend allocated.
  ///
  /// - Parameters:
  ///   - memory: what the views' pointers count from; only the backend need be able to read it.
  ///   - byteCount: its size.
  ///   - device: whose it is.
  ///   - release: gives it back, once nobody uses it any more.
  public static func wrapping(
    _ memory: UnsafeMutableRawPointer, byteCount: Int, device: Device,
    release: @escaping @Sendable () -> Void
  ) -> Storage {
    let owner = Unmanaged.passRetained(MemoryOwner(release)).toOpaque()
    return flambeau_wrap_memory(memory, byteCount, device, owner) { owner in
      Unmanaged<MemoryOwner>.fromOpaque(owner).takeRetainedValue().release()
    }
  }
}

/// Keeps what gives a storage's memory back.
private final class MemoryOwner {
  let release: @Sendable () -> Void

  init(_ release: @escaping @Sendable () -> Void) { self.release = release }
}
