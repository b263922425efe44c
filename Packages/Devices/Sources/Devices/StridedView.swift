/// What a kernel reads or writes: elements of one type, laid out in a storage.
public struct StridedView: Sendable {
  /// The memory.
  public let storage: Storage
  /// How to walk in it.
  public let layout: Layout
  /// What its elements are.
  public let dtype: DType

  /// Creates a view.
  ///
  /// - Parameters:
  ///   - storage: the memory.
  ///   - layout: how to walk in it.
  ///   - dtype: the type of the elements.
  public init(storage: Storage, layout: Layout, dtype: DType) {
    self.storage = storage
    self.layout = layout
    self.dtype = dtype
  }

  /// A new view in memory of its own, whose contents are not defined.
  public init(empty layout: Layout, dtype: DType, device: Device) {
    self.init(
      storage: .make(byteCount: layout.numel * dtype.itemSize, device: device), layout: layout,
      dtype: dtype)
  }

  /// The first element.
  public var pointer: UnsafeMutableRawPointer {
    storage.pointer + layout.offset * dtype.itemSize
  }

  /// Where the first element is, to tell views apart; nothing can be read there.
  public var address: UInt { UInt(bitPattern: pointer) }

  /// Whether both are in the same memory.
  public func sharesStorage(with other: StridedView) -> Bool {
    storage.pointer == other.storage.pointer
  }

  /// Copies the elements, which lie without gaps, to the program's memory, and waits for them.
  public func copyOut(to memory: UnsafeMutableRawBufferPointer) {
    guard let start = memory.baseAddress else { return }
    storage.device.backend.copyOut(from: pointer, to: start, byteCount: memory.count)
  }

  /// Copies elements, which lie without gaps, from the program's memory.
  public func copyIn(from memory: UnsafeRawBufferPointer) {
    guard let start = memory.baseAddress else { return }
    storage.device.backend.copy(from: start, to: pointer, byteCount: memory.count)
  }

  /// Whether it is one number that the program has at hand, on the CPU, however often it is repeated.
  public var isNumber: Bool {
    storage.device.kind == .cpu
      && zip(layout.shape, layout.strides).allSatisfy { $0 == 1 || $1 == 0 }
  }

  /// The same storage in another layout.
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

  /// A copy without gaps that lies in memory in the order of this view, in another dtype if one is given.
  public func denselyCopied(to dtype: DType? = nil) -> StridedView {
    inMemoryOrder { $0.copied(to: dtype) }
  }

  /// The dims in another order; nil leaves them as they are.
  public func permuted(_ order: [Int]?) -> StridedView {
    order.map { with(layout.permuted($0)) } ?? self
  }

  /// What `body` makes of this view with its dims in the order in which they lie in memory, with the result's dims
  /// in this view's order again.
  public func inMemoryOrder(_ body: (StridedView) -> StridedView) -> StridedView {
    let order = Layout.memoryOrder([layout])
    let result = body(permuted(order))
    return order.map { result.with(result.layout.restored(from: $0)) } ?? result
  }

  /// This view if it has the dtype, else a copy without gaps that does and lies in memory in the same order.
  public func converted(to dtype: DType) -> StridedView {
    self.dtype == dtype ? self : denselyCopied(to: dtype)
  }

  /// This view if it is contiguous, else a copy that is.
  public func contiguous() -> StridedView {
    layout.isContiguous ? self : copied()
  }
}
