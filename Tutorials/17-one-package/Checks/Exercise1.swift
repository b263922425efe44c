import Checks
import Foundation
import ScalarGrad

check("at 4 there is no profit", profit(4).data, near: 0)
check("at 14", profit(14).data, near: 10_000 * exp(-1.4), within: 1e-9)
let price: Value = 10
for _ in 1...2000 {
  price.grad = 0
  profit(price).backward()
  price.data += 0.005 * price.grad
}
check(
  "walking uphill ends at 14", price.data, near: 14, within: 1e-3,
  hint: "Compute with the value, not with its data.")
