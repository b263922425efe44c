extension Tensor {
  /// One step of an optimizer on this parameter in place, in one pass.
  ///
  /// - Parameters:
  ///   - step: the rule and its numbers.
  ///   - gradient: the gradient of the result.
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
    guard dtype.isFloatingPoint, isContiguous, states.count <= 3,
      states.allSatisfy({ $0?.isContiguous ?? true })
    else {
      fatalError("optimize(.\(step.rule)): a parameter must be floating-point and contiguous")
    }
    let g = gradient.view.contiguous()
    changeInPlace("optimize(.\(step.rule))") {
      backend.optimize(step, $0, g, states: states.map { $0?.view }, count: count?.view)
    }
    for state in states { state?.view.storage.markChanged() }
  }
}
