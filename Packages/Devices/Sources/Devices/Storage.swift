/// A block of memory on a device, which views share.
///
/// It goes back to the device's allocator with its last reference. Threads may read it at the same
/// time; what writes to it needs it alone.
public final class Storage: @unchecked Sendable {
  public let device: Device
  public let byteCount: Int
  /// Where it begins, in the device's memory.
  public let pointer: UnsafeMutableRawPointer

  /// How many times its contents have been changed in place.
  @exclusivity(unchecked) public internal(set) var version: UInt32 = 0

  /// A block whose contents are not defined.
  public init(byteCount: Int, device: Device) {
    self.device = device
    self.byteCount = byteCount
    pointer = device.backend.allocate(byteCount: byteCount)
  }

  deinit {
    device.backend.deallocate(pointer, byteCount: byteCount)
  }

  /// Notes that the contents have been changed in place.
  public func markChanged() {
    version &+= 1
  }
}
