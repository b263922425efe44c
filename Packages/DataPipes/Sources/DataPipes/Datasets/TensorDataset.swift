/// Rows of one to four tensors, such as inputs and targets: `torch.utils.data.TensorDataset`.
///
/// An example is a row of each tensor; with several tensors, examples and batches are tuples:
///
///     let dataset = TensorDataset(images, labels)
///     let (image, label) = dataset[0]
public struct TensorDataset<Example: Sendable>: BatchedDataset {
  /// The tensors; their first dim counts the examples.
  public let tensors: [Tensor]
  private let example: @Sendable ((Int) -> Tensor) -> Example

  private init(_ tensors: [Tensor], example: @escaping @Sendable ((Int) -> Tensor) -> Example) {
    guard tensors.allSatisfy({ $0.ndim > 0 && $0.shape[0] == tensors[0].shape.first }) else {
      let shapes = tensors.map { "\($0.shape)" }.joined(separator: " and ")
      fatalError("TensorDataset: shapes \(shapes) differ in their first size")
    }
    self.tensors = tensors
    self.example = example
  }

  /// Creates the dataset.
  ///
  /// - Parameter tensor: tensor whose dim 0 counts the examples.
  public init(_ tensor: Tensor) where Example == Tensor {
    self.init([tensor]) { $0(0) }
  }

  /// Creates the dataset.
  ///
  /// - Parameters:
  ///   - first: first tensor, such as the inputs.
  ///   - second: second tensor, such as the targets, with as many rows.
  public init(_ first: Tensor, _ second: Tensor) where Example == (Tensor, Tensor) {
    self.init([first, second]) { ($0(0), $0(1)) }
  }

  /// Creates the dataset.
  public init(_ first: Tensor, _ second: Tensor, _ third: Tensor)
  where Example == (Tensor, Tensor, Tensor) {
    self.init([first, second, third]) { ($0(0), $0(1), $0(2)) }
  }

  /// Creates the dataset.
  public init(_ first: Tensor, _ second: Tensor, _ third: Tensor, _ fourth: Tensor)
  where Example == (Tensor, Tensor, Tensor, Tensor) {
    self.init([first, second, third, fourth]) { ($0(0), $0(1), $0(2), $0(3)) }
  }

  public var count: Int { tensors[0].shape[0] }

  public subscript(index: Int) -> Example { example { tensors[$0].select(0, index) } }

  /// The rows at indices, as a batch.
  public func batch(at indices: [Int]) -> Example {
    // The count matches the shape.
    let rows = try! Tensor(indices, shape: [indices.count], device: tensors[0].device)
    return example { place in
      let tensor = tensors[place]
      return tensor.indexSelect(0, rows.to(tensor.device))
    }
  }
}

extension TensorDataset<(Tensor, Tensor)> {
  /// The first tensor.
  public var inputs: Tensor { tensors[0] }
  /// The second tensor.
  public var targets: Tensor { tensors[1] }
}
