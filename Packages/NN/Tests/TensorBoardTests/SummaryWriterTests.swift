import Foundation
import TensorBoard
import Testing

@testable import NN

@Suite struct SummaryWriterTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  /// The framing of records; their contents are read by TensorBoard itself in a test of the
  /// repository.
  @Test func recordsAreFramed() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let writer = try SummaryWriter(folder.path)
    try writer.addScalar("loss", 0.5, step: 3)
    try writer.close()
    let data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: writer.path)))
    // A length of 24, its checksum as TensorFlow writes it, and the message.
    #expect(Array(data[0..<12]) == [24, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22])
    #expect(String(decoding: data[12..<36], as: UTF8.self).hasSuffix("brain.Event:2"))
    var place = 0
    var count = 0
    while place < data.count {
      place += 16 + Int(data[place]) + Int(data[place + 1]) << 8
      count += 1
    }
    #expect(place == data.count && count == 2)
  }

  @Test func foldersThatCannotBe() {
    let error = #expect(throws: SummaryWriterError.self) { try SummaryWriter("/dev/null/run") }
    #expect(
      error?.localizedDescription.contains("/dev/null/run") == true
        && error?.localizedDescription.contains("Not a directory") == true,
      "\(error?.localizedDescription ?? "")")
  }
}
