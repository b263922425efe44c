check("a state dict survives its file", back["0.weight"]!.equal(foreign.stateDict()["0.weight"]!))
check("the resumed run is the same", unbroken.history == resumed.history)
func losses(_ run: Run) -> [Double] { run.history.series["loss"]!.map(\.value) }
check("both have the same past", losses(forgetful).prefix(80) == losses(resumed).prefix(80))
let before = losses(resumed)[79]
check(
  "without the optimizer's state it jumps", losses(forgetful)[80] / before, near: 5, within: 0.1)
check("with it, it does not", losses(resumed)[80] < 1.2 * before)
let end = losses(forgetful)[80...].firstIndex { $0 < 1.1 * before }!
check("six epochs to come back", end - 80 + 1, is: 6)
