import ArrayFiles
import DataPipes

/// Rows of datasets in an HDF5 file, which may be larger than memory: batches are read on demand.
///
/// An example is a row of each dataset; with several datasets, examples and batches are tuples.
public struct HDF5Dataset<Example: Sendable>: BatchedDataset {
  /// The arrays; their first dim counts the examples.
  public let arrays: [HDF5Array]
  private let example: @Sendable ((Int) throws -> Tensor) throws -> Example

  private init(
    _ path: String, _ names: [String], _ limits: ReadingLimits,
    example: @escaping @Sendable ((Int) throws -> Tensor) throws -> Example
  ) throws {
    let arrays = try names.map { try HDF5Array(path, $0, limits: limits) }
    guard arrays.allSatisfy({ $0.count == arrays[0].count }) else {
      let counts = arrays.map { "“\($0.name)” has \($0.count)" }.joined(separator: ", ")
      throw DataFileError.damaged(path: path, reason: "its datasets differ in rows: \(counts)")
    }
    (self.arrays, self.example) = (arrays, example)
  }

  /// Creates a dataset of one array.
  ///
  /// - Parameters:
  ///   - path: path of the file.
  ///   - name: name of the dataset in the file.
  ///   - limits: limits on the memory of a batch.
  /// - Throws: `DataFileError`, as for `HDF5Array`.
  public init(
    _ path: String, _ name: String, limits: ReadingLimits = .standard
  ) throws where Example == Tensor {
    try self.init(path, [name], limits) { try $0(0) }
  }

  /// Creates a dataset of two arrays.
  ///
  /// - Parameters:
  ///   - path: path of the file.
  ///   - first: name of the dataset of inputs.
  ///   - second: name of the dataset of targets.
  ///   - limits: limits on the memory of a batch of each array.
  /// - Throws: `DataFileError`, as for `HDF5Array`; also if the arrays have different numbers of
  ///   rows.
  public init(
    _ path: String, _ first: String, _ second: String, limits: ReadingLimits = .standard
  ) throws where Example == (Tensor, Tensor) {
    try self.init(path, [first, second], limits) { (try $0(0), try $0(1)) }
  }

  /// Creates a dataset of three arrays, as with two.
  public init(
    _ path: String, _ first: String, _ second: String, _ third: String,
    limits: ReadingLimits = .standard
  ) throws where Example == (Tensor, Tensor, Tensor) {
    try self.init(path, [first, second, third], limits) { (try $0(0), try $0(1), try $0(2)) }
  }

  public var count: Int { arrays[0].count }

  public subscript(index: Int) -> Example {
    get throws { try example { try arrays[$0].rows([index]).squeeze(0) } }
  }

  /// The rows at the given indices, as a batch.
  public func batch(at indices: [Int]) throws -> Example {
    try example { try arrays[$0].rows(indices) }
  }
}
