import CCUDA
import Foundation
import Synchronization

/// The caching allocator of a GPU's memory: freed blocks are kept and reused without calling the
/// driver, which would synchronize.
///
/// A block belongs to a stream. Work on a stream runs in order, so a freed block can be reused at
/// once on the same stream, while the GPU still works with it. If other streams use a block, it is
/// reused only after their work so far is done. After PyTorch's `CUDACachingAllocator`.
final class DeviceMemory: Sendable {
  let index: Int
  private let driver: CUDADriver
  /// Whether freed blocks are cached. If not, each block is an allocation of the driver's.
  let isCaching: Bool
  private let state = Mutex(State())

  // The driver accepts its streams and events from any thread.
  private struct State: @unchecked Sendable {
    var free: [MemoryPool: FreeBlocks] = [:]
    /// Freed blocks that other streams may still be using, with events that mark the end of their
    /// work.
    var waiting: [(block: MemoryBlock, events: [CUevent])] = []
    /// The pools of streams with a capture in progress, by stream.
    var capturing: [UInt: MemoryPool] = [:]
    /// Graphs that were destroyed, whose remaining blocks go to the driver when they are freed.
    var released: Set<UInt> = []
    var statistics = MemoryInUse()
  }

  init(index: Int, driver: CUDADriver, isCaching: Bool) {
    self.index = index
    self.driver = driver
    self.isCaching = isCaching
  }

