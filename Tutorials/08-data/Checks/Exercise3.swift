import Checks

check(
  "two classes, one rare", balancedWeights([0, 0, 0, 1]), near: [1 / 6.0, 1 / 6.0, 1 / 6.0, 0.5])
check("all alike", balancedWeights([2, 2]), near: [0.5, 0.5])
check(
  "three classes", balancedWeights([7, 1, 1, 3]), near: [1 / 3.0, 1 / 6.0, 1 / 6.0, 1 / 3.0],
  hint: "Each class shares 1 / (number of classes) among its examples.")
