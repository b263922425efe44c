import Tensors

/// A workload that Flambeau runs, and a peer too, under the same name in peers.py.
struct Workload: Sendable {
  /// A function that runs the workload `count` times, and returns the last result.
  typealias Work = (_ count: Int) -> [Double]

  let name: String
  /// The maximum difference of the results, relative to the larger.
  let tolerance: Double
  /// Whether the workload can run on other devices than the CPU.
  let isForAnyDevice: Bool
  /// Prepares the workload on a device. Random numbers are drawn on the CPU, where they match the
  /// peer's.
  let prepare: @Sendable (Device) -> Work

  /// Creates a workload for any device.
  init(
    _ name: String, tolerance: Double, onDevice prepare: @escaping @Sendable (Device) -> Work
  ) {
    self.name = name
    self.tolerance = tolerance
    isForAnyDevice = true
    self.prepare = prepare
  }

  /// Creates a workload for the CPU.
  init(name: String, tolerance: Double, prepare: @escaping @Sendable () -> Work) {
    self.name = name
    self.tolerance = tolerance
    isForAnyDevice = false
    self.prepare = { _ in prepare() }
  }

  static let all: [Workload] =
    scalars + dispatch + training + loading + saving + operations + gradients
}

/// Prevents a result from being optimized away.
@inline(never)
func use<Result>(_ result: borrowing Result) {}
