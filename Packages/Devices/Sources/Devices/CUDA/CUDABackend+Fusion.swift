import CCUDA
import CKernels
import CUDAKernels

// Chains of element-wise operations as one kernel: see fused(_:). Results that nobody has a
// reference to any more are never written to memory.

/// The element-wise operations that a thread has postponed on a GPU.
private final class PostponedChain {
  let gpu: GPU
  let stream: CUstream
  let element: DType
  let count: Int
  private var steps: [FusedStep] = []
  /// The memory of each operand of each step.
  private var spans: [[Span]] = []
  /// One reference to each storage. Swift's own would be counted more often than once.
  private var storages: [UnsafeMutableRawPointer] = []

  init(_ gpu: GPU, _ element: DType, count: Int) {
    (self.gpu, self.element, self.count) = (gpu, element, count)
    stream = gpu.stream
  }

  deinit {
    for storage in storages { flambeau_release_address(storage) }
  }

  /// The bytes of an operand in GPU memory.
  struct Span {
    let operand: Int
    let start: Int
    let end: Int
    let isOne: Bool

    func overlaps(_ other: Span) -> Bool { start < other.end && other.start < end }
    func isSame(as other: Span) -> Bool {
      start == other.start && end == other.end && isOne == other.isOne
    }
  }

  static var current: PostponedChain? {
    flambeau_postponed_elsewhere().map {
      Unmanaged<PostponedChain>.fromOpaque($0).takeUnretainedValue()
    }
  }

  func postpone() {
    flambeau_postpone_elsewhere(Unmanaged.passRetained(self).toOpaque()) {
      Unmanaged<PostponedChain>.fromOpaque($0).takeRetainedValue().run()
    }
  }

  /// Whether a step can follow: tiles can be computed one after the other if an operand that a step
  /// writes is, for other steps, the same operand or other memory.
  func accepts(_ own: [Span], on gpu: GPU, _ element: DType, count: Int) -> Bool {
    guard gpu === self.gpu, gpu.stream == stream, element == self.element, count == self.count,
      steps.count < Int(FUSED_STEPS)
    else { return false }
    return spans.allSatisfy { earlier in
      earlier.allSatisfy { one in
        own.allSatisfy { other in
          (one.operand > 0 && other.operand > 0) || one.isSame(as: other) || !one.overlaps(other)
        }
      }
    }
  }

  func append(_ step: FusedStep, _ own: [Span], _ views: [StridedView]) {
    steps.append(step)
    spans.append(own)
    for view in views where !view.isCPUScalar {
      let storage = unsafeBitCast(view.storage, to: UnsafeMutableRawPointer.self)
      if storages.contains(storage) { continue }
      flambeau_retain_address(storage)
      storages.append(storage)
    }
  }

  private func run() {
    assignSlots()
    var launch = FusedLaunch()
    (launch.count, launch.steps) = (Int64(count), Int64(steps.count))
    withUnsafeMutableBytes(of: &launch.step) { bytes in
      steps.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
    let perBlock = Int(LAUNCH_BLOCK) * max(Int(FUSED_BYTES) / element.itemSize, 1)
    gpu.withContext {
      gpu.launch(
        gpu.modules.function("fused", file: "fused", element: element),
        blocks: min((count - 1) / perBlock + 1, 16 * gpu.multiprocessorCount), launch)
    }
  }

  /// Results that only this chain refers to are kept in slots, which are reused after their last
  /// step.
  private func assignSlots() {
    var lastUse = [Int](repeating: -1, count: Int(FUSED_SLOTS))
    let free = storages.filter { flambeau_references_of_address($0) == 1 }
    let uses = free.map { storage in
      let start = Int(bitPattern: flambeau_pointer_of_address(storage))
      return spans.indices.flatMap { step in
        spans[step].filter { $0.start == start }.map { (step: step, span: $0) }
      }
    }
    for uses in uses.sorted(by: { ($0.first?.step ?? 0) < ($1.first?.step ?? 0) }) {
      // The first step must write all of it, without reading it.
      guard let first = uses.first, first.span.operand == 0, !first.span.isOne,
        !uses.contains(where: { $0.step == first.step && $0.span.operand > 0 }),
        let slot = lastUse.firstIndex(where: { $0 < first.step })
      else { continue }
      lastUse[slot] = uses.last!.step
      for (step, span) in uses { steps[step].set(slot: slot, of: span.operand) }
    }
  }
}

extension CUDABackend {
  /// Postpones an element-wise operation, of which the first view is the result: whether it can be
  /// part of a chain.
  func postpones(
    _ kind: Int, _ operation: UInt8, _ element: DType, _ views: [StridedView], _ p: Double = 0,
    _ q: Double = 0
  ) -> Bool {
    guard flambeau_is_fusing() else { return false }
    let count = views[0].layout.numel
    guard count > 0,
      views.allSatisfy({ $0.isCPUScalar || $0.layout.isContiguous || $0.isOneNumber })
    else { return false }
    if views.contains(where: \.isCPUScalar) { flambeau_run_postponed_on_cpu() }
    var step = FusedStep()
    (step.kind, step.operation, step.p, step.q) = (Int32(kind), Int32(operation), p, q)
    var spans: [PostponedChain.Span] = []
    for (place, view) in views.enumerated() {
      let isOne = count > 1 && view.isOneNumber
      step.set(view, isOne: isOne, of: place)
      guard !view.isCPUScalar else { continue }
      let start = Int(bitPattern: view.ownPointer)
      spans.append(
        PostponedChain.Span(
          operand: place, start: start, end: start + (isOne ? 1 : count) * view.dtype.itemSize,
          isOne: isOne))
    }
    if PostponedChain.current?.accepts(spans, on: gpu, element, count: count) != true {
      flambeau_run_if_postponed()
      PostponedChain(gpu, element, count: count).postpone()
    }
    PostponedChain.current!.append(step, spans, views)
    return true
  }
}

extension FusedStep {
  /// Changes an operand.
  private mutating func change(_ place: Int, _ body: (inout FusedOperand) -> Void) {
    withUnsafeMutableBytes(of: &operands) {
      body(&$0.assumingMemoryBound(to: FusedOperand.self)[place])
    }
  }

  fileprivate mutating func set(_ view: StridedView, isOne: Bool, of place: Int) {
    change(place) { operand in
      operand.slot = -1
      operand.stride = isOne ? 0 : 1
      guard view.isCPUScalar else {
        operand.data = view.ownPointer
        return
      }
      withUnsafeMutableBytes(of: &operand.number) {
        $0.baseAddress!.copyMemory(from: view.ownPointer, byteCount: view.dtype.itemSize)
      }
    }
  }

  fileprivate mutating func set(slot: Int, of place: Int) {
    change(place) { $0.slot = Int32(slot) }
  }
}

extension StridedView {
  /// Whether all elements are the same one.
  fileprivate var isOneNumber: Bool {
    zip(layout.shape, layout.strides).allSatisfy { $0 == 1 || $1 == 0 }
  }
}
