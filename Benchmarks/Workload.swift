import Tensors

/// A workload that Flambeau runs, and a peer too, under the same name in peer_workloads.
struct Workload: Sendable {
  /// A function that runs the workload `count` times, and returns some numbers of the last result.
  typealias Work = (_ count: Int) -> [Double]

  let name: String
  /// The maximum difference of the results, relative to the larger.
  let tolerance: Double
  /// Whether the workload can run on other devices than the CPU.
  let isForAnyDevice: Bool
  /// The least that any implementation must do, if that says something about the time.
  let cost: Cost?
  /// Prepares the workload on a device. Random numbers are drawn on the CPU, where they match the
  /// peer's.
  let prepare: @Sendable (Device) -> Work

  /// Creates a workload for any device.
  init(
    _ name: String, tolerance: Double, cost: Cost? = nil,
    onDevice prepare: @escaping @Sendable (Device) -> Work
  ) {
    self.name = name
    self.tolerance = tolerance
    self.cost = cost
    isForAnyDevice = true
    self.prepare = prepare
  }

  /// Creates a workload for the CPU.
  init(name: String, tolerance: Double, prepare: @escaping @Sendable () -> Work) {
    self.name = name
    self.tolerance = tolerance
    cost = nil
    isForAnyDevice = false
    self.prepare = { _ in prepare() }
  }
}

/// What a workload must do, which the machine's own speed at it gives the least time for.
enum Cost: Sendable {
  /// The bytes of inputs and outputs, each of which passes through memory once.
  case bytes(@Sendable () -> Int)
  /// Multiplications and additions of floating-point numbers.
  case operations(Double)
}

/// Workloads of one kind: a file in Workloads, and one in peer_workloads.
struct Group: Sendable {
  let name: String
  let workloads: [Workload]

  static let all = [
    Group(name: "scalars", workloads: Workload.scalars),
    Group(name: "dispatch", workloads: Workload.dispatch),
    Group(name: "functions", workloads: Workload.functions),
    Group(name: "reductions", workloads: Workload.reductions),
    Group(name: "normalizations", workloads: Workload.normalizations),
    Group(name: "convolutions", workloads: Workload.convolutions),
    Group(name: "products", workloads: Workload.products),
    Group(name: "order", workloads: Workload.order),
    Group(name: "indexing", workloads: Workload.indexing),
    Group(name: "random", workloads: Workload.random),
    Group(name: "attention", workloads: Workload.attention),
    Group(name: "losses", workloads: Workload.losses),
    Group(name: "derivatives", workloads: Workload.derivatives),
    Group(name: "steps", workloads: Workload.steps),
    Group(name: "loading", workloads: Workload.loading),
    Group(name: "saving", workloads: Workload.saving),
  ]
}

/// Prevents a result from being optimized away.
@inline(never)
func use<Result>(_ result: borrowing Result) {}
