import Devices
import Foundation
import Testing

@Suite struct GeneratorTests {
  private func draws(_ generator: Generator) -> [UInt64] {
    (0..<700).map { _ in generator.next64() }
  }

  @Test func aStateComesBack() throws {
    for skipped in [0, 1, 623, 624, 1000] {
      let generator = Generator(seed: 7)
      for _ in 0..<skipped { _ = generator.next32() }
      let state = generator.state
      let coded = try JSONDecoder().decode(
        Generator.State.self, from: JSONEncoder().encode(state))
      #expect(coded == state)
      let expected = draws(generator)
      #expect(generator.state != state)
      #expect(draws(Generator(state: coded)) == expected)
      generator.state = state
      #expect(draws(generator) == expected)
    }
    #expect(Generator(seed: 1).state != Generator(seed: 2).state)
  }

  @Test func aDamagedStateIsRefused() {
    for text in [#"{"words":[1,2],"position":3}"#, #"{"position":3}"#] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(Generator.State.self, from: Data(text.utf8))
      }
    }
  }

  @Test func aThreadHasADefaultOfItsOwn() {
    let (outer, inner) = (Generator(seed: 1), Generator(seed: 2))
    outer.withDefault {
      #expect(Generator.default === outer)
      inner.withDefault { #expect(Generator.default === inner) }
      #expect(Generator.default === outer)
    }
    #expect(Generator.default !== outer && Generator.default === Generator.default)
  }
}
