/// Rows of tensors, such as inputs and targets: `torch.utils.data.TensorDataset`.
///
/// An example is a row of each tensor; with several tensors, examples and batches are tuples:
///
///     let dataset: TensorDataset<Tensor, Tensor> = TensorDataset(images, labels)
///     let (image, label) = dataset[0]
public struct TensorDataset<each Column: TensorDatasetColumn>: BatchedDataset {
  /// A row of each tensor.
  public typealias Example = (repeat each Column)

  /// The tensors; their first dim counts the examples.
  public let tensors: [Tensor]
  private let columns: (repeat each Column)

  /// Creates the dataset.
  ///
  /// - Parameter columns: tensors whose dim 0 counts the examples, such as the inputs and the
  ///   targets.
  public init(_ columns: repeat each Column) {
    var tensors: [Tensor] = []
    for column in repeat each columns { tensors.append(column.datasetColumn) }
    guard tensors.allSatisfy({ $0.ndim > 0 && $0.shape[0] == tensors[0].shape.first }) else {
      let shapes = tensors.map { "\($0.shape)" }.joined(separator: " and ")
      fatalError("TensorDataset: shapes \(shapes) differ in their first size")
    }
    self.tensors = tensors
    self.columns = (repeat each columns)
  }

  public var count: Int { tensors[0].shape[0] }

  public subscript(index: Int) -> (repeat each Column) {
    (repeat (each columns).select(0, index))
  }

  /// The rows at the given indices, as a batch.
  public func batch(at indices: [Int]) -> (repeat each Column) {
    // The count matches the shape.
    let rows = try! Tensor(indices, shape: [indices.count], device: tensors[0].device)
    return (repeat (each columns).indexSelect(0, rows.to((each columns).datasetColumn.device)))
  }

  /// The first tensor.
  public var inputs: Tensor { tensors[0] }

  /// The second tensor. Stops the program if there is only one.
  public var targets: Tensor {
    guard tensors.count > 1 else {
      fatalError("TensorDataset.targets: the dataset has one tensor, its inputs")
    }
    return tensors[1]
  }
}

/// The type of a ``TensorDataset``'s columns: `Tensor`, and no other type.
public protocol TensorDatasetColumn: Sendable {
  /// The tensor whose rows are examples.
  var datasetColumn: Tensor { get }
  /// The slice at an index of a dim.
  func select(_ dim: Int, _ index: Int) -> Self
  /// The slices at the indices in a tensor of integers.
  func indexSelect(_ dim: Int, _ index: Tensor) -> Self
}

extension Tensor: TensorDatasetColumn {
  /// Itself.
  public var datasetColumn: Tensor { self }
}
