import Foundation

/// A mapping between tokens, such as words or characters, and indices: `torchtext.vocab`.
///
///     let vocabulary = Vocabulary(text)
///     let indices = try vocabulary.encode(text)  // int64
///     let again = String(vocabulary.decode(indices))
public struct Vocabulary<Token: Hashable & Comparable & Sendable>: Sendable {
  /// The tokens in the order of their indices.
  public let tokens: [Token]
  private let numbers: [Token: Int]
  /// The index of unknown tokens; nil if they are an error.
  public let unknown: Int?

  /// Creates a vocabulary of the tokens of a text, the special ones first and the others sorted.
  ///
  /// - Parameters:
  ///   - text: tokens, such as a `String`'s characters or an array of words.
  ///   - minCount: minimum number of occurrences of a token.
  ///   - specials: tokens such as `<pad>`, which get the first indices.
  ///   - unknown: token that stands for all tokens that are not in the vocabulary. It is added to
  ///     the special ones if it is not among them.
  public init<Text: Sequence>(
    _ text: Text, minCount: Int = 1, specials: [Token] = [], unknown: Token? = nil
  ) where Text.Element == Token {
    var counts: [Token: Int] = [:]
    for token in text { counts[token, default: 0] += 1 }
    var first = specials
    if let unknown, !first.contains(unknown) { first.append(unknown) }
    let others = counts.filter { $0.value >= minCount && !first.contains($0.key) }.keys.sorted()
    self.init(tokens: first + others, unknown: unknown)
  }

  /// Creates a vocabulary of tokens, whose indices are their positions.
  public init(tokens: [Token], unknown: Token? = nil) {
    let numbers = Dictionary(zip(tokens, tokens.indices), uniquingKeysWith: { first, _ in first })
    guard numbers.count == tokens.count else {
      fatalError("Vocabulary: a token occurs twice in \(tokens.prefix(20))")
    }
    (self.tokens, self.numbers) = (tokens, numbers)
    self.unknown = unknown.flatMap { numbers[$0] }
  }

  /// The number of tokens.
  public var count: Int { tokens.count }

  /// The index of a token; if it is not in the vocabulary, the index of the unknown token, or nil.
  public subscript(token: Token) -> Int? { numbers[token] ?? unknown }

  /// The indices of tokens.
  ///
  /// - Returns: int64, of shape [tokens].
  /// - Throws: ``VocabularyError`` if a token is not in the vocabulary, and there is no unknown
  ///   token.
  public func encode<Text: Sequence>(_ text: Text) throws -> Tensor where Text.Element == Token {
    let indices = try text.enumerated().map { place, token in
      guard let number = self[token] else {
        throw VocabularyError(token: "\(token)", place: place, count: count)
      }
      return number
    }
    return try Tensor(indices, shape: [indices.count])
  }

  /// The tokens at the given indices.
  ///
  /// - Parameter indices: integers from 0 up to, but not including, ``count``.
  public func decode(_ indices: Tensor) -> [Token] {
    indices.flatten().scalars(as: Int.self).map { number in
      guard tokens.indices.contains(number) else {
        fatalError("Vocabulary.decode: there is no token \(number), of \(count)")
      }
      return tokens[number]
    }
  }
}

/// The error of a token that is not in a ``Vocabulary``.
public struct VocabularyError: Error, Equatable, LocalizedError {
  /// The missing token.
  public let token: String
  /// The index of the token in the text.
  public let place: Int
  /// The number of tokens in the vocabulary.
  public let count: Int

  public var errorDescription: String? {
    "“\(token)” at index \(place) is not one of the vocabulary's \(count) tokens"
  }
}
