import DataPipes
import Foundation
import Testing

@Suite struct TextTests {
  private func file(_ bytes: [UInt8]) throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).txt")
    try Data(bytes).write(to: url)
    return url
  }

  @Test func linesAndCharacters() throws {
    let url = try file(Array("one\r\ntwo é\n\n👩‍🔬 end".utf8))
    defer { try? FileManager.default.removeItem(at: url) }
    let lines = DataPipe.lines(url.path)
    #expect(try lines.collect() == ["one", "two é", "", "👩‍🔬 end"])
    #expect(try lines.collect().count == 4)
    #expect(
      try String(DataPipe.characters(url.path).collect()) == "one\ntwo é\n\n👩‍🔬 end\n")
    #expect(try DataPipe.characters(url.path).filter { $0 == "👩‍🔬" }.collect().count == 1)
  }

  @Test func whatCannotBeRead() throws {
    let url = try file(Array("fine\nbad \u{FF}".utf8) + [0xFF, 0x0A])
    defer { try? FileManager.default.removeItem(at: url) }
    var seen: [String] = []
    let error = #expect(throws: DataFileError.self) {
      try DataPipe.lines(url.path).forEach { seen.append($0) }
    }
    #expect(seen == ["fine"])
    #expect(error == .damaged(path: url.path, line: 2, reason: "its bytes are not valid UTF-8"))
    #expect(
      throws: DataFileError.unreadable(path: "/no/text.txt", reason: "No such file or directory")
    ) { try DataPipe.lines("/no/text.txt").collect() }
    #expect(throws: DataFileError.self) { try DataPipe.lines("/").collect() }
  }

  @Test func vocabularies() throws {
    let letters = Vocabulary("hello world")
    #expect(String(letters.tokens) == " dehlorw" && letters.count == 8)
    let code = try letters.encode("hold")
    #expect(code.equal(Tensor([3, 5, 4, 1])) && String(letters.decode(code)) == "hold")
    let error = #expect(throws: VocabularyError.self) { try letters.encode("help") }
    #expect(
      error?.localizedDescription == "“p” at index 3 is not one of the vocabulary's 8 tokens")
    let words = Vocabulary(
      ["b", "a", "b", "c", "b", "a"], minCount: 2, specials: ["<pad>"], unknown: "<unk>")
    #expect(words.tokens == ["<pad>", "<unk>", "a", "b"])
    #expect(try words.encode(["a", "c", "b"]).equal(Tensor([2, 1, 3])))
    #expect(words["c"] == 1 && words["a"] == 2 && words.unknown == 1)
    #expect(letters["z"] == nil && letters.unknown == nil)
    #expect(Vocabulary(tokens: ["x", "y"])["y"] == 1)
  }

  @Test func aVocabularysMistakesStop() async {
    await expectMessage(
      "Vocabulary.decode: there is no token 9, of 2",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Vocabulary("ab").decode(Tensor([0, 9]))
      })
    await expectMessage(
      "Vocabulary: a token occurs twice",
      #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Vocabulary(tokens: ["a", "a"])
      })
  }

  /// Damaged text is read or rejected.
  @Test func fuzzed() throws {
    let whole = Array("one é\r\ntwo\n\n👩‍🔬 end\n".utf8)
    var random = Seeded(12)
    let url = try file([])
    defer { try? FileManager.default.removeItem(at: url) }
    var (read, refused) = (0, 0)
    for _ in 0..<10_000 {
      let bytes = mutated(whole, using: &random)
      try Data(bytes).write(to: url)
      do {
        let lines = try DataPipe.lines(url.path).collect()
        #expect(lines.count == bytes.count { $0 == 0x0A } + (bytes.last ?? 0x0A == 0x0A ? 0 : 1))
        read += 1
      } catch is DataFileError {
        refused += 1
      }
    }
    #expect(read > 1000 && refused > 1000)
  }
}
