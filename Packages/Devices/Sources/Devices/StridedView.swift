import CKernels

/// The operand of a kernel: elements of one type, laid out in a storage.
public struct StridedView: Sendable {
  /// The memory.
  public let storage: Storage
  /// The shape, strides and offset.
  public let layout: Layout
  /// The type of the elements.
  public let dtype: DType

  /// Creates a view.
  ///
  /// - Parameters:
  ///   - storage: the memory.
  ///   - layout: the shape, strides and offset.
  ///   - dtype: the type of the elements.
  public init(storage: Storage, layout: Layout, dtype: DType) {
    self.storage = storage
    self.layout = layout
    self.dtype = dtype
  }

  /// Creates a view of a new storage with undefined contents.
  public init(empty layout: Layout, dtype: DType, device: Device) {
    self.init(
      storage: .make(byteCount: layout.numel * dtype.itemSize, device: device), layout: layout,
      dtype: dtype)
  }

  /// A pointer to the first element, once postponed operations have run; see ``fused(_:)``.
  public var pointer: UnsafeMutableRawPointer {
    flambeau_run_if_postponed()
    return ownPointer
  }

  /// The same, without running them: for operations that can be postponed, too, and for new memory.
  var ownPointer: UnsafeMutableRawPointer { storage.pointer + layout.offset * dtype.itemSize }

  /// The address of the first element, for comparisons only, not for reading.
  public var address: UInt { UInt(bitPattern: ownPointer) }

  /// Whether both views have the same storage.
  public func sharesStorage(with other: StridedView) -> Bool {
    storage.pointer == other.storage.pointer
  }

  /// Copies the elements, which must be dense, to host memory, and waits for the copy.
  public func copyOut(to memory: UnsafeMutableRawBufferPointer) {
    guard let start = memory.baseAddress else { return }
    storage.device.backend.copyOut(from: pointer, to: start, byteCount: memory.count)
  }

  /// Copies the elements, which must be dense, from host memory to memory that is new.
  public func initialize(from memory: UnsafeRawBufferPointer) {
    guard let start = memory.baseAddress else { return }
    storage.device.backend.copy(from: start, to: ownPointer, byteCount: memory.count)
  }

  /// Copies the elements, which must be dense, from host memory.
  public func copyIn(from memory: UnsafeRawBufferPointer) {
    guard let start = memory.baseAddress else { return }
    storage.device.backend.copy(from: start, to: pointer, byteCount: memory.count)
  }

  /// Whether it is a single number on the CPU, possibly broadcast.
  public var isCPUScalar: Bool {
    storage.device.kind == .cpu
      && zip(layout.shape, layout.strides).allSatisfy { $0 == 1 || $1 == 0 }
  }

  /// The same storage with another layout.
  public func with(_ layout: Layout) -> StridedView {
    StridedView(storage: storage, layout: layout, dtype: dtype)
  }

  /// A contiguous copy, in another dtype if one is given.
  public func copied(to dtype: DType? = nil) -> StridedView {
    let copy = StridedView(
      empty: layout.contiguous, dtype: dtype ?? self.dtype, device: storage.device)
    storage.device.backend.convert(self, into: copy)
    return copy
  }

  /// A dense copy with this view's memory order, in another dtype if one is given.
  public func denselyCopied(to dtype: DType? = nil) -> StridedView {
    inMemoryOrder { $0.copied(to: dtype) }
  }

  /// The view with permuted dims; nil keeps their order.
  public func permuted(_ order: [Int]?) -> StridedView {
    order.map { with(layout.permuted($0)) } ?? self
  }

  /// The result of `body` for this view with its dims permuted to memory order, permuted back.
  public func inMemoryOrder(_ body: (StridedView) -> StridedView) -> StridedView {
    let order = Layout.memoryOrder([layout])
    let result = body(permuted(order))
    return order.map { result.with(result.layout.restored(from: $0)) } ?? result
  }

  /// This view if it has the dtype, else a dense copy in that dtype with the same memory order.
  public func converted(to dtype: DType) -> StridedView {
    self.dtype == dtype ? self : denselyCopied(to: dtype)
  }

  /// This view if it is contiguous, else a copy that is.
  public func contiguous() -> StridedView {
    layout.isContiguous ? self : copied()
  }
}
