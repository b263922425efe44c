import DataPipes
import Testing

@Suite struct CollationTests {
  private func first<Batch>(_ loader: DataLoader<Batch>) throws -> Batch {
    try #require(Array(loader).first)
  }

  @Test func values() throws {
    let tensors = try first(
      DataLoader(ArrayDataset([Tensor([1, 2]), Tensor([3, 4])]), batchSize: 2))
    #expect(tensors.equal(Tensor([[1, 2], [3, 4]])))
    let integers = try first(DataLoader(ArrayDataset([1, 2, 3]), batchSize: 3))
    #expect(integers.dtype == .int64 && integers.equal(Tensor([1, 2, 3])))
    let doubles = try first(DataLoader(ArrayDataset([0.5, 1]), batchSize: 2))
    #expect(doubles.dtype == .float64 && doubles.scalars(as: Double.self) == [0.5, 1])
    #expect(try first(DataLoader(ArrayDataset([Float(2)]))).dtype == .float32)
    #expect(try first(DataLoader(ArrayDataset([true, false]), batchSize: 2)).dtype == .bool)
    #expect(try first(DataLoader(ArrayDataset([UInt8(3)]))).dtype == .uint8)
    #expect(try first(DataLoader(ArrayDataset(["a", "b"]), batchSize: 2)) == ["a", "b"])
  }

  @Test func tuples() throws {
    let (x, name) = try first(DataLoader(ArrayDataset([(1.5, "a"), (2, "b")]), batchSize: 2))
    #expect(x.scalars(as: Double.self) == [1.5, 2] && name == ["a", "b"])
    let three = try first(DataLoader(ArrayDataset([(Tensor(1), 2, true)])))
    #expect(three.0.shape == [1] && three.1.item() == 2 && three.2.dtype == .bool)
    let four = try first(DataLoader(ArrayDataset([(1, 2, 3, "x"), (4, 5, 6, "y")]), batchSize: 2))
    #expect(four.2.equal(Tensor([3, 6])) && four.3 == ["x", "y"])
  }

  @Test func arraysAndDictionaries() throws {
    let arrays = try first(DataLoader(ArrayDataset([[1, 2, 3], [4, 5, 6]]), batchSize: 2))
    #expect(arrays.map { $0.scalars(as: Int.self) } == [[1, 4], [2, 5], [3, 6]])
    let examples = [["x": [1.0], "y": [2]], ["x": [3], "y": [4]]]
    let dictionary = try first(DataLoader(ArrayDataset(examples), batchSize: 2))
    #expect(dictionary["y"]?[0].scalars(as: Double.self) == [2, 4] && dictionary.count == 2)
  }

  private struct Point: Collatable {
    let x: Int
    static func collate(_ examples: [Point]) -> Int { examples.reduce(0) { $0 + $1.x } }
  }

  @Test func typesOfOnesOwn() throws {
    let (sum, names) = try first(
      DataLoader(ArrayDataset([(Point(x: 2), "a"), (Point(x: 5), "b")]), batchSize: 2))
    #expect(sum == 7 && names.count == 2)
  }

  @Test func singleExamples() {
    #expect(Array(DataLoader(ArrayDataset(["a", "b"]), batchSize: nil)) == ["a", "b"])
    #expect(
      Array(DataLoader(ArrayDataset([4, 5, 6]), batchSize: nil, numWorkers: 2)) == [4, 5, 6])
  }

  private func message<Batch>(_ loader: DataLoader<Batch>) -> String {
    for _ in loader {}
    return loader.error?.localizedDescription ?? "no error"
  }

  @Test(arguments: [0, 2])
  func whatDoesNotGoTogetherIsNamed(numWorkers: Int) {
    let by = numWorkers == 0 ? "" : " in worker N"
    func message<Batch>(_ loader: DataLoader<Batch>) -> String {
      self.message(loader).replacing(/worker \d/, with: "worker N")
    }
    let shapes = ArrayDataset([[2], [2], [2], [3]].map { Tensor.zeros($0) })
    #expect(
      message(DataLoader(shapes, batchSize: 2, numWorkers: numWorkers))
        == "DataLoader: example 3 of batch 1\(by): its float32 tensor of shape [3] does not stack "
        + "with the float32 one of shape [2] that is first in the batch; make their shapes equal, "
        + "or use collate: padded()")
    let types = ArrayDataset([(Tensor([1]), 0), (Tensor([1.5]), 0)])
    #expect(
      message(DataLoader(types, batchSize: 2, numWorkers: numWorkers)).hasPrefix(
        "DataLoader: example 1 of batch 0\(by): its float32 tensor of shape [1] does not stack "
          + "with the int64 one"))
    #expect(
      message(DataLoader(ArrayDataset([[1], [1, 2]]), batchSize: 2, numWorkers: numWorkers))
        .contains("example 1 of batch 0\(by): its array of 2 does not go with the one of 1"))
    #expect(
      message(
        DataLoader(
          ArrayDataset([["a": 1, "b": 2], ["a": 1]]), batchSize: 2, numWorkers: numWorkers)
      ).contains(#"its keys ["a"] differ from ["a", "b"]"#))
    let pipe = DataPipe([Tensor([1]), Tensor([2]), Tensor([[3]])])
    #expect(
      message(DataLoader(pipe, batchSize: 3, numWorkers: numWorkers))
        .hasPrefix("DataLoader: example 2 of batch 0\(by): its int64 tensor of shape [1, 1]"))
  }

  @Test func sequencesArePadded() throws {
    let words = ArrayDataset([Tensor([1.0, 2]), Tensor([3.0]), Tensor([4.0, 5, 6])])
    let (batch, lengths) = try first(DataLoader(words, batchSize: 3, collate: padded()))
    #expect(batch.equal(Tensor([[1, 2, 0], [3, 0, 0], [4, 5, 6]], dtype: .float32)))
    #expect(lengths.equal(Tensor([2, 1, 3])))
    let labelled = ArrayDataset([(Tensor([[1, 2]]), 7), (Tensor([[3, 4], [5, 6]]), 8)])
    let (x, counts, targets) = try first(
      DataLoader(labelled, batchSize: 2, collate: padded(with: -1)))
    #expect(x.equal(Tensor([[[1, 2], [-1, -1]], [[3, 4], [5, 6]]])))
    #expect(counts.equal(Tensor([1, 2])) && targets.equal(Tensor([7, 8])))
    #expect(throws: CollationError.self) { try padSequences([Tensor([[1]]), Tensor([[1, 2]])]) }
  }
}