  private func withState<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
    state.withLock { body(&$0) }
  }

  var statistics: MemoryInUse { withState { $0.statistics } }

  func resetPeak() { withState { $0.statistics.peak = $0.statistics.allocated } }

  /// Allocates a block for a stream. The GPU must be the thread's current one.
  func allocate(_ size: Int, stream: CUstream) -> MemoryBlock {
    withState { state in
      let pool = state.capturing[stream.id] ?? MemoryPool(stream: stream.id, graph: nil)
      collectPassed(&state)
      let block =
        isCaching || pool.graph != nil
        ? cached(size, pool: pool, stream: stream, &state)
        : segment(size: max(size, 1), pool: pool, stream: stream, asked: size, &state)
      block.isFree = false
      state.statistics.add(block.size)
      return block
    }
  }

  /// Frees a block.
  func free(_ block: MemoryBlock) {
    withState { state in
      state.statistics.allocated -= block.size
      if block.users.isEmpty { return recycle(block, &state) }
      let events = block.users.map { stream in
        var event: CUevent?
        _ = driver.cuEventCreate(&event, UInt32(CU_EVENT_DISABLE_TIMING))
        _ = driver.cuEventRecord(event, stream)
        return event!
      }
      block.users = []
      state.waiting.append((block, events))
    }
  }

  /// Records that a stream uses a block, if it is not the block's own stream.
  func use(_ block: MemoryBlock, on stream: CUstream) {
    guard block.stream != stream else { return }
    withState { _ in
      if !block.users.contains(stream) { block.users.append(stream) }
    }
  }

  /// Returns unused memory to the driver.
  func emptyCache() {
    withState { emptyCache(&$0) }
  }

  /// Until `endCapture`, allocations of the stream come from a pool of the graph's own.
  func beginCapture(_ stream: CUstream, graph: UInt) {
    withState { $0.capturing[stream.id] = MemoryPool(stream: stream.id, graph: graph) }
  }

  func endCapture(_ stream: CUstream) {
    withState { $0.capturing[stream.id] = nil }
  }

  /// Returns a graph's memory to the driver, as its last blocks are freed.
  func release(graph: UInt) {
    withState { state in
      state.released.insert(graph)
      for pool in state.free.keys where pool.graph == graph {
        freeSegments(of: pool, &state)
      }
    }
  }

  // MARK: Blocks

  private func cached(
    _ size: Int, pool: MemoryPool, stream: CUstream, _ state: inout State
  ) -> MemoryBlock {
    let wanted = MemorySizes.rounded(size)
    if let block = state.free[pool]?.take(wanted, isSmall: MemorySizes.isSmall(wanted)) {
      return split(block, at: wanted, &state)
    }
    let block = segment(
      size: MemorySizes.segment(for: wanted), pool: pool, stream: stream, asked: size, &state)
    return split(block, at: wanted, &state)
  }

  /// Allocates a segment from the driver; if that fails, empties the cache and retries.
  private func segment(
    size: Int, pool: MemoryPool, stream: CUstream, asked: Int, _ state: inout State
  ) -> MemoryBlock {
    var pointer: CUdeviceptr = 0
    var result = driver.cuMemAlloc(&pointer, size)
    if result == CUDA_ERROR_OUT_OF_MEMORY {
      emptyCache(&state)
      result = driver.cuMemAlloc(&pointer, size)
    }
    if result == CUDA_ERROR_OUT_OF_MEMORY {
      fatalError(outOfMemory(asked, state.statistics))
    }
    guard result == 0 else {
      fatalError("cuda:\(index): cuMemAlloc: \(describeDriverError(result, driver))")
    }
    state.statistics.reserved += size
    return MemoryBlock(pointer: pointer, size: size, pool: pool, stream: stream)
  }

  private func outOfMemory(_ asked: Int, _ statistics: MemoryInUse) -> String {
    var (free, total) = (0, 0)
    _ = driver.cuMemGetInfo(&free, &total)
    return DeviceError.outOfMemory(
      .cuda(index), asked: asked, inUse: statistics.allocated, reserved: statistics.reserved,
      total: total
    ).localizedDescription
  }

  /// Splits a block, and keeps the rest as a free block.
  private func split(_ block: MemoryBlock, at size: Int, _ state: inout State) -> MemoryBlock {
    let rest = block.size - size
    guard rest >= (block.isSmall ? MemorySizes.unit : MemorySizes.largestSmall + 1) else {
      return block
    }
    let other = MemoryBlock(
      pointer: block.pointer + UInt64(size), size: rest, pool: block.pool, stream: block.stream)
    other.isSmall = block.isSmall
    (other.previous, other.next) = (block, block.next)
    other.next?.previous = other
    block.next = other
    block.size = size
    insert(other, &state)
    return block
  }

  private func recycle(_ block: MemoryBlock, _ state: inout State) {
    guard isCaching || block.pool.graph != nil else { return freeSegment(block, &state) }
    if let next = block.next, next.isFree {
      remove(next, &state)
      block.size += next.size
      block.next = next.next
      next.next?.previous = block
    }
    if let previous = block.previous, previous.isFree {
      remove(previous, &state)
      previous.size += block.size
      previous.next = block.next
      block.next?.previous = previous
      return keep(previous, &state)
    }
    keep(block, &state)
  }

  private func keep(_ block: MemoryBlock, _ state: inout State) {
    if block.isSegment, let graph = block.pool.graph, state.released.contains(graph) {
      freeSegment(block, &state)
    } else {
      insert(block, &state)
    }
  }

  private func insert(_ block: MemoryBlock, _ state: inout State) {
    block.isFree = true
    state.free[block.pool, default: FreeBlocks()].insert(block)
  }

  private func remove(_ block: MemoryBlock, _ state: inout State) {
    state.free[block.pool]?.remove(block)
  }

  // MARK: Freeing

  /// Frees the waiting blocks that other streams no longer use.
  private func collectPassed(_ state: inout State, waits: Bool = false) {
    // Events must not be queried during a capture.
    guard state.capturing.isEmpty else { return }
    let all = state.waiting
    state.waiting = []
    for (block, events) in all {
      let hasPassed = events.allSatisfy {
        waits ? driver.cuEventSynchronize($0) == 0 : driver.cuEventQuery($0) == 0
      }
      guard hasPassed else {
        state.waiting.append((block, events))
        continue
      }
      events.forEach { _ = driver.cuEventDestroy($0) }
      recycle(block, &state)
    }
  }

  private func emptyCache(_ state: inout State) {
    _ = driver.cuCtxSynchronize()
    collectPassed(&state, waits: true)
    for pool in state.free.keys where pool.graph == nil { freeSegments(of: pool, &state) }
  }

  private func freeSegments(of pool: MemoryPool, _ state: inout State) {
    for block in state.free[pool]?.takeSegments() ?? [] { freeSegment(block, &state) }
  }

  private func freeSegment(_ block: MemoryBlock, _ state: inout State) {
    state.statistics.reserved -= block.size
    // The result may be an error of earlier work, which the next call that waits reports.
    _ = driver.cuMemFree(block.pointer)
  }
}

