import Checks

var steady = EarlyStopping(patience: 2)
check(
  "while it gets better it goes on", [3, 2, 1, 0.5].map { steady.shouldStop(after: $0) },
  is: [false, false, false, false])
check(
  "after two that are not better it stops", [0.6, 0.5].map { steady.shouldStop(after: $0) },
  is: [false, true], hint: "The same loss again is not better.")
var saved = EarlyStopping(patience: 2)
check(
  "a better one begins the count anew",
  [1, 1.5, 0.9, 1.2, 0.8, 1, 1].map { saved.shouldStop(after: $0) },
  is: [false, false, false, false, false, false, true])
