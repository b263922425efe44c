/// Calls `body` with memory of undefined contents on the CPU, aligned to 64 bytes.
func withWorkspace<Result>(
  byteCount: Int, _ body: (UnsafeMutableRawPointer) -> Result
) -> Result {
  let memory = StridedView(
    empty: Layout(contiguous: [byteCount]), dtype: .uint8, device: .cpu)
  // The last use of the view is to get its pointer, after which it could be freed.
  return withExtendedLifetime(memory) { body(memory.pointer) }
}

/// A number of bytes rounded up to whole cache lines.
func aligned(_ byteCount: Int) -> Int { (byteCount + 63) / 64 * 64 }
