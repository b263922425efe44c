import Tensors

/// A piece of work that Flambeau does, and a peer too, under the same name in peers.py.
struct Workload: Sendable {
  /// What does the work so many times, and gives the numbers that came out the last time.
  typealias Work = (_ count: Int) -> [Double]

  let name: String
  /// How far the results may lie apart, relative to the larger.
  let tolerance: Double
  /// Whether it can be done on other devices than the CPU.
  let isForAnyDevice: Bool
  /// Prepares the work on a device. Random numbers are drawn on the CPU, where they are the peer's.
  let prepare: @Sendable (Device) -> Work

  /// Work on any device.
  init(
    _ name: String, tolerance: Double, onDevice prepare: @escaping @Sendable (Device) -> Work
  ) {
    self.name = name
    self.tolerance = tolerance
    isForAnyDevice = true
    self.prepare = prepare
  }

  /// Work on the CPU.
  init(name: String, tolerance: Double, prepare: @escaping @Sendable () -> Work) {
    self.name = name
    self.tolerance = tolerance
    isForAnyDevice = false
    self.prepare = { _ in prepare() }
  }

  static let all: [Workload] =
    scalars + dispatch + training + loading + saving + operations + gradients
}

/// Keeps a result from being optimised away.
@inline(never)
func use<Result>(_ result: borrowing Result) {}
