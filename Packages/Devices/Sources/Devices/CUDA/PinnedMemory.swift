import CCUDA
import Foundation
import Synchronization

/// The cache of page-locked host memory, which a GPU reads and writes asynchronously. Freed blocks
/// are kept, since locking pages is slow.
final class PinnedMemory: Sendable {
  private let free = Mutex<[PinnedBlock]>([])

  /// A block that no copy is using, with a size rounded up to a power of two.
  fileprivate func take(_ byteCount: Int, _ gpu: GPU) -> PinnedBlock {
    let size = max(byteCount, 4096).nextPowerOfTwo
    let kept = free.withLock { free -> PinnedBlock? in
      free.firstIndex { $0.size == size && $0.isDone }.map { free.remove(at: $0) }
    }
    if let kept { return kept }
    gpu.activate()
    var pointer: UnsafeMutableRawPointer?
    gpu.check(gpu.driver.cuMemHostAlloc(&pointer, size, 0), "cuMemHostAlloc")
    return PinnedBlock(pointer: pointer!, size: size)
  }

  fileprivate func recycle(_ block: PinnedBlock) {
    free.withLock { $0.append(block) }
  }

  /// Records that copies queued so far on the current stream use a storage's block, if it is
  /// pinned.
  static func use(_ storage: Storage, on gpu: GPU) {
    guard isPinned(storage) else { return }
    let owner = Unmanaged<PinnedOwner>.fromOpaque(flambeau_memory_owner(storage))
      .takeUnretainedValue()
    let event = CUDA.Event(gpu.device)
    event.record()
    owner.block.add(event)
  }

  /// Whether a storage is in page-locked memory.
  static func isPinned(_ storage: Storage) -> Bool {
    storage.device == .cpu && flambeau_is_wrapped(storage)
      && Unmanaged<AnyObject>.fromOpaque(flambeau_memory_owner(storage)).takeUnretainedValue()
        is PinnedOwner
  }
}

extension GPU {
  /// Allocates a CPU storage in page-locked memory.
  func makePinnedStorage(byteCount: Int) -> Storage {
    let block = pinned.take(byteCount, self)
    let owner = Unmanaged.passRetained(PinnedOwner(block, pinned)).toOpaque()
    return flambeau_wrap_memory(block.pointer, byteCount, .cpu, owner) { owner in
      let owner = Unmanaged<PinnedOwner>.fromOpaque(owner).takeRetainedValue()
      owner.memory.recycle(owner.block)
    }
  }
}

/// A block of memory, with the copies that still use it.
// Only the holder of the block accesses the memory.
private final class PinnedBlock: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
  let size: Int
  private let users = Mutex<[CUDA.Event]>([])

  init(pointer: UnsafeMutableRawPointer, size: Int) { (self.pointer, self.size) = (pointer, size) }

  func add(_ user: CUDA.Event) {
    users.withLock { users in
      users.removeAll { $0.isDone }
      users.append(user)
    }
  }

  var isDone: Bool {
    users.withLock { users in
      users.removeAll { $0.isDone }
      return users.isEmpty
    }
  }
}

private final class PinnedOwner {
  let block: PinnedBlock
  let memory: PinnedMemory

  init(_ block: PinnedBlock, _ memory: PinnedMemory) { (self.block, self.memory) = (block, memory) }
}

extension Int {
  fileprivate var nextPowerOfTwo: Int {
    self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
  }
}
