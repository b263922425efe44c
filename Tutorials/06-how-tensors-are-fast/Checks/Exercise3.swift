import Checks

check("of equal lists it is 0", meanSquaredDifference([1, 2, 3], [1, 2, 3]), near: 0)
check("differences of 3 and 4", meanSquaredDifference([0, 0], [3, -4]), near: 12.5)
check("one number", meanSquaredDifference([5], [2]), near: 9)
