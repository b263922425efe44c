import Tensors

extension BatchSource {
  /// The same batches in page-locked memory, which their makers copy them to.
  var pinned: BatchSource {
    BatchSource(count: count, generator: generator) { cancellation in
      let jobs = try begin(cancellation)
      return ExampleIterator {
        try jobs.next().map { job in { DataPipes.pinned(try job()) } }
      }
    }
  }
}

/// A batch whose tensors lie in page-locked memory, where it is made of tensors, and of tuples,
/// arrays and dictionaries of them; what else there is stays as it is, as in PyTorch.
private func pinned<Batch>(_ batch: Batch) -> Batch {
  switch batch {
  case let x as Tensor: x.pinMemory() as! Batch
  case let x as [String: Any]: x.mapValues(pinned) as! Batch
  case let x as [Any]: x.map(pinned) as! Batch
  case let (a, b) as (Any, Any): (pinned(a), pinned(b)) as! Batch
  case let (a, b, c) as (Any, Any, Any): (pinned(a), pinned(b), pinned(c)) as! Batch
  case let (a, b, c, d) as (Any, Any, Any, Any):
    (pinned(a), pinned(b), pinned(c), pinned(d)) as! Batch
  default: batch
  }
}
