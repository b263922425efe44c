import CHDF5
@_spi(Flambeau) import Files
import Foundation
@_spi(Flambeau) import Tensors

/// A dataset in an HDF5 file, which may be larger than memory: its rows are read on demand, as by
/// `h5py.File(path)[name][rows]`.
///
/// It may be used from several threads, but reads are serialized, since libhdf5 is not concurrent.
///
/// libhdf5 can crash on maliciously damaged files. A child process reads some rows first, so that
/// most such files are rejected with an error, but not necessarily all.
// libhdf5 is used behind a lock.
public final class HDF5Array: @unchecked Sendable {
  /// The file.
  public let path: String
  /// The dataset's name, with slashes between groups.
  public let name: String
  /// The shape.
  public let shape: [Int]
  /// The dtype of the elements.
  public let dtype: DType
  // Used and released only while the library is locked.
  private var dataset: HDF5Handle?
  private var element: HDF5.Element?
  private let limits: ReadingLimits
  private let fileSize: Int

  /// Opens a dataset of a file.
  ///
  /// - Parameters:
  ///   - path: path of the file.
  ///   - name: the dataset's name, with slashes between groups.
  ///   - limits: limits on the memory of each read.
  /// - Throws: `DataFileError`; also if there is no such dataset, it has no dims, or its type is
  ///   unsupported.
  public init(_ path: String, _ name: String, limits: ReadingLimits = .standard) throws {
    (self.path, self.name, self.limits) = (path, name, limits)
    let fileSize = try ArrayFiles.fileSize(path)
    self.fileSize = fileSize
    (dataset, shape, element, dtype) = try Self.locked(path) {
      let file = try HDF5.open(path, trying: name, limits: limits, fileSize: fileSize)
      let object = try HDF5.object(name, in: file)
      guard H5Iget_type(object.id) == H5I_DATASET else {
        throw HDF5Failure(reason: "“\(name)” is not a dataset")
      }
      if let refusal = HDF5.refusal(of: object) {
        throw HDF5Failure(reason: "“\(name)” is refused: \(refusal)")
      }
      let shape = try HDF5.shape(of: object)
      guard !shape.isEmpty else {
        throw HDF5Failure(reason: "“\(name)” has no dims, so no rows to read")
      }
      let type = try HDF5Handle(H5Dget_type(object.id), close: H5Tclose)
      guard let element = try HDF5.element(of: type) else {
        throw DataFileError.unsupported(
          path: path,
          reason: "“\(name)” holds \(HDF5.description(of: type)), which tensors cannot hold")
      }
      let dataset = try Self.cached(object, name, shape, in: file, limits: limits)
      return (dataset, shape, element, element.dtype)
    }
  }

  /// The dataset, reopened if necessary with a chunk cache that holds all chunks of a row, so that
  /// reading neighboring rows does not decompress them again.
  private static func cached(
    _ dataset: HDF5Handle, _ name: String, _ shape: [Int], in file: HDF5Handle,
    limits: ReadingLimits
  ) throws -> HDF5Handle {
    var sizes = [hsize_t](repeating: 1, count: shape.count)
    let chunk = hdf5_chunk(dataset.id, &sizes, Int32(shape.count))
    guard chunk > 0 else { return dataset }
    // libhdf5's default, and the memory limit.
    let (least, most) = (1 << 20, limits.memory ?? 1 << 30)
    let chunks = zip(shape, sizes).dropFirst().reduce(1.0) { product, dim in
      product * (Double(dim.0) / Double(max(dim.1, 1))).rounded(.up)
    }
    let wanted = min(chunks * Double(chunk), Double(1 << 28))
    let size = min(max(Int(wanted), chunk), most)
    guard size > least else { return dataset }
    return try HDF5Handle(hdf5_open_cached(file.id, name, size), close: H5Dclose)
  }

  deinit { HDF5.locked { (dataset, element) = (nil, nil) } }

  /// The number of rows, the first dim's size.
  public var count: Int { shape[0] }

  /// Reads consecutive rows.
  ///
  /// - Returns: a tensor of shape [range.count] + shape[1...].
  /// - Throws: `DataFileError`.
  public func rows(_ range: Range<Int>) throws -> Tensor {
    try rows(Array(range))
  }

  /// Reads rows in any order; consecutive ones are read together.
  ///
  /// - Returns: a tensor of shape [indices.count] + shape[1...].
  /// - Throws: `DataFileError`.
  public func rows(_ indices: [Int]) throws -> Tensor {
    if let wrong = indices.first(where: { !(0..<count).contains($0) }) {
      fatalError("HDF5Array: row \(wrong) of \(count)")
    }
    let rowSize = shape.dropFirst().reduce(dtype.itemSize) {
      $0.multipliedReportingOverflow(by: $1).partialValue
    }
    let (byteCount, overflow) = rowSize.multipliedReportingOverflow(by: indices.count)
    guard !overflow, byteCount >= 0 else {
      throw DataFileError.damaged(path: path, reason: "“\(name)” has the shape \(shape)")
    }
    try MemoryBudget(limits, path: path, fileSize: fileSize).take(
      byteCount, for: "\(indices.count) rows of the shape \(Array(shape.dropFirst()))")
    // libhdf5 may leave elements that the file has no data for uninitialized.
    let tensor = Tensor.zeros([indices.count] + shape.dropFirst(), dtype: dtype)
    guard tensor.numel > 0 else { return tensor }
    try Self.locked(path) {
      let space = try HDF5Handle(H5Dget_space(dataset!.id), close: H5Sclose)
      var start = 0
      while start < indices.count {
        var end = start + 1
        while end < indices.count, indices[end] == indices[end - 1] + 1 { end += 1 }
        let counts = ([end - start] + shape.dropFirst()).map { hsize_t($0) }
        let first = [hsize_t(indices[start])] + shape.dropFirst().map { _ in 0 }
        try HDF5Failure.check(
          H5Sselect_hyperslab(space.id, H5S_SELECT_SET, first, nil, counts, nil))
        let memory = try HDF5Handle(
          H5Screate_simple(Int32(counts.count), counts, nil), close: H5Sclose)
        try HDF5Failure.check(
          H5Dread(
            dataset!.id, element!.memoryType.id, memory.id, space.id, hdf5_default(),
            tensor.mutableBytes.baseAddress! + start * rowSize))
        start = end
      }
      try element!.finish(tensor.mutableBytes)
    }
    return tensor
  }

  private static func locked<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try HDF5.locked(body)
    } catch let failure as HDF5Failure {
      throw DataFileError.damaged(path: path, reason: failure.reason)
    }
  }
}
