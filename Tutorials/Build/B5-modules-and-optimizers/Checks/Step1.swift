// Must fail with: z >> 27 → z >> 26
// Must fail with: generator = SplitMix64(seed: seed) →
// Must fail with: in: low..<high → in: 0..<high
import Checks
import Ember

var splitMix = SplitMix64(seed: 0)
check(
  "the first numbers of seed 0 are those of SplitMix64", (0..<3).map { _ in splitMix.next() },
  is: [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F])
manualSeed(7)
let first = Tensor.uniform([1000], from: -2, to: 3)
let second = Tensor.uniform([1000], from: -2, to: 3)
manualSeed(7)
let again = Tensor.uniform([1000], from: -2, to: 3)
check("the same seed gives the same numbers", again.scalars, near: first.scalars)
check("and then others", first.scalars != second.scalars)
check("all are between the limits", first.scalars.allSatisfy { (-2..<3).contains($0) })
check(
  "they fill the space between",
  (first.scalars.min() ?? 0) < -1.9 && (first.scalars.max() ?? 0) > 2.9)
check("their mean is near the middle", abs(first.mean().scalars[0] - 0.5) < 0.15)
check("the shape is as asked", Tensor.uniform([2, 3], from: 0, to: 1).shape, is: [2, 3])
