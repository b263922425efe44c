import Checks
import NN

manualSeed(0)
let x = Tensor.linspace(-1, 1, steps: 50).reshape(50, 1)
let y = 2 * x - 1
let model = Linear(1, 1)
let start = mseLoss(model(x), y).item()
let losses = fit(model, x, y, steps: 400, lr: 0.05)
check("a loss for each step", losses.count, is: 400)
check("the first is the loss before any step", losses.first ?? -1, near: start, within: 1e-5)
check(
  "the last is next to nothing", (losses.last ?? 1) < 1e-5,
  hint: "zeroGrad, backward and step, in this order, in every step.")
let weight = model.weight.item()
check("the weight is 2", weight, near: 2, within: 0.01)
