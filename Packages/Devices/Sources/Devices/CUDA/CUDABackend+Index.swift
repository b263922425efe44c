import CCUDA
import CUDAKernels

// Gather and scatter.

extension CUDABackend {
  /// Calls `body` with the address at which kernels note an index that is out of range. With
  /// synchronous launches, calls `invalid` with it; otherwise the program stops when it next waits
  /// for the GPU.
  func checkingIndices(
    _ operation: InvalidIndices.Operation, _ invalid: (Int) -> Never,
    _ body: (UnsafeMutablePointer<InvalidIndex>) -> Void
  ) {
    body(gpu.invalidIndices[operation])
    guard gpu.isSynchronous, !gpu.isCapturing else { return }
    gpu.synchronizeStream()
    if let index = gpu.invalidIndices.take(operation) { invalid(index) }
  }

  func gather(
    _ x: StridedView, dim: Int, index: StridedView, into y: StridedView, invalid: (Int) -> Never
  ) {
    prepare("gather", [x, index, y])
    var strides = x.layout.strides
    strides[dim] = 0
    let walk = Walk(
      [y, index, x], shape: y.layout.shape,
      strides: [y.layout.strides, index.layout.strides, strides])
    checkingIndices(.gather, invalid) { notes in
      gpu.launch(
        kernel("gather", in: "index", y.dtype), over: y.layout.numel, walk,
        Int64(x.layout.shape[dim]), Int64(x.layout.strides[dim]), notes)
    }
  }

  /// A sort brings equal indices together, and one thread stores or adds their elements in order:
  /// the result is deterministic and equal to the CPU's.
  func scatter(
    _ x: StridedView, dim: Int, index: StridedView, adding: Bool, into y: StridedView,
    invalid: (Int) -> Never
  ) {
    prepare("scatter", [x, index, y])
    let shape = x.layout.shape
    // Dims along which the index is broadcast need no keys of their own.
    let own = shape.indices.filter { $0 == dim || index.layout.strides[$0] != 0 }
    let others = shape.indices.filter { !own.contains($0) }
    func part(_ list: [Int], _ dims: [Int]) -> [Int] { dims.map { list[$0] } }
    var (targets, places) = (y.layout.strides, part(y.layout.shape, own))
    targets[dim] = 0
    // Flat row-major positions of y's elements in these dims.
    let counted = Layout.contiguousStrides(of: places)
    let dimPlace = own.firstIndex(of: dim)!
    places = counted
    places[dimPlace] = 0

    let count = part(shape, own).reduce(1, *)
    guard count > 0, x.layout.numel > 0 else { return }
    let keys = empty([count], .int64)
    let order = empty([count], .int64)
    let size = Int64(y.layout.shape[dim])
    checkingIndices(.scatter, invalid) { notes in
      gpu.launch(
        kernel("scatter_keys", in: "index", .int64), over: count,
        Walk(
          [index, index], shape: part(shape, own),
          strides: [part(index.layout.strides, own), places]),
        keys.pointer, size, Int64(counted[dimPlace]), notes)
    }
    sort(keys, descending: false, into: order)
    var launch = ScatterLaunch()
    launch.keys = Walk(
      [index, x, y], shape: part(shape, own),
      strides: [index.layout.strides, x.layout.strides, targets].map { part($0, own) })
    launch.rest = Walk(
      [x, y], shape: part(shape, others),
      strides: [x.layout.strides, targets].map { part($0, others) })
    launch.key_of = UnsafePointer(keys.pointer.assumingMemoryBound(to: Int64.self))
    launch.order = UnsafePointer(order.pointer.assumingMemoryBound(to: Int64.self))
    launch.y_stride = Int64(y.layout.strides[dim])
    launch.adding = adding
    gpu.launch(kernel("scatter", in: "index", x.dtype), over: x.layout.numel, launch)
  }
}
