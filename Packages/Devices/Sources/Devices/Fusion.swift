import CKernels

/// Runs the element-wise operations of `body` together: all of them on one block of elements, while
/// it is in the cache, before the next block, as one kernel that `torch.compile` makes of them.
///
///     let loss = fused { ((x * 2 + 1).tanh() - y).square().mean() }
///
/// What is computed and recorded stays the same to the last bit; only the memory traffic is less.
/// On the CPU, operations on large tensors of one shape take part, with operands that are
/// contiguous, broadcast along rows or columns, or scalars, and sums, means and other reductions of
/// rows or of everything at the end. On NVIDIA's GPUs, operations on contiguous tensors of one
/// shape and dtype, and scalars, become one kernel. Anything else in `body`, such as a product or
/// reading a number, runs what came before, and goes on by itself. Losses and the derivatives of
/// `backward()` run so without being told, unless these are recorded themselves.
public func fused<Result>(_ body: () throws -> Result) rethrows -> Result {
  flambeau_begin_fusion()
  defer { flambeau_end_fusion() }
  return try body()
}
