import Checks

check("it begins at 0", rate(at: 0, warmUp: 10, total: 110, peak: 0.5), near: 0)
check("half-way up", rate(at: 5, warmUp: 10, total: 110, peak: 0.5), near: 0.25)
check("the peak", rate(at: 10, warmUp: 10, total: 110, peak: 0.5), near: 0.5)
check(
  "half-way down", rate(at: 60, warmUp: 10, total: 110, peak: 0.5), near: 0.25,
  hint: "(1 + cos(π · share)) / 2, where share goes from 0 at the peak to 1 at the end.")
check(
  "a quarter of the way down", rate(at: 35, warmUp: 10, total: 110, peak: 0.5), near: 0.4267766953)
check("it ends at 0", rate(at: 110, warmUp: 10, total: 110, peak: 0.5), near: 0)
check("without warm-up it begins at the peak", rate(at: 0, warmUp: 0, total: 10, peak: 2), near: 2)
