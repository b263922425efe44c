import Checks
import ScalarNN

for (inputs, layers) in [(2, [8, 8, 1]), (1, [1]), (64, [128, 10]), (3, [5, 4, 3, 2])] {
  check(
    "\(inputs) inputs and layers \(layers)", parameterCount(inputs: inputs, layers: layers),
    is: MLP(inputs, layers).parameters.count,
    hint: "Each neuron has one weight for each neuron of the layer before, and one bias.")
}
