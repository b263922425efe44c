/// A piece of work that Flambeau does, and a peer too, under the same name in peers.py.
struct Workload: Sendable {
  let name: String
  /// How far the results may lie apart, relative to the larger.
  let tolerance: Double
  /// Prepares the work. What it returns does it so many times, and gives the numbers that came out
  /// the last time.
  let prepare: @Sendable () -> (_ count: Int) -> [Double]

  static let all: [Workload] =
    scalars + dispatch + training + loading + saving + operations + gradients
}

/// Keeps a result from being optimised away.
@inline(never)
func use<Result>(_ result: borrowing Result) {}
