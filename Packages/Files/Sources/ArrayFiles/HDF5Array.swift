import CHDF5
import Files
import Foundation
import Tensors

/// A dataset in an HDF5 file, which may be larger than memory: it is read in rows, as
/// `h5py.File(path)[name][rows]`.
///
/// It may be used from several threads, which then take turns, since libhdf5 lets only one in.
///
/// libhdf5 can crash on files that are damaged with intent. Another process tries a dataset first, so
/// that most such files are refused with an error; no promise is made for all of them.
public final class HDF5Array: @unchecked Sendable {
  /// The file.
  public let path: String
  /// The dataset's name, with slashes between groups.
  public let name: String
  /// Its sizes.
  public let shape: [Int]
  /// What its elements are.
  public let dtype: DType
  // Used and released only while the library is locked.
  private var dataset: HDF5Handle?
  private let fileSize: Int

  /// Opens an array of a file.
  ///
  /// - Throws: `DataFileError`; also where there is no such dataset, it has no dims, or its type is none
  ///   that a tensor has.
  public init(_ path: String, _ name: String) throws {
    (self.path, self.name) = (path, name)
    var status = stat()
    guard stat(path, &status) == 0, access(path, R_OK) == 0 else {
      throw DataFileError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    fileSize = Int(status.st_size)
    (dataset, shape, dtype) = try Self.locked(path) {
      guard hdf5_survives(path, name, 60) else {
        throw HDF5Failure(reason: "libhdf5 crashes on it, or does not come to an end")
      }
      let file = try HDF5Handle(H5Fopen(path, hdf5_read_only(), hdf5_default()), close: H5Fclose)
      let object = try HDF5Handle(H5Oopen(file.id, name, hdf5_default()), close: H5Oclose)
      guard H5Iget_type(object.id) == H5I_DATASET else {
        throw HDF5Failure(reason: "“\(name)” is no dataset")
      }
      let shape = try HDF5.shape(of: object)
      guard !shape.isEmpty else {
        throw HDF5Failure(reason: "“\(name)” has no dims, so no rows to read")
      }
      let type = try HDF5Handle(H5Dget_type(object.id), close: H5Tclose)
      guard let dtype = try HDF5.dtype(holding: type) else {
        throw HDF5Failure(reason: "“\(name)” is of a type that no tensor has")
      }
      return (object, shape, dtype)
    }
  }

  deinit { HDF5.locked { dataset = nil } }

  /// How many rows there are: the first size.
  public var count: Int { shape[0] }

  /// Rows that follow one another.
  ///
  /// - Returns: a tensor of shape [range.count] + shape[1...].
  /// - Throws: `DataFileError`.
  public func rows(_ range: Range<Int>) throws -> Tensor {
    try rows(Array(range))
  }

  /// Rows in any order. Those that follow one another are read at once.
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
    // No allocation larger than the file can justify.
    let (byteCount, overflow) = rowSize.multipliedReportingOverflow(by: indices.count)
    guard !overflow, (0...fileSize * FileSource.deflateRatio).contains(byteCount) else {
      throw DataFileError.damaged(
        path: path, reason: "“\(name)” has the shape \(shape), more than the file can hold")
    }
    let tensor = Tensor.empty([indices.count] + shape.dropFirst(), dtype: dtype)
    guard tensor.numel > 0 else { return tensor }
    try Self.locked(path) {
      let type = try HDF5.type(of: dtype)
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
            dataset!.id, type.id, memory.id, space.id, hdf5_default(),
            tensor.view.pointer + start * rowSize))
        start = end
      }
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
