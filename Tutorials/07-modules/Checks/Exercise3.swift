import Checks
import NN

check("no linear layer", widestLayer(of: Sequential(ReLU())), is: nil)
check("one alone", widestLayer(of: Linear(3, 4)), is: "")
let model = Sequential(
  Linear(2, 8), Sequential(ReLU(), Linear(8, 32)), Linear(32, 32), Linear(32, 1))
check(
  "inside another module", widestLayer(of: model), is: "1.1",
  hint: "namedModules() goes all the way down.")
