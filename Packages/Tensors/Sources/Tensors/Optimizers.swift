@_spi(Flambeau) import Devices

extension Tensor {
  /// One step of an optimizer on this parameter in place, in one pass.
  ///
  /// - Parameters:
  ///   - step: the rule and its numbers.
  ///   - gradient: this parameter's gradient.
  ///   - states: what the step remembers and changes, in the order that `OptimizerStep` gives, each in
  ///     this tensor's shape; nil where there is none.
  ///   - count: one int64 on this tensor's device, the step's number in place of `step.step`.
  public func optimize(
    _ step: OptimizerStep, gradient: Tensor, states: [Tensor?], count: Tensor? = nil
  ) {
    for other in [gradient] + states.compactMap(\.self)
    where other.shape != shape || other.dtype != dtype || other.device != device {
      fatalError(
        "optimize(.\(step.rule)): \(other.dtype) of shape \(other.shape) on \(other.device) for a "
          + "parameter of \(dtype), \(shape), \(device)")
    }
    // In the order of memory, in which the parameter is contiguous unless it is a part of something.
    let order = Layout.memoryOrder([view.layout])
    func ordered(_ view: StridedView) -> StridedView { view.permuted(order) }
    let own = states.map { $0.map { ordered($0.view) } }
    guard dtype.isFloatingPoint, ordered(view).layout.isContiguous, states.count <= 3,
      own.allSatisfy({ $0?.layout.isContiguous ?? true })
    else {
      fatalError(
        "optimize(.\(step.rule)): \(dtype) of shape \(shape) and strides \(strides); a parameter must be "
          + "floating-point and no part of another tensor, and states lie in memory as it does")
    }
    let g = ordered(gradient.view).contiguous()
    changeInPlace("optimize(.\(step.rule))") {
      backend.optimize(step, ordered($0), g, states: own, count: count?.view)
    }
    for state in states { state?.view.storage.markChanged() }
  }
}
