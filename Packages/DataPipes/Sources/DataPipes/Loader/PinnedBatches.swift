import Tensors

extension BatchSource {
  /// The same batches in page-locked memory, to which each job copies its batch.
  var pinned: BatchSource {
    BatchSource(count: count, generator: generator) { cancellation in
      let jobs = try begin(cancellation)
      return ExampleIterator {
        try jobs.next().map { job in { DataPipes.pinned(try job()) } }
      }
    }
  }
}

/// Copies the tensors of a batch to page-locked memory, also those in tuples, arrays and
/// dictionaries; other values are unchanged, as in PyTorch.
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
