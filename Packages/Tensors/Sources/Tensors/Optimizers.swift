@_spi(Flambeau) import Devices

extension Tensor {
  /// Applies one step of an optimizer to this parameter in place, as one fused kernel.
  ///
  /// - Parameters:
  ///   - step: the update rule and its hyperparameters.
  ///   - gradient: this parameter's gradient.
  ///   - states: the state that the step reads and updates, in the order that `OptimizerStep`
  ///     gives, each in this tensor's shape; nil where there is none.
  ///   - count: the step's number as one int64 on this tensor's device, in place of `step.step`.
  public func optimize(
    _ step: OptimizerStep, gradient: Tensor, states: [Tensor?], count: Tensor? = nil
  ) {
    for other in [gradient] + states.compactMap(\.self)
    where other.shape != shape || other.dtype != dtype || other.device != device {
      fatalError(
        "optimize(.\(step.rule)): \(other.dtype) of shape \(other.shape) on \(other.device) for a "
          + "parameter of \(dtype), \(shape), \(device)")
    }
    // With dims in memory order, in which a parameter is contiguous unless it is a view of part of
    // a tensor.
    let order = Layout.memoryOrder([view.layout])
    func ordered(_ view: StridedView) -> StridedView { view.permuted(order) }
    let own = states.map { $0.map { ordered($0.view) } }
    guard dtype.isFloatingPoint, ordered(view).layout.isContiguous, states.count <= 3,
      own.allSatisfy({ $0?.layout.isContiguous ?? true })
    else {
      fatalError(
        "optimize(.\(step.rule)): \(dtype) of shape \(shape) and strides \(strides); a parameter must be "
          + "floating-point and not part of another tensor, and states must have its memory order")
    }
    let g = ordered(gradient.view).contiguous()
    changeInPlace("optimize(.\(step.rule))") {
      backend.optimize(step, ordered($0), g, states: own, count: count?.view)
    }
    for state in states { state?.view.storage.markChanged() }
  }
}
