import DequeModule
import Foundation
import Synchronization

// Steps that combine pipes, or split one.

extension DataPipe {
  /// Pairs of the examples of two pipes, up to the end of the shorter one.
  public func zip<Other>(_ other: DataPipe<Other>) -> DataPipe<(Example, Other)> {
    step(count: count.flatMap { count in other.count.map { min(count, $0) } }) { upstream in
      let second = try other.makeIterator()
      return ExampleIterator {
        guard let one = try upstream.next(), let two = try second.next() else { return nil }
        return (one, two)
      }
    }
  }

  /// The examples of this pipe, followed by those of others.
  public func concat(_ others: DataPipe...) -> DataPipe {
    let chain = ChainDataset([self] + others)
    return DataPipe(count: chain.count) { chain.makeIterator() }
  }

  /// One example of each pipe in turn, until all are exhausted: torchdata's `mux_longest`.
  public static func interleave(_ pipes: [DataPipe]) -> DataPipe {
    turns(pipes, goesOn: true)
  }

  /// One example of each pipe in turn, until one is exhausted: torchdata's `mux`.
  public static func mux(_ pipes: [DataPipe]) -> DataPipe {
    turns(pipes, goesOn: false)
  }

  private static func turns(_ pipes: [DataPipe], goesOn: Bool) -> DataPipe {
    let counts = pipes.compactMap(\.count)
    let count: Int? =
      counts.count < pipes.count
      ? nil : goesOn ? counts.reduce(0, +) : lengthOfTurns(counts)
    return DataPipe(count: count) {
      var iterators = try pipes.map { try $0.makeIterator() }
      var place = 0
      return ExampleIterator {
        while !iterators.isEmpty {
          if let example = try iterators[place].next() {
            place = (place + 1) % iterators.count
            return example
          }
          guard goesOn else {
            iterators = []
            return nil
          }
          iterators.remove(at: place)
          if place >= iterators.count { place = 0 }
        }
        return nil
      }
    }
  }

  /// The number of examples taken in turn before one of the pipes is exhausted.
  private static func lengthOfTurns(_ counts: [Int]) -> Int {
    guard let shortest = counts.min() else { return 0 }
    return shortest * counts.count + counts.firstIndex(of: shortest)!
  }

  /// Splits the examples among several pipes: torchdata's `demux`.
  ///
  /// The pipes share one pass over this one: examples for other pipes are buffered. The first
  /// iterations of all pipes share the first pass, their second iterations the second, and so on.
  ///
  /// - Parameters:
  ///   - pipeCount: number of pipes.
  ///   - buffer: maximum number of buffered examples. One more is an error,
  ///     ``PipeError/bufferFull(_:)``.
  ///   - classify: function that returns the index of an example's pipe.
  public func demux(
    _ pipeCount: Int, buffer: Int = 1000,
    _ classify: @escaping @Sendable (Example) throws -> Int
  ) -> [DataPipe] {
    require(pipeCount > 0, "demux", "\(pipeCount) pipes")
    let passes = Passes(self, pipeCount: pipeCount, buffer: buffer, classify: classify)
    return (0..<pipeCount).map { place in
      DataPipe {
        let pass = try passes.begin(place)
        return ExampleIterator { try pass.next(of: place) }
      }
    }
  }
}

/// The passes over a pipe that the pipes of ``DataPipe/demux(_:buffer:_:)`` share.
private final class Passes<Example: Sendable>: Sendable {
  private let source: DataPipe<Example>
  private let buffer: Int
  private let classify: @Sendable (Example) throws -> Int
  private let state: Mutex<State>

  private struct State: Sendable {
    /// How many iterations each pipe has begun.
    var begun: [Int]
    /// The passes that some of the pipes have not begun.
    var open: [Int: Pass<Example>] = [:]
  }

  init(
    _ source: DataPipe<Example>, pipeCount: Int, buffer: Int,
    classify: @escaping @Sendable (Example) throws -> Int
  ) {
    (self.source, self.buffer, self.classify) = (source, buffer, classify)
    state = Mutex(State(begun: Array(repeating: 0, count: pipeCount)))
  }

  func begin(_ place: Int) throws -> Pass<Example> {
    try state.withLock { state in
      let number = state.begun[place]
      let pass =
        try state.open[number]
        ?? Pass(
          source.makeIterator(), pipeCount: state.begun.count, buffer: buffer, classify: classify)
      state.begun[place] += 1
      state.open[number] = state.begun.allSatisfy { $0 > number } ? nil : pass
      return pass
    }
  }
}

/// One pass over a pipe whose examples are split among several.
private final class Pass<Example: Sendable>: Sendable {
  private let state: Mutex<State>
  private let buffer: Int
  private let classify: @Sendable (Example) throws -> Int

  // Nothing else uses the iterator, and it is behind a lock.
  private struct State: @unchecked Sendable {
    let iterator: ExampleIterator<Example>
    var waiting: [Deque<Example>]
  }

  init(
    _ iterator: ExampleIterator<Example>, pipeCount: Int, buffer: Int,
    classify: @escaping @Sendable (Example) throws -> Int
  ) {
    (self.buffer, self.classify) = (buffer, classify)
    state = Mutex(
      State(iterator: iterator, waiting: Array(repeating: [], count: pipeCount)))
  }

  func next(of place: Int) throws -> Example? {
    try state.withLock { state in
      if let waiting = state.waiting[place].popFirst() { return waiting }
      while let example = try state.iterator.next() {
        let own = try classify(example)
        guard state.waiting.indices.contains(own) else {
          throw PipeError.noSuchPipe(own, of: state.waiting.count)
        }
        if own == place { return example }
        guard state.waiting.reduce(0, { $0 + $1.count }) < buffer else {
          throw PipeError.bufferFull(buffer)
        }
        state.waiting[own].append(example)
      }
      return nil
    }
  }
}

/// The errors of a ``DataPipe``'s steps.
public enum PipeError: Error, Equatable, LocalizedError {
  /// The function of ``DataPipe/demux(_:buffer:_:)`` returned the index of a pipe that does not
  /// exist.
  case noSuchPipe(Int, of: Int)
  /// One of the pipes of ``DataPipe/demux(_:buffer:_:)`` is read too far ahead of the others.
  case bufferFull(Int)

  public var errorDescription: String? {
    switch self {
    case .noSuchPipe(let number, let count):
      "demux: an example was assigned to pipe \(number), of \(count)"
    case .bufferFull(let size):
      "demux: \(size) examples wait for the other pipes, and no more fit; read the pipes in turn, or "
        + "give a larger buffer"
    }
  }
}
