import Devices
import Testing

@Test func contiguousLayouts() {
  let layout = Layout(contiguous: [2, 3, 4])
  #expect(layout.strides == [12, 4, 1])
  #expect(layout.numel == 24 && layout.isContiguous && layout.rank == 3)
  #expect(Layout(contiguous: []).numel == 1)
  #expect(Layout(contiguous: [2, 0, 3]).numel == 0)
  #expect(Layout(contiguous: [2, 0, 3]).strides == [3, 3, 1])
}

@Test func contiguityIgnoresDimsOfSizeOne() {
  #expect(Layout(shape: [1, 3], strides: [99, 1], offset: 0).isContiguous)
  #expect(!Layout(shape: [2, 3], strides: [1, 2], offset: 0).isContiguous)
  #expect(Layout(shape: [2, 0], strides: [5, 7], offset: 0).isContiguous)
}

@Test func broadcastShapes() {
  #expect(Layout.broadcastShape([2, 3], [3]) == [2, 3])
  #expect(Layout.broadcastShape([2, 1], [1, 3]) == [2, 3])
  #expect(Layout.broadcastShape([], [4]) == [4])
  #expect(Layout.broadcastShape([0], [1]) == [0])
  #expect(Layout.broadcastShape([2], [3]) == nil)
  #expect(Layout.broadcastShape([0], [2]) == nil)
}

@Test func broadcastLayoutsRepeatWithStrideZero() {
  let layout = Layout(contiguous: [3, 1])
  #expect(layout.broadcast(to: [2, 3, 4])?.strides == [0, 1, 0])
  #expect(layout.broadcast(to: [2, 4]) == nil)
  #expect(layout.broadcast(to: [3]) == nil)
}

/// Every view of 24 elements, with gaps or without, in another shape, checked against memory.
@Test(arguments: [
  Layout(contiguous: [2, 3, 4]), Layout(shape: [4, 6], strides: [1, 4], offset: 0),
  Layout(shape: [2, 3, 4], strides: [24, 8, 2], offset: 1),
  Layout(shape: [2, 3, 4], strides: [100, 4, 1], offset: 5),
  Layout(shape: [2, 1, 3, 1, 4], strides: [12, 7, 4, 9, 1], offset: 0),
  Layout(shape: [3, 2, 4], strides: [0, 4, 1], offset: 0),
])
func viewsFollowMemory(layout: Layout) {
  func offsets(_ layout: Layout) -> [Int] {
    var result = [layout.offset]
    for (size, stride) in zip(layout.shape, layout.strides) {
      result = result.flatMap { start in (0..<size).map { start + $0 * stride } }
    }
    return result
  }
  let shapes = [
    [24], [2, 12], [6, 4], [4, 6], [2, 3, 4], [3, 8], [2, 3, 2, 2], [1, 24, 1], [8, 3], [2, 1, 12],
  ]
  for shape in shapes {
    if let view = layout.view(as: shape) {
      #expect(offsets(view) == offsets(layout), "\(layout.shape) \(layout.strides) as \(shape)")
    } else {
      // No strides describe it: some element is not where the strides of the first row lead.
      let order = offsets(layout)
      var strides = [Int](repeating: 0, count: shape.count)
      var step = 1
      for dim in shape.indices.reversed() {
        if shape[dim] > 1 { strides[dim] = order[step] - order[0] }
        step *= shape[dim]
      }
      let guess = Layout(shape: shape, strides: strides, offset: layout.offset)
      #expect(offsets(guess) != order, "\(layout.shape) \(layout.strides) as \(shape)")
    }
  }
  #expect(layout.view(as: layout.shape) != nil)
}

extension Layout: CustomTestStringConvertible {
  public var testDescription: String { "\(shape) \(strides)" }
}
