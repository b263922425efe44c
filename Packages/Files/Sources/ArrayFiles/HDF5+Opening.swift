import CHDF5
@_spi(Flambeau) import Files
import Foundation
@_spi(Flambeau) import Tensors

// Opening what is in HDF5 files of any origin. Whatever way leads in, the same is refused: what
// lies in other files, and what libhdf5 crashes on.

extension HDF5 {
  /// Opens a file to read it, after another process has tried what is in it.
  ///
  /// - Parameter name: a dataset of which rows are tried as well.
  /// - Throws: ``HDF5Failure``.
  public static func open(
    _ path: String, trying name: String? = nil, limits: ReadingLimits, fileSize: Int
  ) throws -> HDF5Handle {
    guard
      hdf5_survives(
        path, name, objectLimit(fileSize), Int32(clamping: limits.depth), seconds(fileSize))
    else { throw HDF5Failure(reason: "libhdf5 crashes on it, or does not come to an end") }
    return try HDF5Handle(H5Fopen(path, hdf5_read_only(), hdf5_default()), close: H5Fclose)
  }

  /// How many objects a file of a size can name, each by some bytes.
  public static func objectLimit(_ fileSize: Int) -> Int { 1000 + fileSize / 8 }

  /// How long another process may take.
  private static func seconds(_ bytes: Int) -> UInt32 { UInt32(clamping: 10 + bytes / 10_000_000) }

  /// An object of a file or group; links may lead to it, but not out of the file.
  ///
  /// - Throws: ``HDF5Failure``.
  public static func object(_ name: String, in group: HDF5Handle) throws -> HDF5Handle {
    try HDF5Handle(hdf5_open_inside(group.id, name), close: H5Oclose)
  }

  /// Why a dataset's data is not read, or nil.
  public static func refusal(of dataset: HDF5Handle) -> String? {
    hdf5_data_is_inside(dataset.id) ? nil : "its data is in other files"
  }

  /// Where a dataset's elements are in the file, if they are there in one piece and as they are in
  /// memory.
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

  /// Reads whole datasets, in another process, or after another has read the same.
  ///
  /// - Throws: ``HDF5Failure``.
  public static func read(
    _ datasets: [(dataset: HDF5Handle, element: Element, tensor: Tensor)]
  ) throws {
    var rest = datasets.filter { $0.tensor.numel > 0 }[...]
    while !rest.isEmpty {
      // Some at once, since a process costs time, but not all, since they are copied once more.
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
    else { throw HDF5Failure(reason: "libhdf5 crashes on it, or does not come to an end") }
    for (reading, (_, element, _)) in zip(readings, datasets) {
      guard reading.status >= 0 else { throw HDF5Failure(reason: "its data cannot be read") }
      try element.finish(
        UnsafeMutableRawBufferPointer(start: reading.memory, count: reading.size))
    }
  }
}
