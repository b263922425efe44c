import COperations

extension Storage {
  /// A block whose contents are not defined.
  public static func make(byteCount: Int, device: Device) -> Storage {
    device.backend.makeStorage(byteCount: byteCount)
  }
}
