import CCUDA
import CKernels
import COperations

extension Storage {
  /// Allocates a storage with undefined contents.
  public static func make(byteCount: Int, device: Device) -> Storage {
    device.kind == .cpu
      ? flambeau_make_storage(byteCount) : device.backend.makeStorage(byteCount: byteCount)
  }

  /// Maps a part of an open file into CPU memory: it is read on demand, and writes are private to
  /// the process. The file may be closed, but must not become shorter.
  ///
  /// - Returns: the storage, or nil if the system cannot map it.
  public static func mapped(descriptor: Int32, offset: Int, byteCount: Int) -> Storage? {
    flambeau_map_storage(descriptor, offset, byteCount)
  }

  /// Increments the version, after an in-place change of the contents.
  @_spi(Flambeau) @inlinable public func markChanged() { flambeau_storage_mark_changed(self) }

  /// Wraps memory that a backend allocated.
  ///
  /// - Parameters:
  ///   - memory: the start of the memory; only the backend needs to be able to read it.
  ///   - byteCount: its size.
  ///   - device: its device.
  ///   - release: frees it, called when the last reference is gone.
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

/// Holds the function that frees a storage's memory.
private final class MemoryOwner {
  let release: @Sendable () -> Void

  init(_ release: @escaping @Sendable () -> Void) { self.release = release }
}
