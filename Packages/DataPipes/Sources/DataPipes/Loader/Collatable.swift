import Foundation

/// A type whose values a ``DataLoader`` can collate into batches:
/// `torch.utils.data.default_collate`.
///
/// Tensors are stacked; numbers and bools become a tensor, and strings an array; arrays are
/// collated element by element, and dictionaries key by key. The loader also collates tuples. Any
/// other type can conform.
public protocol Collatable: Sendable {
  /// The type of a batch, such as stacked tensors.
  associatedtype Batch: Sendable
  /// Collates examples into a batch.
  ///
  /// - Parameter examples: examples, at least one.
  /// - Throws: ``CollationError`` if the examples cannot be collated.
  static func collate(_ examples: [Self]) throws -> Batch
}

/// The error of examples that cannot be collated.
public struct CollationError: Error, Equatable, LocalizedError {
  /// The index of the example in the batch, from 0.
  public let place: Int
  /// A description of the problem.
  public let reason: String

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - place: index of the example in the batch.
  ///   - reason: description of the problem.
  public init(place: Int, reason: String) {
    (self.place, self.reason) = (place, reason)
  }

  public var errorDescription: String? { reason }
}

extension Tensor: Collatable {
  /// Collates examples into a batch.
  public static func collate(_ examples: [Tensor]) throws -> Tensor {
    let first = examples[0]
    for (place, tensor) in examples.enumerated().dropFirst() {
      guard tensor.shape == first.shape, tensor.dtype == first.dtype else {
        throw CollationError(
          place: place,
          reason: "its \(tensor.dtype) tensor of shape \(tensor.shape) does not stack with the "
            + "\(first.dtype) one of shape \(first.shape) that is first in the batch; make their "
            + "shapes equal, or use collate: padded()")
      }
    }
    return .stack(examples)
  }
}

/// A number or bool, whose batch is a tensor of its dtype.
public protocol CollatableNumber: Collatable, TensorElement where Batch == Tensor {}

extension CollatableNumber {
  /// Collates examples into a batch.
  public static func collate(_ examples: [Self]) throws -> Tensor {
    try Tensor(examples, shape: [examples.count])
  }
}

extension Bool: CollatableNumber {}
extension UInt8: CollatableNumber {}
extension Int8: CollatableNumber {}
extension Int16: CollatableNumber {}
extension Int32: CollatableNumber {}
extension Int64: CollatableNumber {}
extension Int: CollatableNumber {}
extension Float: CollatableNumber {}
extension Double: CollatableNumber {}

extension String: Collatable {
  /// Collates examples into a batch.
  public static func collate(_ examples: [String]) -> [String] { examples }
}

extension Array: Collatable where Element: Collatable {
  /// Collates arrays element by element: for each index, the batch of the examples' elements.
  public static func collate(_ examples: [[Element]]) throws -> [Element.Batch] {
    let length = examples[0].count
    for (place, example) in examples.enumerated() where example.count != length {
      throw CollationError(
        place: place,
        reason: "its array of \(example.count) does not go with the one of \(length) that is first "
          + "in the batch")
    }
    return try (0..<length).map { index in try Element.collate(examples.map { $0[index] }) }
  }
}

extension Dictionary: Collatable where Key: Collatable, Value: Collatable {
  /// Collates dictionaries key by key: for each key, the batch of the examples' values.
  public static func collate(_ examples: [[Key: Value]]) throws -> [Key: Value.Batch] {
    for (place, example) in examples.enumerated() where example.keys != examples[0].keys {
      let (keys, first) = (example.keys.map { "\($0)" }, examples[0].keys.map { "\($0)" })
      throw CollationError(
        place: place,
        reason: "its keys \(keys.sorted()) differ from \(first.sorted()), the first's in the batch")
    }
    return try Dictionary<Key, Value.Batch>(
      uniqueKeysWithValues: examples[0].keys.map { key in
        (key, try Value.collate(examples.map { $0[key]! }))
      })
  }
}

/// The values of one element of all tuples.
private final class Column<Part> {
  var values: [Part] = []
}

/// Collates tuples element by element.
func collateTuples<each Part: Collatable>(
  _ examples: [(repeat each Part)]
) throws -> (repeat (each Part).Batch) {
  let columns = (repeat Column<each Part>())
  for example in examples { repeat (each columns).values.append(each example) }
  return (repeat try (each Part).collate((each columns).values))
}

/// Stacks sequences of different lengths, padding the shorter ones at the end:
/// `torch.nn.utils.rnn.pad_sequence` with `batch_first=True`.
///
/// - Parameters:
///   - sequences: tensors of shape [length, …], of equal shapes except for the length.
///   - paddingValue: value of padded elements.
/// - Returns: a tensor of shape [sequences.count, longest, …].
/// - Throws: ``CollationError``.
public func padSequences(_ sequences: [Tensor], paddingValue: Double = 0) throws -> Tensor {
  guard let first = sequences.first else {
    fatalError("padSequences: no sequences")
  }
  for (place, sequence) in sequences.enumerated() {
    guard sequence.ndim > 0, first.ndim > 0, sequence.shape.dropFirst() == first.shape.dropFirst(),
      sequence.dtype == first.dtype
    else {
      throw CollationError(
        place: place,
        reason:
          "its \(sequence.dtype) tensor of shape \(sequence.shape) differs in more than length "
          + "from the \(first.dtype) one of shape \(first.shape) that is first in the batch")
    }
  }
  let longest = sequences.map { $0.shape[0] }.max()!
  return .stack(
    sequences.map { sequence in
      let missing = [longest - sequence.shape[0]] + sequence.shape.dropFirst()
      guard missing[0] > 0 else { return sequence }
      return .cat([sequence, .full(missing, paddingValue, dtype: sequence.dtype)], dim: 0)
    })
}

/// A collate function for sequences of different lengths: `collate: padded()`.
///
/// - Returns: a function that returns a tensor of shape [batch, longest, …] and the lengths, int64
///   of shape [batch].
public func padded(
  with paddingValue: Double = 0
) -> @Sendable ([Tensor]) throws -> (Tensor, lengths: Tensor) {
  { sequences in
    (
      try padSequences(sequences, paddingValue: paddingValue),
      Tensor(sequences.map { $0.shape[0] })
    )
  }
}

/// A collate function for pairs of a sequence and a target; see ``padded(with:)``.
///
/// - Returns: a function that returns the padded sequences, their lengths and the batch of the
///   targets.
public func padded<Target: Collatable>(
  with paddingValue: Double = 0
) -> @Sendable ([(Tensor, Target)]) throws -> (Tensor, lengths: Tensor, targets: Target.Batch) {
  { examples in
    (
      try padSequences(examples.map(\.0), paddingValue: paddingValue),
      Tensor(examples.map { $0.0.shape[0] }),
      try Target.collate(examples.map(\.1))
    )
  }
}
