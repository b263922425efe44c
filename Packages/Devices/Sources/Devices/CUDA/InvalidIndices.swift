import CCUDA
import CUDAKernels

/// Where kernels note indices that are out of range, in memory of the program that a GPU can write.
///
/// A kernel cannot stop the program, and asking after each would make the program wait for the GPU.
final class InvalidIndices: Sendable {
  /// The operations that take indices.
  enum Operation: Int, CaseIterable {
    case gather, scatter, crossEntropy
  }

  // Written by kernels, and by the program once they are done.
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

  /// An index that an operation noted, which is then forgotten. The GPU must have been waited for.
  func take(_ operation: Operation) -> Int? {
    guard self[operation].pointee.is_set != 0 else { return nil }
    self[operation].pointee.is_set = 0
    return Int(self[operation].pointee.index)
  }

  /// Stops the program where an index was out of range.
  func check(_ device: Device) {
    for operation in Operation.allCases {
      if let index = take(operation) {
        fatalError(
          "\(operation): index \(index) is out of range on \(device), in a call before this one; set "
            + "FLAMBEAU_CUDA_SYNC=1 to stop at the call itself")
      }
    }
  }
}
