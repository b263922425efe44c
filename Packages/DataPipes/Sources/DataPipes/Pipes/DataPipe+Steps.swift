// Steps on single examples.

extension DataPipe {
  /// Maps each example by a function.
  public func map<Result>(
    _ transform: @escaping @Sendable (Example) throws -> Result
  ) -> DataPipe<Result> {
    step(count: count) { upstream in
      ExampleIterator { try upstream.next().map(transform) }
    }
  }

  /// The examples that satisfy a predicate.
  public func filter(_ isIncluded: @escaping @Sendable (Example) throws -> Bool) -> DataPipe {
    step { upstream in
      ExampleIterator {
        while let example = try upstream.next() {
          if try isIncluded(example) { return example }
        }
        return nil
      }
    }
  }

  /// Maps each example to a sequence, and concatenates the sequences.
  public func flatMap<Parts: Sequence>(
    _ transform: @escaping @Sendable (Example) throws -> Parts
  ) -> DataPipe<Parts.Element> where Parts.Element: Sendable, Parts.Iterator: SendableMetatype {
    step { upstream in
      var parts: Parts.Iterator?
      return ExampleIterator {
        while true {
          if let part = parts?.next() { return part }
          guard let example = try upstream.next() else { return nil }
          parts = try transform(example).makeIterator()
        }
      }
    }
  }

  /// The first examples.
  public func prefix(_ maxLength: Int) -> DataPipe {
    require(maxLength >= 0, "prefix", "a length of \(maxLength)")
    return step(count: count.map { min($0, maxLength) }) { upstream in
      var taken = 0
      return ExampleIterator {
        guard taken < maxLength else { return nil }
        taken += 1
        return try upstream.next()
      }
    }
  }

  /// Each example with its number, from 0.
  public func enumerated() -> DataPipe<(offset: Int, element: Example)> {
    step(count: count) { upstream in
      var offset = -1
      return ExampleIterator {
        try upstream.next().map { example in
          offset += 1
          return (offset, example)
        }
      }
    }
  }

  /// One shard of the examples: every `shares`-th, from index `rank`.
  public func shard(rank: Int, of shares: Int) -> DataPipe {
    require((0..<shares).contains(rank), "shard", "rank \(rank) of \(shares)")
    return step(count: count.map { ($0 - rank + shares - 1) / shares }) { upstream in
      var number = -1
      return ExampleIterator {
        while let example = try upstream.next() {
          number += 1
          if number % shares == rank { return example }
        }
        return nil
      }
    }
  }

  /// The examples repeated.
  ///
  /// - Parameter times: number of repetitions; nil for infinitely many.
  public func cycle(_ times: Int? = nil) -> DataPipe {
    require(times ?? 0 >= 0, "cycle", "\(times ?? 0) times")
    return DataPipe(count: times.flatMap { times in count.map { $0 * times } }) {
      var (round, current) = (0, nil as ExampleIterator<Example>?)
      return ExampleIterator {
        if let example = try current?.next() { return example }
        // If a round is empty, an infinite cycle ends, since it would never find an example.
        while times.map({ round < $0 }) ?? true {
          round += 1
          current = try makeIterator()
          if let example = try current?.next() { return example }
          if times == nil { return nil }
        }
        return nil
      }
    }
  }

  /// The examples shuffled: each is drawn at random from a buffer.
  ///
  /// - Parameters:
  ///   - size: size of the buffer. An example moves forward by less than this number of positions.
  ///   - generator: random number generator; by default the default generator seeds one in each
  ///     iteration.
  public func shuffle(buffer size: Int, generator: Generator? = nil) -> DataPipe {
    require(size > 0, "shuffle", "a buffer of \(size)")
    return step(count: count) { upstream in
      let generator = generator ?? Generator(seed: Generator.default.nextSeed())
      var (buffer, isAtEnd): ([Example], Bool) = ([], false)
      return ExampleIterator {
        while !isAtEnd, buffer.count < size {
          if let example = try upstream.next() {
            buffer.append(example)
          } else {
            isAtEnd = true
          }
        }
        guard !buffer.isEmpty else { return nil }
        buffer.swapAt(Int(generator.next64() % UInt64(buffer.count)), buffer.count - 1)
        return buffer.removeLast()
      }
    }
  }
}
