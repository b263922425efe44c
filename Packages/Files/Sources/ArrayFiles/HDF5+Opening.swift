import CHDF5
@_spi(Flambeau) import Files
import Foundation
@_spi(Flambeau) import Tensors

// Opening objects of untrusted HDF5 files. All readers use these functions, which reject data that
// is stored in other files, and files that libhdf5 crashes on.

extension HDF5 {
  /// Opens a file for reading, after a child process has read what is in it.
  ///
  /// - Parameter name: name of a dataset; if given, the child reads rows of it, and nothing else.
  /// - Throws: ``HDF5Failure``.
  public static func open(
    _ path: String, trying name: String? = nil, limits: ReadingLimits, fileSize: Int
  ) throws -> HDF5Handle {
    guard
      hdf5_survives(
        path, name, objectLimit(fileSize), Int32(clamping: limits.depth), seconds(fileSize))
    else { throw HDF5Failure(reason: "libhdf5 crashes on it, or does not finish") }
    return try HDF5Handle(H5Fopen(path, hdf5_read_only(), hdf5_default()), close: H5Fclose)
  }

  /// An upper bound on the number of objects in a file of a given size, since each takes some
  /// bytes.
  public static func objectLimit(_ fileSize: Int) -> Int { 1000 + fileSize / 8 }

  /// The time limit of a child process.
  private static func seconds(_ bytes: Int) -> UInt32 { UInt32(clamping: 10 + bytes / 10_000_000) }

  /// Opens an object of a file or group, following links within the file only.
  ///
  /// - Throws: ``HDF5Failure``.
  public static func object(_ name: String, in group: HDF5Handle) throws -> HDF5Handle {
    try HDF5Handle(hdf5_open_inside(group.id, name), close: H5Oclose)
  }

  /// Why a dataset's data is rejected, or nil.
  public static func refusal(of dataset: HDF5Handle) -> String? {
    hdf5_data_is_inside(dataset.id) ? nil : "its data is in other files"
  }

  /// The offset of a dataset's elements in the file, if they are stored contiguously and as in
  /// memory; else nil.
  public static func place(
    of dataset: HDF5Handle, _ element: Element, byteCount: Int, fileSize: Int
  ) throws -> Int? {
    let type = try HDF5Handle(H5Dget_type(dataset.id), close: H5Tclose)
    guard byteCount > 0, H5Tequal(type.id, element.memoryType.id) > 0,
      let offset = Int(exactly: hdf5_data_offset(dataset.id)), byteCount <= fileSize,
      offset <= fileSize - byteCount
    else { return nil }
    return offset
  }

  /// Reads whole datasets, in a child process, or after a child process has read the same.
  ///
  /// - Throws: ``HDF5Failure``.
  public static func read(
    _ datasets: [(dataset: HDF5Handle, element: Element, tensor: Tensor)]
  ) throws {
    var rest = datasets.filter { $0.tensor.numel > 0 }[...]
    while !rest.isEmpty {
      // Up to 64 MiB per child process: starting one takes time, but its data is copied once more.
      var bytes = 0
      let part = rest.prefix { next in
        defer { bytes += next.tensor.numel * next.tensor.dtype.itemSize }
        return bytes == 0
          || bytes + next.tensor.numel * next.tensor.dtype.itemSize <= 1 << 26
      }
      try readAtOnce(part)
      rest = rest.dropFirst(part.count)
    }
  }

  private static func readAtOnce(
    _ datasets: ArraySlice<(dataset: HDF5Handle, element: Element, tensor: Tensor)>
  ) throws {
    var readings = datasets.map { dataset, element, tensor in
      HDF5Reading(
        dataset: dataset.id, type: element.memoryType.id,
        size: tensor.bytes.count, memory: tensor.mutableBytes.baseAddress!, status: -1)
    }
    guard
      hdf5_read_apart(&readings, readings.count, seconds(readings.reduce(0) { $0 + $1.size }))
    else { throw HDF5Failure(reason: "libhdf5 crashes on it, or does not finish") }
    for (reading, (_, element, _)) in zip(readings, datasets) {
      guard reading.status >= 0 else { throw HDF5Failure(reason: "its data cannot be read") }
      try element.finish(
        UnsafeMutableRawBufferPointer(start: reading.memory, count: reading.size))
    }
  }
}
