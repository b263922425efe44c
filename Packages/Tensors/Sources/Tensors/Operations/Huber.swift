extension Operator {
  /// x² / 2β where |x| < β, else |x| - β / 2, times a scale
  public static let huber = Operator(
    .huber, parameters: ["beta", "scale"],
    .wrt(.x, saving: .x, "∂huber(x)/∂x = x/β for |x| < β, else the sign, times the scale") {
      (g, x, p: Parameters) in
      p[0] == 0 ? g * x.sign() * p[1] : g * x.clamp(min: -p[0], max: p[0]) * (p[1] / p[0])
    })
}

extension Tensor {
  /// x² / 2β where |x| < β, else |x| - β / 2, times a scale: the arithmetic of
  /// `torch.nn.functional.smooth_l1_loss` and `huber_loss`.
  @_spi(Flambeau) public func huber(beta: Double, scale: Double) -> Tensor {
    unary(.huber, self, [beta, scale])
  }
}
