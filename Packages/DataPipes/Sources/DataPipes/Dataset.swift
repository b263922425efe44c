@_exported import Tensors

/// Examples that can be counted and taken by index: `torch.utils.data.Dataset`.
public protocol Dataset<Example> {
  associatedtype Example
  var count: Int { get }
  subscript(index: Int) -> Example { get throws }
}

/// A dataset that makes a whole batch at once, quicker than example by example.
public protocol BatchedDataset<Batch>: Dataset {
  associatedtype Batch
  func batch(at indices: [Int]) throws -> Batch
}

/// Rows of two tensors, such as inputs and targets: `torch.utils.data.TensorDataset`.
public struct TensorDataset: BatchedDataset {
  public let inputs: Tensor
  public let targets: Tensor

  /// - Parameters:
  ///   - inputs: one example for each place of dim 0.
  ///   - targets: as many.
  public init(_ inputs: Tensor, _ targets: Tensor) {
    guard inputs.ndim > 0, targets.ndim > 0, inputs.shape[0] == targets.shape[0] else {
      fatalError(
        "TensorDataset: shapes \(inputs.shape) and \(targets.shape) differ in their first size")
    }
    self.inputs = inputs
    self.targets = targets
  }

  public var count: Int { inputs.shape[0] }

  public subscript(index: Int) -> (Tensor, Tensor) {
    (inputs.select(0, index), targets.select(0, index))
  }

  public func batch(at indices: [Int]) -> (Tensor, Tensor) {
    let rows = Tensor(indices, device: inputs.device)
    return (inputs[rows], targets[rows.to(targets.device)])
  }
}

/// Some examples of a dataset: `torch.utils.data.Subset`.
public struct Subset<Base: Dataset>: Dataset {
  public let base: Base
  /// Which ones, in order.
  public let indices: [Int]

  public init(_ base: Base, indices: [Int]) {
    self.base = base
    self.indices = indices
  }

  public var count: Int { indices.count }

  public subscript(index: Int) -> Base.Example {
    get throws { try base[indices[index]] }
  }
}

extension Subset: BatchedDataset where Base: BatchedDataset {
  public func batch(at places: [Int]) throws -> Base.Batch {
    try base.batch(at: places.map { indices[$0] })
  }
}

/// Splits a dataset at random into parts of the given sizes: `torch.utils.data.random_split`.
///
/// - Parameters:
///   - dataset: what to split.
///   - counts: the sizes of the parts, which together are the dataset's.
public func randomSplit<Base: Dataset>(
  _ dataset: Base, _ counts: [Int], generator: Generator = .default
) -> [Subset<Base>] {
  guard counts.allSatisfy({ $0 >= 0 }), counts.reduce(0, +) == dataset.count else {
    fatalError(
      "randomSplit: parts of \(counts) do not add up to the dataset's \(dataset.count) examples")
  }
  let order = Tensor.randperm(dataset.count, generator: generator).scalars(as: Int.self)
  var start = 0
  return counts.map { count in
    defer { start += count }
    return Subset(dataset, indices: Array(order[start..<start + count]))
  }
}
