import Foundation
import Support
import Testing

@Test(arguments: [
  (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (400_000, "390.6 KiB"),
  (5 << 40, "5.0 TiB"),
])
func bytesAreBrief(count: Int, text: String) {
  #expect(count.byteDescription == text)
}

@Test func errorsOfTheSystemAreInItsOwnWords() {
  do {
    _ = try Data(contentsOf: URL(fileURLWithPath: "/nowhere/at/all"))
    Issue.record("there is such a file")
  } catch {
    #expect(error.systemReason == "No such file or directory")
  }
}
