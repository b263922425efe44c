// Steps that group examples.

extension DataPipe {
  /// Groups examples into arrays of `size`.
  public func batch(_ size: Int, dropLast: Bool = false) -> DataPipe<[Example]> {
    require(size > 0, "batch", "a size of \(size)")
    let batches = count.map { dropLast ? $0 / size : ($0 + size - 1) / size }
    return step(count: batches) { upstream in
      ExampleIterator {
        var batch: [Example] = []
        while batch.count < size, let example = try upstream.next() { batch.append(example) }
        return batch.isEmpty || (dropLast && batch.count < size) ? nil : batch
      }
    }
  }

  /// Groups examples of similar lengths into arrays, so that little padding is needed: `tf.data`'s
  /// `bucket_by_sequence_length`.
  ///
  /// - Parameters:
  ///   - size: number of examples in a batch.
  ///   - boundaries: increasing lengths, each the lower bound of a bucket after the first.
  ///   - dropLast: whether to drop the incomplete batches at the end.
  ///   - length: function that returns an example's length.
  public func bucketByLength(
    batchSize size: Int, boundaries: [Int], dropLast: Bool = false,
    _ length: @escaping @Sendable (Example) throws -> Int
  ) -> DataPipe<[Example]> {
    require(size > 0, "bucketByLength", "a batch size of \(size)")
    require(
      Swift.zip(boundaries, boundaries.dropFirst()).allSatisfy(<), "bucketByLength",
      "boundaries \(boundaries) that do not rise")
    return step { upstream in
      var buckets = [[Example]](repeating: [], count: boundaries.count + 1)
      return ExampleIterator {
        while let example = try upstream.next() {
          let length = try length(example)
          let place = boundaries.firstIndex { length < $0 } ?? boundaries.count
          buckets[place].append(example)
          if buckets[place].count == size {
            defer { buckets[place] = [] }
            return buckets[place]
          }
        }
        guard !dropLast, let place = buckets.firstIndex(where: { !$0.isEmpty }) else { return nil }
        defer { buckets[place] = [] }
        return buckets[place]
      }
    }
  }
}
