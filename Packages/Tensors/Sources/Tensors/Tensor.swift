@_exported import Devices
import Synchronization

/// Numbers in any number of dims, which remember how they were made if asked to.
///
/// A tensor is a view (shape, strides, offset) of a block of memory on a device. Views of one
/// tensor share its memory, as in PyTorch. With ``requiresGrad``, what is computed from it is
/// recorded, and ``backward(gradient:retainGraph:createGraph:)`` fills in ``grad``.
///
/// It follows `torch.Tensor`. Threads may use a tensor at the same time: compute with it, run
/// ``backward(gradient:retainGraph:createGraph:)`` over what was computed from it, read its ``grad``. What
/// changes the tensor itself, its elements in place or ``requiresGrad``, needs it alone, as does `loadStateDict`
/// or a step of an optimizer.
// What several threads may change is behind locks: gradients and hooks in the node, and the node of a view.
public final class Tensor: @unchecked Sendable {
  /// The elements, as kernels see them.
  public let view: StridedView

  /// The node that this tensor was last given; see ``node``.
  @exclusivity(unchecked) var ownNode: Node?
  /// The node of a leaf that requires no gradient for now, but has one.
  @exclusivity(unchecked) var dormantNode: Node?
  /// What this tensor is a view of, if it is one whose history may change with that of others.
  @exclusivity(unchecked) var origin: Origin?
  /// Of a view, the version of the elements that its node stands for.
  let versionOfNode = Atomic<UInt32>(0)

  /// The number that this tensor was written as, as in `x * 0.1`: one that takes the dtype of
  /// whatever it meets, as a Python number does in PyTorch.
  private(set) var literal: Double?

  init(_ view: consuming StridedView, node: Node? = nil) {
    self.view = view
    ownNode = node
  }

  /// A tensor of elements that lie one after another in a storage. For Flambeau's packages only.
  @_spi(Flambeau) public convenience init(storage: Storage, shape: [Int], dtype: DType) {
    self.init(StridedView(storage: storage, layout: Layout(contiguous: shape), dtype: dtype))
  }

  /// A new tensor whose contents are not defined.
  init(empty layout: Layout, dtype: DType, device: Device) {
    view = StridedView(empty: layout, dtype: dtype, device: device)
  }

  /// A new tensor whose contents are not defined.
  convenience init(empty shape: [Int], dtype: DType, device: Device) {
    self.init(empty: Layout(contiguous: shape), dtype: dtype, device: device)
  }

  /// A number written in the program: int64 if it is whole, else float32.
  convenience init<Number: TensorElement & TensorData>(literal: Number, value: Double)
  where Number.Scalar == Number {
    self.init(literal, device: .cpu)
    self.literal = value
  }
}

extension Tensor {
  /// The length of each dim; empty for a scalar.
  public var shape: [Int] { view.layout.shape }
  /// The length of one dim, counted from the last where it is negative: `torch.Tensor.size`.
  public func size(_ dim: Int) -> Int {
    guard (-ndim..<ndim).contains(dim) else {
      fatalError("size: no dim \(dim) in a tensor of shape \(shape)")
    }
    return shape[dim < 0 ? dim + ndim : dim]
  }
  /// How many elements further in memory the next one along each dim is.
  public var strides: [Int] { view.layout.strides }
  /// Where in its storage the first element is, in elements.
  public var storageOffset: Int { view.layout.offset }
  /// The number of dims.
  public var ndim: Int { view.layout.rank }
  /// The number of elements.
  public var numel: Int { view.layout.numel }
  /// The type of the elements.
  public var dtype: DType { view.dtype }
  /// Where the elements live.
  public var device: Device { view.storage.device }
  /// Whether the elements lie one after the other, the last dim densest.
  public var isContiguous: Bool { view.layout.isContiguous }

  /// The backend that runs this tensor's operations.
  var backend: any Backend { device.backend }
}

extension Tensor {
  /// The elements in order, as Swift values of the tensor's own type, or converted to the type
  /// asked for: `torch.Tensor.tolist`, flattened.
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

  /// The elements in arrays, nested as deeply as the type that is asked for: `torch.Tensor.tolist`.
  ///
  ///     let rows: [[Int]] = Tensor([[1, 2], [3, 4]]).tolist()
  ///
  /// Stops the program where the tensor has another number of dims.
  public func tolist<List: TensorData>(as type: List.Type = List.self) -> List {
    guard ndim == type.depth else {
      fatalError("tolist: a tensor of shape \(shape) is no \(type); it has \(ndim) dims")
    }
    return .nested(scalars(as: type.Scalar.self)[...], shape[...])
  }

  /// The only element, as a number: `torch.Tensor.item`.
  public func item() -> Double {
    item(as: Double.self)
  }

  /// The only element, in a type of one's choice: `x.argmax().item(as: Int.self)`.
  public func item<Element: TensorElement>(as type: Element.Type) -> Element {
    guard numel == 1 else {
      fatalError("item: a tensor of shape \(shape) has \(numel) elements; item() needs exactly one")
    }
    return scalars(as: type)[0]
  }
}
