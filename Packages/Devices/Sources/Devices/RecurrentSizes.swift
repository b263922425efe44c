/// The sizes of a recurrence, and the addresses of its rows.
struct RecurrentSizes {
  let length: Int
  let batch: Int
  let size: Int
  private let itemSize: Int

  /// - Parameters:
  ///   - gates: [length, batch, …].
  ///   - state: [batch, size].
  init(_ gates: StridedView, _ state: StridedView) {
    length = gates.layout.shape[0]
    (batch, size) = (state.layout.shape[0], state.layout.shape[1])
    itemSize = gates.dtype.itemSize
  }

  /// The address of a row of the batch in a stack of matrices [batch, width · size].
  func row(
    _ view: StridedView, _ index: Int, _ row: Int = 0, width: Int = 1
  ) -> UnsafeMutableRawPointer {
    view.pointer + (index * batch + row) * width * size * itemSize
  }
}
