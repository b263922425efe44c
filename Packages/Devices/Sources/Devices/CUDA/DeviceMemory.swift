import CCUDA
import Foundation
import Synchronization

/// A GPU's memory: blocks of it are kept when they are let go of, and handed out again without asking the
/// driver, which would wait for all that runs.
///
/// A block belongs to a stream. Work on a stream runs in order, so that what is let go of can be handed out
/// again on the same stream at once, while the GPU still works with it. Where other streams use a block, it
/// waits until they have passed. After PyTorch's `CUDACachingAllocator`.
final class DeviceMemory: Sendable {
  let index: Int
  private let driver: CUDADriver
  /// Whether blocks are kept. Where they are not, each is the driver's own.
  let isCaching: Bool
  private let state = Mutex(State())

  // Streams and events are the driver's, which takes them from any thread.
  private struct State: @unchecked Sendable {
    var free: [MemoryPool: FreeBlocks] = [:]
    /// Blocks that other streams have still to pass.
    var waiting: [(block: MemoryBlock, events: [CUevent])] = []
    /// The pools of streams whose work is being captured, by stream.
    var capturing: [UInt: MemoryPool] = [:]
    /// Graphs that are gone, whose last blocks go to the driver.
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

  /// A block for a stream. The GPU must be the thread's current one.
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

  /// Takes a block back.
  func free(_ block: MemoryBlock) {
    withState { state in
      state.statistics.allocated -= block.size
      if block.users.isEmpty { return giveBack(block, &state) }
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

  /// Notes that a stream which is not the block's own uses it.
  func use(_ block: MemoryBlock, on stream: CUstream) {
    guard block.stream != stream else { return }
    withState { _ in
      if !block.users.contains(stream) { block.users.append(stream) }
    }
  }

  /// Gives back to the driver what is not in use.
  func emptyCache() {
    withState { emptyCache(&$0) }
  }

  /// Between these, what a stream allocates is kept for a graph alone.
  func beginCapture(_ stream: CUstream, graph: UInt) {
    withState { $0.capturing[stream.id] = MemoryPool(stream: stream.id, graph: graph) }
  }

  func endCapture(_ stream: CUstream) {
    withState { $0.capturing[stream.id] = nil }
  }

  /// A graph's memory goes to the driver as its last blocks are let go of.
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

  /// Memory of the driver's. Where there is none, the cache is emptied and the driver asked again.
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

  /// A block's first bytes; what is left of it stays free.
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

  private func giveBack(_ block: MemoryBlock, _ state: inout State) {
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

  // MARK: Giving back

  /// Takes back the blocks that other streams have passed.
  private func collectPassed(_ state: inout State, waits: Bool = false) {
    // Nothing may be asked while work is captured.
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
      giveBack(block, &state)
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
    // A failure of work that runs is told by the next call that waits for it.
    _ = driver.cuMemFree(block.pointer)
  }
}

/// Whose blocks these are: a stream's, or a graph's that was captured on it.
struct MemoryPool: Hashable {
  let stream: UInt
  let graph: UInt?
}

/// A part of a segment of a GPU's memory.
// Its fields change under the lock of the memory that it belongs to.
final class MemoryBlock: @unchecked Sendable {
  let pointer: CUdeviceptr
  fileprivate(set) var size: Int
  let pool: MemoryPool
  /// The stream whose work may use it as it likes.
  let stream: CUstream
  fileprivate var isFree = false
  fileprivate var isSmall: Bool
  /// Other streams that use it.
  fileprivate var users: [CUstream] = []
  /// The neighbours in the segment. The next one lives until it is joined to this one, since a tensor or the list
  /// of free blocks has it; a weak reference would make each block slower.
  fileprivate var previous: MemoryBlock?
  fileprivate unowned(unsafe) var next: MemoryBlock?
  /// Whether it is all of a segment.
  fileprivate var isSegment: Bool { previous == nil && next == nil }

  fileprivate init(pointer: CUdeviceptr, size: Int, pool: MemoryPool, stream: CUstream) {
    (self.pointer, self.size, self.pool, self.stream) = (pointer, size, pool, stream)
    isSmall = size <= MemorySizes.smallSegment
  }
}

/// Free blocks of a pool, the smallest first, and those of small segments apart from others.
private struct FreeBlocks {
  private var small: [MemoryBlock] = []
  private var large: [MemoryBlock] = []

  /// The place of the first block that has so many bytes.
  private static func place(of size: Int, in blocks: [MemoryBlock]) -> Int {
    var (low, high) = (0, blocks.count)
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].size < size { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Takes out the smallest block with so many bytes, if there is one.
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

  /// Takes out the blocks that are whole segments.
  mutating func takeSegments() -> [MemoryBlock] {
    defer {
      small.removeAll(where: \.isSegment)
      large.removeAll(where: \.isSegment)
    }
    return (small + large).filter(\.isSegment)
  }
}

/// How large blocks and segments are.
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

/// Bytes of a GPU's memory.
struct MemoryInUse {
  /// In use by tensors, and the most that ever were.
  var allocated = 0
  var peak = 0
  /// Taken from the driver.
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
