import CHDF5
import Foundation
import Synchronization

/// Access to libhdf5, which keeps global state, so one lock guards every call.
@_spi(Flambeau) public enum HDF5 {
  private static let isPrepared = Mutex(false)

  /// Runs `body` with exclusive access to the library.
  public static func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
    // A result that is not Sendable leaves the lock, but nothing else refers to it.
    nonisolated(unsafe) var result: Result?
    try isPrepared.withLock { isPrepared in
      if !isPrepared {
        H5open()
        isPrepared = true
      }
      // Each thread has an error stack of its own.
      hdf5_silence()
      result = try body()
    }
    return result!
  }

  /// The library's message for its last error.
  public static func lastError() -> String {
    var text = [CChar](repeating: 0, count: 256)
    hdf5_last_error(&text, text.count)
    let end = text.firstIndex(of: 0) ?? text.endIndex
    let message = String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return message.isEmpty ? "no reason given" : message
  }
}

/// An open libhdf5 object, which is closed when its last reference is released. This must happen
/// while the library is locked.
@_spi(Flambeau) public final class HDF5Handle {
  public let id: hid_t
  private let close: (hid_t) -> herr_t

  /// - Throws: ``HDF5Failure`` if the id is negative, which means that opening failed.
  public init(_ id: hid_t, close: @escaping (hid_t) -> herr_t) throws {
    guard id >= 0 else { throw HDF5Failure(reason: HDF5.lastError()) }
    self.id = id
    self.close = close
  }

  deinit { _ = close(id) }
}

/// The error of a call to libhdf5.
@_spi(Flambeau) public struct HDF5Failure: Error {
  public let reason: String

  public init(reason: String) { self.reason = reason }

  public static func check(_ status: herr_t) throws {
    if status < 0 { throw HDF5Failure(reason: HDF5.lastError()) }
  }
}
