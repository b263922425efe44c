import Checks

check(
  "1 × 1 × 1: two operations, three numbers", operationsPerByte(n: 1, k: 1, m: 1), near: 2 / 12.0)
check("512 × 512 × 512", operationsPerByte(n: 512, k: 512, m: 512), near: 512 / 6.0)
check(
  "a row through a layer of 1000 × 1000", operationsPerByte(n: 1, k: 1000, m: 1000),
  near: 2_000_000 / (4 * 1_002_000.0))
