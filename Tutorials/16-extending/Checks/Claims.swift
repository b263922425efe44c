func kept(_ y: Tensor) -> Int { y.graph().nodes.reduce(0) { $0 + $1.savedBytes } }
check(
  "with a derivative of its own, half as much is kept",
  kept(snakeWithDerivative(wide, a: 2)) <= (kept(composedSnake(wide, a: 2)) + 16) / 2)
let byKernel = milliseconds { _ = snake(many, a: 2) }
check("the loop loses all the same", byKernel > milliseconds { _ = composedSnake(many, a: 2) })
check(
  "fused wins over the loop", milliseconds { _ = fused { composedSnake(many, a: 2) } } < byKernel)
func bends(_ model: Sequential) -> Double {
  let y = noGrad { model(Tensor.linspace(1.2, 2, steps: 81).unsqueeze(1)).flatten() }
  return (y[2...] - 2 * y[1..<80] + y[..<79]).abs().mean().item()
}
check("ReLU goes straight on (\(bends(straight)))", bends(straight) < 1e-3)
check("snake goes on swinging (\(bends(waves)))", bends(waves) > 5 * bends(straight))
