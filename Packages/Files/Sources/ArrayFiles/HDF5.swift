import CHDF5
import Foundation
import Synchronization

/// libhdf5, which keeps global state: one lock guards every call.
@_spi(Flambeau) public enum HDF5 {
  private static let isPrepared = Mutex(false)

  /// Runs `body` alone with the library.
  public static func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
    // A result that is not Sendable leaves the lock, but nothing else refers to it.
    nonisolated(unsafe) var result: Result?
    try isPrepared.withLock { isPrepared in
      if !isPrepared {
        H5open()
        isPrepared = true
      }
      // Every thread has messages of its own.
      hdf5_silence()
      result = try body()
    }
    return result!
  }

  /// The library's own words for what went wrong last.
  public static func lastError() -> String {
    var text = [CChar](repeating: 0, count: 256)
    hdf5_last_error(&text, text.count)
    let end = text.firstIndex(of: 0) ?? text.endIndex
    let message = String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return message.isEmpty ? "no reason given" : message
  }
}

/// Something open in libhdf5 that is closed with its last reference, which must go while the
/// library is locked.
@_spi(Flambeau) public final class HDF5Handle {
  public let id: hid_t
  private let close: (hid_t) -> herr_t

  /// - Throws: ``HDF5Failure`` where the id says that opening failed.
  public init(_ id: hid_t, close: @escaping (hid_t) -> herr_t) throws {
    guard id >= 0 else { throw HDF5Failure(reason: HDF5.lastError()) }
    self.id = id
    self.close = close
  }

  deinit { _ = close(id) }
}

/// A call of libhdf5 that failed.
@_spi(Flambeau) public struct HDF5Failure: Error {
  public let reason: String

  public init(reason: String) { self.reason = reason }

  public static func check(_ status: herr_t) throws {
    if status < 0 { throw HDF5Failure(reason: HDF5.lastError()) }
  }
}
