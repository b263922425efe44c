import Devices
import Foundation
import Testing

/// The counts are those of the whole process, so these tests run one after the other.
@Suite(.serialized) struct MemoryTests {
  @Test(arguments: [0, 1, 63, 64, 65, 1000, 4096, 70_000, 1_000_000, 12_345_678])
  func blocksAreAlignedAndTheirOwn(size: Int) {
    let a = Storage.make(byteCount: size, device: .cpu)
    let b = Storage.make(byteCount: size, device: .cpu)
    #expect(UInt(bitPattern: a.pointer) % 64 == 0)
    memset(a.pointer, 1, size)
    memset(b.pointer, 2, size)
    let first = UnsafeRawBufferPointer(start: a.pointer, count: size)
    #expect(first.allSatisfy { $0 == 1 })
  }

  @Test func freedBlocksAreUsedAgain() {
    let size = 3_000_000
    var storage: Storage? = Storage.make(byteCount: size, device: .cpu)
    let address = storage!.pointer
    storage = nil
    let cached = CPU.memoryCached
    #expect(cached >= size)
    let again = Storage.make(byteCount: size, device: .cpu)
    #expect(again.pointer == address)
    CPU.emptyCache()
    #expect(again.byteCount == size)
  }

  @Test func manyThreadsShareTheAllocator() async {
    await withTaskGroup(of: Bool.self) { group in
      for task in 0..<32 {
        group.addTask {
          var kept: [Storage] = []
          for step in 0..<500 {
            let storage = Storage.make(byteCount: (step * 37 + task) % 100_000 + 8, device: .cpu)
            storage.pointer.storeBytes(of: task * 1000 + step, as: Int.self)
            kept.append(storage)
            if kept.count > 20 { kept.removeFirst() }
          }
          return kept.enumerated().allSatisfy { index, storage in
            storage.pointer.load(as: Int.self) == task * 1000 + 500 - kept.count + index
          }
        }
      }
      for await isIntact in group { #expect(isIntact) }
    }
  }
}
