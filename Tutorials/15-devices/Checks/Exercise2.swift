import Checks

let addition = isWorthMoving(
  bytes: 4e9, operations: 1e9, cardRate: 1e13, processorRate: 1e11, cableRate: 3e10)
check("one addition for four bytes is not", addition, is: false)
let product = isWorthMoving(
  bytes: 4e8, operations: 1e12, cardRate: 1e13, processorRate: 1e11, cableRate: 3e10)
check("a large product is", product, is: true)
let slow = isWorthMoving(
  bytes: 0, operations: 1e9, cardRate: 1e10, processorRate: 1e11, cableRate: 3e10)
check("a slow card never is", slow, is: false)
