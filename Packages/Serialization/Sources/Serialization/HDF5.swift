import CHDF5
import Foundation
import Synchronization

/// libhdf5, which keeps global state: one lock guards every call.
enum HDF5 {
  private static let isPrepared = Mutex(false)

  /// Runs `body` alone with the library.
  static func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
    // A result that is not Sendable leaves the lock, but nothing else refers to it.
    nonisolated(unsafe) var result: Result?
    try isPrepared.withLock { isPrepared in
      if !isPrepared {
        H5open()
        hdf5_silence()
        isPrepared = true
      }
      result = try body()
    }
    return result!
  }

  /// The library's own words for what went wrong last.
  static func lastError() -> String {
    var text = [CChar](repeating: 0, count: 256)
    hdf5_last_error(&text, text.count)
    let end = text.firstIndex(of: 0) ?? text.endIndex
    let message = String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return message.isEmpty ? "no reason given" : message
  }
}

/// Something open in libhdf5 that is closed with its last reference.
final class HDF5Handle {
  let id: hid_t
  private let close: (hid_t) -> herr_t

  /// - Throws: ``HDF5Failure`` where the id says that opening failed.
  init(_ id: hid_t, close: @escaping (hid_t) -> herr_t) throws {
    guard id >= 0 else { throw HDF5Failure(reason: HDF5.lastError()) }
    self.id = id
    self.close = close
  }

  deinit { _ = close(id) }
}

/// A call of libhdf5 that failed.
struct HDF5Failure: Error {
  let reason: String

  static func check(_ status: herr_t) throws {
    if status < 0 { throw HDF5Failure(reason: HDF5.lastError()) }
  }
}
