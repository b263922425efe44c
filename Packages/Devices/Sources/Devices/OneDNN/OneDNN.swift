import COneDNN
import Foundation
import Synchronization

/// oneDNN, which computes convolutions and products in half precision faster than BLAS, if it is
/// installed.
enum OneDNN {
  /// Whether the library is open: not if it is missing, or if the environment variable
  /// `FLAMBEAU_ONEDNN` is `off`.
  static let isAvailable =
    ProcessInfo.processInfo.environment["FLAMBEAU_ONEDNN"] != "off"
    && open(["libdnnl.so.3", "libdnnl.so.2"])

  /// Opens the first library of these that can be used.
  static func open(_ names: [String]) -> Bool {
    let names = names.map { strdup($0) }
    defer { names.forEach { free($0) } }
    return flambeau_onednn_open(names.map { UnsafePointer($0) } + [nil])
  }

  /// oneDNN's number for a dtype, or nil for those that are not computed with it.
  static func number(of dtype: DType) -> Int32? {
    switch dtype {
    case .float32: Int32(FLAMBEAU_ONEDNN_FLOAT32)
    case .bfloat16: Int32(FLAMBEAU_ONEDNN_BFLOAT16)
    case .float16: Int32(FLAMBEAU_ONEDNN_FLOAT16)
    default: nil
    }
  }

  /// The operation with the given numbers, which must determine it; nil if oneDNN has no fast
  /// kernel for it.
  static func operation(
    _ numbers: [Int], compile: () -> OpaquePointer?
  ) -> CompiledOperation? {
    if let known = operations.withLock({ $0[numbers] }) { return known }
    let operation = compile().map(CompiledOperation.init)
    operations.withLock { $0.insert(operation, for: numbers) }
    return operation
  }

  /// Compiling takes a millisecond, and an operation some ten kilobytes.
  private static let operations = Mutex(
    RecentlyUsed<[Int], CompiledOperation?>(capacity: 1000))
}

/// An operation of oneDNN for fixed shapes.
// It never changes, and any thread may run it.
final class CompiledOperation: @unchecked Sendable {
  private let operation: OpaquePointer
  /// The bytes of each operand's reordered elements, or 0 if it is used as it is.
  let reorderedSizes: [Int]
  private let scratchSize: Int

  init(_ operation: OpaquePointer) {
    self.operation = operation
    reorderedSizes = (0..<Int32(FLAMBEAU_ONEDNN_OPERANDS)).map {
      flambeau_onednn_reordered_size(operation, $0)
    }
    scratchSize = flambeau_onednn_scratch_size(operation)
  }

  deinit { flambeau_onednn_free(operation) }

  /// The bytes of memory that ``run(_:in:)`` needs.
  var workspaceSize: Int { (reorderedSizes + [scratchSize]).map(aligned).reduce(0, +) }

  /// Runs the operation on this thread.
  ///
  /// - Parameters:
  ///   - operands: the left and the right one, the target, and the bias if there is one. Those with
  ///     reordered elements are not reordered again.
  ///   - workspace: memory that nothing else uses meanwhile.
  func run(_ operands: [OneDNNMemory], in workspace: UnsafeMutableRawPointer) {
    var (operands, next) = (operands, workspace)
    for place in operands.indices where operands[place].reordered == nil {
      operands[place].reordered = next
      next += aligned(reorderedSizes[place])
    }
    check(flambeau_onednn_run(operation, operands, next))
  }

  /// Reorders an input, for several runs.
  func reorder(
    _ operand: Int, _ elements: UnsafeMutableRawPointer, to reordered: UnsafeMutableRawPointer,
    in workspace: UnsafeMutableRawPointer
  ) {
    let memory = OneDNNMemory(elements: elements, reordered: reordered)
    check(flambeau_onednn_reorder(operation, Int32(operand), memory, workspace))
  }

  private func check(_ isDone: Bool) {
    if !isDone {
      fatalError(
        "oneDNN failed; set the environment variable FLAMBEAU_ONEDNN to off to do without it")
    }
  }
}
