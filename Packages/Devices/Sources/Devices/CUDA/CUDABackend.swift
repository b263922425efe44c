import CCUDA
import CUDAKernels

/// The backend of NVIDIA's GPUs: cuBLAS for matrix products, our own kernels for the rest.
///
/// Calls are asynchronous. Their work runs in order on the thread's current stream; the program
/// waits for it when elements are copied out.
struct CUDABackend: Backend {
  let gpu: GPU

  init(_ gpu: GPU) {
    self.gpu = gpu
    gpu.activate()
  }

  func kernel(
    _ name: StaticString, in file: StaticString, _ element: DType
  ) -> KernelFunction {
    gpu.modules.function(name, file: file, element: element)
  }

  func kernel(
    _ name: StaticString, in file: StaticString, _ element: DType,
    operation: some RawRepresentable<UInt8> & CustomStringConvertible
  ) -> KernelFunction {
    gpu.modules.function(name, file: file, element: element, operation: operation)
  }

  /// Checks that views are on this device, and records that the current stream uses them.
  ///
  /// - Parameter numbers: whether scalars may be on the CPU.
  func prepare(
    _ operation: @autoclosure () -> String, _ views: [StridedView], numbers: Bool = false
  ) {
    let stream = gpu.stream
    for view in views {
      guard view.storage.device == gpu.device else {
        if numbers, view.isCPUScalar { continue }
        fatalError(
          "\(operation()): one tensor is on \(view.storage.device), another on \(gpu.device); move one "
            + "with to(_:)")
      }
      gpu.memory.use(view.block, on: stream)
    }
  }

  func prepare(_ operation: @autoclosure () -> String, _ views: [StridedView?]) {
    prepare(operation(), views.compactMap(\.self))
  }

  func empty(_ shape: [Int], _ dtype: DType) -> StridedView {
    StridedView(empty: Layout(contiguous: shape), dtype: dtype, device: gpu.device)
  }

  // MARK: Memory

  func makeStorage(byteCount: Int) -> Storage {
    let block = gpu.memory.allocate(byteCount, stream: gpu.stream)
    let owner = Unmanaged.passRetained(BlockOwner(block, gpu)).toOpaque()
    return flambeau_wrap_memory(
      UnsafeMutableRawPointer(bitPattern: UInt(block.pointer))!, byteCount, gpu.device, owner
    ) { owner in
      let owner = Unmanaged<BlockOwner>.fromOpaque(owner).takeRetainedValue()
      owner.gpu.activate()
      owner.gpu.memory.free(owner.block)
    }
  }

  func copy(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int) {
    guard byteCount > 0 else { return }
    gpu.requireNoCapture("a copy from host memory, as Tensor([1, 2]) makes,")
    gpu.check(
      gpu.driver.cuMemcpyHtoDAsync(target.devicePointer, source, byteCount, gpu.stream),
      "cuMemcpyHtoDAsync")
  }

  func copyOut(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, byteCount: Int) {
    gpu.requireNoCapture("waiting for the GPU, as item() and scalars() do,")
    if byteCount > 0 {
      gpu.check(
        gpu.driver.cuMemcpyDtoHAsync(target, source.devicePointer, byteCount, gpu.stream),
        "cuMemcpyDtoHAsync")
    }
    gpu.synchronizeStream()
  }

  // MARK: Filling

  func convert(_ x: StridedView, into y: StridedView) {
    prepare("convert", [x, y], numbers: true)
    if x.dtype == y.dtype, x.layout.isContiguous, y.layout.isContiguous, !x.isCPUScalar {
      let byteCount = y.layout.numel * y.dtype.itemSize
      guard byteCount > 0, x.pointer != y.pointer else { return }
      return gpu.check(
        gpu.driver.cuMemcpyDtoDAsync(
          y.pointer.devicePointer, x.pointer.devicePointer, byteCount, gpu.stream),
        "cuMemcpyDtoDAsync")
    }
    let x = x.isCPUScalar ? x.moved(to: gpu.device) : x
    gpu.launch(
      kernel("convert", in: "convert", y.dtype, operation: x.dtype),
      over: y.layout.numel / 4 + 1,
      Walk([y, x], shape: y.layout.shape))
  }

  func ramp(_ ramp: Ramp, into y: StridedView) {
    prepare("ramp", [y])
    gpu.launch(
      kernel("ramp", in: "fill", y.dtype), over: y.layout.numel, y.layout.numel, y.pointer, ramp)
  }

  // MARK: Element-wise

  func unary(
    _ operation: UnaryOperation, _ x: StridedView, _ p: Double, _ q: Double, into y: StridedView
  ) {
    elementwise("unary", FUSED_UNARY, operation, x.dtype, [y, x], (p, q))
  }

  func binary(
    _ operation: BinaryOperation, _ a: StridedView, _ b: StridedView, into y: StridedView
  ) {
    elementwise("binary", FUSED_BINARY, operation, y.dtype, [y, a, b])
  }

  func compare(_ comparison: Comparison, _ a: StridedView, _ b: StridedView, into y: StridedView) {
    elementwise("compare", FUSED_COMPARISON, comparison, a.dtype, [y, a, b])
  }

  func test(_ test: ElementTest, _ x: StridedView, into y: StridedView) {
    elementwise("test", FUSED_TEST, test, x.dtype, [y, x])
  }

  func select(
    _ condition: StridedView, _ a: StridedView, _ b: StridedView, into y: StridedView
  ) {
    let views = [y, condition, a, b]
    prepare("where", views, numbers: true)
    if postpones(FUSED_SELECT, 0, y.dtype, views) { return }
    gpu.launch(
      kernel("select", in: "fill", y.dtype), over: y.layout.numel,
      Walk(views, shape: y.layout.shape))
  }

  /// An operation of one of the tables in elementwise.h; the first view is the result, and each
  /// thread handles four elements at a time.
  private func elementwise(
    _ file: StaticString, _ kind: Int,
    _ operation: some RawRepresentable<UInt8> & CustomStringConvertible, _ element: DType,
    _ views: [StridedView], _ numbers: (Double, Double)? = nil
  ) {
    prepare("\(operation)", views, numbers: true)
    let (p, q) = numbers ?? (0, 0)
    if postpones(kind, operation.rawValue, element, views, p, q) { return }
    let kernel = kernel(file, in: file, element, operation: operation)
    let walk = Walk(views, shape: views[0].layout.shape)
    let threads = (views[0].layout.numel + 3) / 4
    if numbers == nil {
      gpu.launch(kernel, over: threads, walk)
    } else {
      gpu.launch(kernel, over: threads, walk, p, q)
    }
  }
}

/// A storage's block, and the GPU that it is returned to.
private final class BlockOwner {
  let block: MemoryBlock
  let gpu: GPU

  init(_ block: MemoryBlock, _ gpu: GPU) { (self.block, self.gpu) = (block, gpu) }
}

extension StridedView {
  /// The block of GPU memory that it is stored in.
  var block: MemoryBlock {
    Unmanaged<BlockOwner>.fromOpaque(flambeau_memory_owner(storage)).takeUnretainedValue().block
  }
}

extension UnsafeRawPointer {
  var devicePointer: CUdeviceptr { CUdeviceptr(UInt(bitPattern: self)) }
}

extension UnsafeMutableRawPointer {
  var devicePointer: CUdeviceptr { CUdeviceptr(UInt(bitPattern: self)) }
}
