import Tensors

extension Workload {
  /// The smallest operations, whose time is overhead rather than arithmetic.
  static let dispatch = [false, true].map { requiresGrad in
    let name = requiresGrad ? "a + b on 4 floats, with gradients" : "a + b on 4 floats"
    return Workload(name, tolerance: 0) { device in
      let a = Tensor([1.0, 2, 3, 4], device: device, requiresGrad: requiresGrad)
      let b = Tensor([5.0, 6, 7, 8], device: device, requiresGrad: requiresGrad)
      return { count in
        var sum = a
        for _ in 0..<count { sum = a + b }
        return sum.scalars()
      }
    }
  }
}
