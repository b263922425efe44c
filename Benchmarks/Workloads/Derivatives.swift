import Tensors

extension Workload {
  /// Derivatives that are more than one backward.
  static let derivatives: [Workload] = [
    unbounded(
      "jvp of an MLP, 64×256", tolerance: 1e-3,
      of: normal([64, 256], [64, 256], [512, 256], [10, 512])
    ) { inputs in
      jacobianVectorProduct(inputs[0], inputs[1]) { x in
        (x • inputs[2].T).tanh() • inputs[3].T
      }.product
    },
    unbounded("jacobian, 1000 of 8", of: normal([8], [1000, 8])) { inputs in
      jacobian(inputs[0]) { (inputs[1] • $0).tanh() }
    },
    unbounded("hessian of 32", of: normal([32], [64, 32])) { inputs in
      hessian(inputs[0]) { (inputs[1] • $0).tanh().square().sum() }
    },
    gradient("gradient of a gradient, 64×256", of: normal([64, 256], [256, 256])) { inputs in
      let y = (inputs[0] • inputs[1]).tanh().square().sum()
      return grad(of: y, withRespectTo: [inputs[0]], createGraph: true)[0].square()
    },
  ]
}