/// The owner of blocks: a stream, or a graph captured on it.
struct MemoryPool: Hashable {
  let stream: UInt
  let graph: UInt?
}

/// A part of a segment of a GPU's memory.
// Its fields change only under the lock of its `DeviceMemory`.
final class MemoryBlock: @unchecked Sendable {
  let pointer: CUdeviceptr
  fileprivate(set) var size: Int
  let pool: MemoryPool
  /// The stream that it was allocated for, whose use of it is not recorded.
  let stream: CUstream
  fileprivate var isFree = false
  fileprivate var isSmall: Bool
  /// The other streams that use it.
  fileprivate var users: [CUstream] = []
  /// The neighbours in the segment. The next one stays alive until it is merged into this one,
  /// since a tensor or a free list holds it; a weak reference would be slower.
  fileprivate var previous: MemoryBlock?
  fileprivate unowned(unsafe) var next: MemoryBlock?
  /// Whether it is a whole segment.
  fileprivate var isSegment: Bool { previous == nil && next == nil }

  fileprivate init(pointer: CUdeviceptr, size: Int, pool: MemoryPool, stream: CUstream) {
    (self.pointer, self.size, self.pool, self.stream) = (pointer, size, pool, stream)
    isSmall = size <= MemorySizes.smallSegment
  }
}

/// The free blocks of a pool in ascending order of size, with separate lists for blocks of small
/// segments and others.
private struct FreeBlocks {
  private var small: [MemoryBlock] = []
  private var large: [MemoryBlock] = []

  /// The index of the first block with at least this size.
  private static func place(of size: Int, in blocks: [MemoryBlock]) -> Int {
    var (low, high) = (0, blocks.count)
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].size < size { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Removes and returns the smallest block with at least this size, or nil if there is none.
  mutating func take(_ size: Int, isSmall: Bool) -> MemoryBlock? {
    func take(_ blocks: inout [MemoryBlock]) -> MemoryBlock? {
      let place = Self.place(of: size, in: blocks)
      return place < blocks.count ? blocks.remove(at: place) : nil
    }
    return isSmall ? take(&small) : take(&large)
  }

  mutating func insert(_ block: MemoryBlock) {
    func insert(_ blocks: inout [MemoryBlock]) {
      blocks.insert(block, at: Self.place(of: block.size, in: blocks))
    }
    if block.isSmall { insert(&small) } else { insert(&large) }
  }

  mutating func remove(_ block: MemoryBlock) {
    func remove(_ blocks: inout [MemoryBlock]) {
      let first = Self.place(of: block.size, in: blocks)
      if let place = blocks[first...].firstIndex(where: { $0 === block }) {
        blocks.remove(at: place)
      }
    }
    if block.isSmall { remove(&small) } else { remove(&large) }
  }

  /// Removes and returns the blocks that are whole segments.
  mutating func takeSegments() -> [MemoryBlock] {
    defer {
      small.removeAll(where: \.isSegment)
      large.removeAll(where: \.isSegment)
    }
    return (small + large).filter(\.isSegment)
  }
}

/// The sizes of blocks and segments, in bytes.
private enum MemorySizes {
  static let unit = 512
  static let largestSmall = 1 << 20
  static let smallSegment = 2 << 20

  static func rounded(_ size: Int) -> Int { max((size + unit - 1) / unit, 1) * unit }
  static func isSmall(_ size: Int) -> Bool { size <= largestSmall }

  static func segment(for size: Int) -> Int {
    if isSmall(size) { return smallSegment }
    return size < 10 << 20 ? 20 << 20 : (size + smallSegment - 1) / smallSegment * smallSegment
  }
}

/// Statistics of a GPU's memory, in bytes.
struct MemoryInUse {
  /// In use by tensors, and the peak of that.
  var allocated = 0
  var peak = 0
  /// Allocated from the driver.
  var reserved = 0

  mutating func add(_ size: Int) {
    allocated += size
    peak = max(peak, allocated)
  }
}

extension OpaquePointer {
  /// The handle as a number.
  var id: UInt { UInt(bitPattern: self) }
}
