import Foundation
import Support
import SwiftProtobuf

/// An event file for TensorBoard, in TensorFlow's TFRecord format: each record is a length, its
/// checksum, a message and its checksum.
/// <https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details>
final class EventFile {
  let path: String
  private let handle: FileHandle

  /// - Throws: ``SummaryWriterError``.
  init(in folder: String) throws {
    let now = Int(Date.now.timeIntervalSince1970)
    let (host, id) = (ProcessInfo.processInfo.hostName, ProcessInfo.processInfo.processIdentifier)
    // Several writers in the same process and second get separate files.
    let unique = UUID().uuidString.prefix(8)
    let url = URL(fileURLWithPath: folder)
      .appending(path: "events.out.tfevents.\(now).\(host).\(id).\(unique)")
    path = url.path
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try Data().write(to: url)
      handle = try FileHandle(forWritingTo: url)
    } catch {
      throw SummaryWriterError.cannotWrite(path: path, reason: error.systemReason)
    }
    var first = Tensorboard_Event()
    first.fileVersion = "brain.Event:2"
    try append(first)
  }

  func append(_ event: Tensorboard_Event) throws {
    var event = event
    event.wallTime = Date.now.timeIntervalSince1970
    do {
      let message = try event.serializedData()
      let length = withUnsafeBytes(of: UInt64(message.count).littleEndian) { Data($0) }
      try handle.write(
        contentsOf: length + checksum(length) + message + checksum(message))
    } catch {
      throw SummaryWriterError.cannotWrite(path: path, reason: error.systemReason)
    }
  }

  func close() throws {
    do {
      try handle.close()
    } catch {
      throw SummaryWriterError.cannotWrite(path: path, reason: error.systemReason)
    }
  }

  /// The masked CRC-32C: rotated and offset, as the format requires.
  private func checksum(_ data: Data) -> Data {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in data { crc = crc >> 8 ^ EventFile.table[Int((crc ^ UInt32(byte)) & 0xFF)] }
    crc = ~crc
    let masked = (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    return withUnsafeBytes(of: masked.littleEndian) { Data($0) }
  }

  /// The CRC table of Castagnoli's polynomial, bit-reversed.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
  }
}

/// The errors of writing events.
public enum SummaryWriterError: Error, Equatable, LocalizedError {
  /// The file could not be written.
  case cannotWrite(path: String, reason: String)

  public var errorDescription: String? {
    switch self {
    case .cannotWrite(let path, let reason): "cannot write the events \(path): \(reason)"
    }
  }
}
