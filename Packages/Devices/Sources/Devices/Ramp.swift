extension Ramp {
  /// Creates the ramp start + (i + shift)·step.
  public init(from start: Double, step: Double, shift: Int = 0) {
    self.init(
      start: start, step: step, whole_start: 0, whole_step: 0, is_whole: false,
      shift: Int64(shift))
  }

  /// Creates a ramp of integers, exact for all of int64.
  public init(from start: Int, step: Int) {
    self.init(
      start: 0, step: 0, whole_start: Int64(start), whole_step: Int64(step), is_whole: true,
      shift: 0)
  }
}

extension Backend {
  /// y[i] = start + i · step.
  public func ramp(from start: Double, step: Double, into y: StridedView) {
    ramp(Ramp(from: start, step: step), into: y)
  }
}
