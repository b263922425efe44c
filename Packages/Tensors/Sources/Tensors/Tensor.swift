@_exported import Devices
import Synchronization

/// A multi-dimensional array of numbers, which can record how it was computed.
///
/// A tensor is a view (shape, strides, offset) of a block of memory on a device. Views of one
/// tensor share its memory, as in PyTorch. With ``requiresGrad``, operations on it are recorded,
/// and ``backward(gradient:retainGraph:createGraph:)`` fills in ``grad``.
///
/// It follows `torch.Tensor`. Several threads may compute with a tensor, run
/// ``backward(gradient:retainGraph:createGraph:)`` on what was computed from it and read its
/// ``grad`` at the same time. Changing its elements in place or its ``requiresGrad``, as
/// `loadStateDict` and optimizer steps do, requires exclusive access.
// State that several threads may change is behind locks: gradients and hooks in the node, and the
// node of a view.
public final class Tensor: @unchecked Sendable {
  /// The elements, as kernels see them.
  public let view: StridedView

  /// The node last assigned to this tensor; see ``node``.
  @exclusivity(unchecked) var ownNode: Node?
  /// The node of a leaf that does not require a gradient at present, but still has one.
  @exclusivity(unchecked) var dormantNode: Node?
  /// What this tensor is a view of, if in-place changes through other tensors can change its
  /// history.
  @exclusivity(unchecked) var origin: Origin?
  /// For a view, the version of the storage that its node corresponds to.
  let versionOfNode = Atomic<UInt32>(0)

  /// The value of a number literal, as in `x * 0.1`, which takes the dtype of the other operand, as
  /// a Python number does in PyTorch.
  private(set) var literal: Double?

  init(_ view: consuming StridedView, node: Node? = nil) {
    self.view = view
    ownNode = node
  }

  /// A contiguous tensor of the first elements of a storage. For Flambeau's packages only.
  @_spi(Flambeau) public convenience init(storage: Storage, shape: [Int], dtype: DType) {
    self.init(StridedView(storage: storage, layout: Layout(contiguous: shape), dtype: dtype))
  }

  /// A new, uninitialized tensor.
  init(empty layout: Layout, dtype: DType, device: Device) {
    view = StridedView(empty: layout, dtype: dtype, device: device)
  }

  /// A new, uninitialized tensor.
  convenience init(empty shape: [Int], dtype: DType, device: Device) {
    self.init(empty: Layout(contiguous: shape), dtype: dtype, device: device)
  }

  /// A number literal: int64 if it is an integer, else float32.
  convenience init<Number: TensorElement & TensorData>(literal: Number, value: Double)
  where Number.Scalar == Number {
    self.init(literal, device: .cpu)
    self.literal = value
  }
}

extension Tensor {
  /// The size of each dim; empty for a scalar.
  public var shape: [Int] { view.layout.shape }
  /// The size of one dim, counted from the last if it is negative: `torch.Tensor.size`.
  public func size(_ dim: Int) -> Int {
    guard (-ndim..<ndim).contains(dim) else {
      fatalError("size: no dim \(dim) in a tensor of shape \(shape)")
    }
    return shape[dim < 0 ? dim + ndim : dim]
  }
  /// The distance in memory, in elements, to the next element along each dim.
  public var strides: [Int] { view.layout.strides }
  /// The index of the first element in its storage.
  public var storageOffset: Int { view.layout.offset }
  /// The number of dims.
  public var ndim: Int { view.layout.rank }
  /// The number of elements.
  public var numel: Int { view.layout.numel }
  /// The type of the elements.
  public var dtype: DType { view.dtype }
  /// The device that holds the elements.
  public var device: Device { view.storage.device }
  /// Whether the elements are stored in row-major order without gaps.
  public var isContiguous: Bool { view.layout.isContiguous }

  /// The backend that runs this tensor's operations.
  var backend: any Backend { device.backend }
}

extension Tensor {
  /// The elements in row-major order, as Swift values, converted to the type asked for:
  /// `torch.Tensor.tolist`, flattened.
  public func scalars<Element: TensorElement>(as type: Element.Type = Element.self) -> [Element] {
    let converted = to(type.dtype).view.contiguous()
    let count = numel
    if count == 0 { return [] }
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      converted.copyOut(
        to: UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[..<(count * converted.dtype.itemSize)]))
      initialized = count
    }
  }

  /// The elements in nested arrays of the type asked for: `torch.Tensor.tolist`.
  ///
  ///     let rows: [[Int]] = Tensor([[1, 2], [3, 4]]).tolist()
  ///
  /// Stops the program if the tensor's number of dims is not the type's depth.
  public func tolist<List: TensorData>(as type: List.Type = List.self) -> List {
    guard ndim == type.depth else {
      fatalError("tolist: a tensor of shape \(shape) does not fit \(type); it has \(ndim) dims")
    }
    return .nested(scalars(as: type.Scalar.self)[...], shape[...])
  }

  /// The only element, as a number: `torch.Tensor.item`.
  public func item() -> Double {
    item(as: Double.self)
  }

  /// The only element, converted to a type: `x.argmax().item(as: Int.self)`.
  public func item<Element: TensorElement>(as type: Element.Type) -> Element {
    guard numel == 1 else {
      fatalError("item: a tensor of shape \(shape) has \(numel) elements; item() needs exactly one")
    }
    return scalars(as: type)[0]
  }
}
