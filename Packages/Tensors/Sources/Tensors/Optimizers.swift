extension Tensor {
  /// One step of Adam on this parameter in place, with its state: `torch.optim.Adam`, in one pass.
  public func adamStep(
    _ step: AdamStep, gradient: Tensor, firstMoment: Tensor, secondMoment: Tensor
  ) {
    checkUpdate("adamStep", [gradient, firstMoment, secondMoment])
    let g = gradient.view.contiguous()
    changeInPlace("adamStep") {
      backend.adam(step, $0, g, firstMoment.view, secondMoment.view)
    }
    firstMoment.view.storage.markChanged()
    secondMoment.view.storage.markChanged()
  }

  /// One step of gradient descent on this parameter in place: `torch.optim.SGD`, in one pass.
  public func sgdStep(_ step: SGDStep, gradient: Tensor, velocity: Tensor?) {
    checkUpdate("sgdStep", [gradient] + (velocity.map { [$0] } ?? []))
    let g = gradient.view.contiguous()
    changeInPlace("sgdStep") { backend.sgd(step, $0, g, velocity: velocity?.view) }
    velocity?.view.storage.markChanged()
  }

  private func checkUpdate(_ operation: String, _ others: [Tensor]) {
    for other in others where other.shape != shape || other.dtype != dtype || other.device != device
    {
      fatalError(
        "\(operation): \(other.dtype) of shape \(other.shape) on \(other.device) for a parameter of "
          + "\(dtype), \(shape), \(device)")
    }
    guard dtype.isFloatingPoint, isContiguous else {
      fatalError("\(operation): a parameter must be floating-point and contiguous")
    }
  }
}
