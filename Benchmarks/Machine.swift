import Tensors

/// What the machine does at best, measured in the same run.
final class Machine {
  private let device: Device
  private let peer: Peer
  private var copies: [[Int]: Double] = [:]
  private var products: [Int: Double] = [:]

  init(device: Device, peer: Peer) {
    self.device = device
    self.peer = peer
  }

  /// The least time that a workload can take with the current number of threads, in seconds.
  func leastTime(for cost: Cost) throws -> Double {
    switch cost {
    case .bytes(let bytes): copyTime(bytes())
    case .operations(let count): try count / productRate()
    }
  }

  /// The time of a copy that reads and writes as many bytes in total, so that caches hold as much
  /// of it.
  private func copyTime(_ bytes: Int) -> Double {
    let elements = max(1, bytes / 8)
    if let known = copies[[elements, numThreads]] { return known }
    let (x, y) = (Tensor.ones([elements], device: device), Tensor.ones([elements], device: device))
    let time = Timing.least(rounds: 3) { count in
      Timing.seconds {
        for _ in 0..<count { y.copy(from: x) }
        use(y[0].item())
      }
    }
    copies[[elements, numThreads]] = time
    return time
  }

  /// The operations per second of the faster library's product of large matrices.
  private func productRate() throws -> Double {
    if let known = products[numThreads] { return known }
    let group = Group.all.first { $0.name == "products" }!
    let product = group.workloads.first { $0.name == "matmul, 2048²" }!
    guard case .operations(let operations) = product.cost else { fatalError("no operations") }
    let work = product.prepare(device)
    let times = try Timing.alternately(rounds: 3) { count in
      Timing.seconds { use(work(count)) }
    } _: { count in
      try peer.run(product, of: group, count: count, fresh: false).seconds
    }
    let rate = operations / min(times.ours, times.theirs)
    products[numThreads] = rate
    return rate
  }
}
