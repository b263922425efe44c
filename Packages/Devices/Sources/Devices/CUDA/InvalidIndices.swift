import CCUDA
import CUDAKernels

/// Indices out of range that kernels have noted, in host memory that a GPU can write.
///
/// A kernel cannot stop the program, and a check after each launch would make the program wait for
/// the GPU.
final class InvalidIndices: Sendable {
  /// The operations that take indices.
  enum Operation: Int, CaseIterable {
    case gather, scatter, crossEntropy
  }

  // Written by kernels, and by the host after they are done.
  nonisolated(unsafe) private let notes: UnsafeMutablePointer<InvalidIndex>

  /// - Throws: ``DeviceError/driver(_:_:)``.
  init(_ driver: CUDADriver) throws(DeviceError) {
    var memory: UnsafeMutableRawPointer?
    let size = Operation.allCases.count * MemoryLayout<InvalidIndex>.stride
    let result = driver.cuMemHostAlloc(&memory, size, 0)
    if result != 0 { throw .driver("cuMemHostAlloc", describeDriverError(result, driver)) }
    notes = memory!.initializeMemory(
      as: InvalidIndex.self, repeating: InvalidIndex(), count: Operation.allCases.count)
  }

  subscript(operation: Operation) -> UnsafeMutablePointer<InvalidIndex> {
    notes + operation.rawValue
  }

  /// Returns and clears the index that an operation has noted, if any. The GPU must have been
  /// synchronized.
  func take(_ operation: Operation) -> Int? {
    guard self[operation].pointee.is_set != 0 else { return nil }
    self[operation].pointee.is_set = 0
    return Int(self[operation].pointee.index)
  }

  /// Stops the program if an index was out of range.
  func check(_ device: Device) {
    for operation in Operation.allCases {
      if let index = take(operation) {
        fatalError(
          "\(operation): index \(index) is out of range on \(device), in an earlier call; set "
            + "FLAMBEAU_CUDA_SYNC=1 to stop at the call itself")
      }
    }
  }
}
