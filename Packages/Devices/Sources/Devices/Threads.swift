import CKernels

/// The number of threads that CPU kernels and matrix products use, from 1 to 256:
/// `torch.get_num_threads()` and `torch.set_num_threads(_:)`. Initially the value of the
/// environment variable `FLAMBEAU_NUM_THREADS`, or else the number of processors.
public var numThreads: Int {
  get { Int(flambeau_thread_count()) }
  set {
    guard (1...256).contains(newValue) else {
      fatalError("numThreads: \(newValue); it must be from 1 to 256")
    }
    flambeau_set_thread_count(Int32(newValue))
  }
}
