import CKernels

/// Runs the element-wise operations of `body` together: all of them on one block of elements, while
/// it is in the cache, before the next block, as one kernel that `torch.compile` makes of them.
///
///     let y = fused { (x * 2 + 1).tanh() * x }
///
/// What is computed and recorded stays the same to the last bit; only the memory traffic is less.
/// Operations on large tensors of one shape without gaps, and scalars, take part. Anything else in
/// `body`, such as a product or reading a number, runs what came before, and goes on by itself, as
/// does all that runs on other devices than the CPU. Derivatives that are written in tensor
/// operations run so, too, unless they are recorded themselves.
public func fused<Result>(_ body: () throws -> Result) rethrows -> Result {
  flambeau_begin_fusion()
  defer { flambeau_end_fusion() }
  return try body()
}
