import CCUDA
import CUDAKernels

// Kernel launches: parameters and grid sizes.

extension GPU {
  /// Launches a kernel with one thread for each of `count` elements, or with fewer threads that
  /// handle several each.
  func launch<each Parameter>(
    _ kernel: KernelFunction, over count: Int, _ parameters: repeat each Parameter
  ) {
    guard count > 0 else { return }
    let blocks = (count - 1) / Int(LAUNCH_BLOCK) + 1
    launch(kernel, blocks: min(blocks, 16 * multiprocessorCount), repeat each parameters)
  }

  /// Launches a kernel on a grid of blocks × parts.
  func launch<each Parameter>(
    _ kernel: KernelFunction, blocks: Int, parts: Int = 1, _ parameters: repeat each Parameter
  ) {
    guard blocks > 0, parts > 0 else { return }
    var size = 0
    var count = 0
    for parameter in repeat each parameters {
      size = Self.aligned(size) + MemoryLayout.size(ofValue: parameter)
      count += 1
    }
    withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { bytes in
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: count) {
        pointers in
        var (offset, place) = (0, 0)
        for parameter in repeat each parameters {
          offset = Self.aligned(offset)
          let target = bytes.baseAddress! + offset
          withUnsafeBytes(of: parameter) {
            target.copyMemory(from: $0.baseAddress!, byteCount: $0.count)
          }
          pointers.initializeElement(at: place, to: target)
          offset += MemoryLayout.size(ofValue: parameter)
          place += 1
        }
        launch(
          kernel, grid: (min(blocks, Int(Int32.max)), parts), pointers.baseAddress!)
      }
    }
  }

  private static func aligned(_ offset: Int) -> Int { (offset + 15) / 16 * 16 }
}

extension Walk {
  /// Creates a walk over views of the same shape.
  init(_ views: [StridedView], shape: [Int]) {
    self.init(views, shape: shape, strides: views.map(\.layout.strides))
  }

  /// Creates a walk over views with explicit strides.
  init(_ views: [StridedView], shape: [Int], strides: [[Int]]) {
    self.init()
    guard prepare(shape, strides) else {
      fatalError(
        "on a GPU, a kernel takes at most \(LAUNCH_MAX_RANK) dims that cannot be merged; shape "
          + "\(shape)")
    }
    withUnsafeMutableBytes(of: &data) { data in
      for (place, view) in views.enumerated() where !view.isCPUScalar {
        data.storeBytes(
          of: UnsafeMutableRawPointer?.some(view.pointer), toByteOffset: 8 * place,
          as: UnsafeMutableRawPointer?.self)
      }
    }
    withUnsafeMutableBytes(of: &numbers) { numbers in
      for (place, view) in views.enumerated() where view.isCPUScalar {
        numbers.baseAddress!.advanced(by: 8 * place)
          .copyMemory(from: view.pointer, byteCount: view.dtype.itemSize)
      }
    }
  }

  private mutating func prepare(_ shape: [Int], _ strides: [[Int]]) -> Bool {
    let (count, rank) = (strides.count, shape.count)
    return withUnsafeTemporaryAllocation(of: Int.self, capacity: max(count * rank, 1)) { numbers in
      withUnsafeTemporaryAllocation(of: UnsafePointer<Int>.self, capacity: count) { rows in
        for (place, own) in strides.enumerated() {
          let row = numbers.baseAddress! + place * rank
          for dim in 0..<rank { row[dim] = own[dim] }
          rows.initializeElement(at: place, to: row)
        }
        return flambeau_make_walk(&self, count, rank, shape, rows.baseAddress!)
      }
    }
  }
}

extension Extents {
  init(shape: [Int], strides: [Int]) {
    self.init()
    guard flambeau_make_extents(&self, shape.count, shape, strides) else {
      fatalError(
        "on a GPU, a kernel takes at most \(LAUNCH_MAX_RANK) dims that cannot be merged; shape "
          + "\(shape)")
    }
  }
}
