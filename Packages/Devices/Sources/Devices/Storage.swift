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
}
