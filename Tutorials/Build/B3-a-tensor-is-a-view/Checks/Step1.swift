// Must fail with: strides.insert(step, at: 0) → strides.append(step)
// Must fail with: (0..<size).map { place + $0 * stride } → (0..<size).map { place + $0 }
import Checks
import Ember
import Tensors

let numbers = (0..<24).map { Double($0) * 1.5 - 7 }
let mine = Ember.Tensor(numbers, shape: [2, 3, 4])
let theirs = try Tensors.Tensor(numbers, shape: [2, 3, 4])
check("its shape is [2, 3, 4]", mine.shape, is: theirs.shape)
check("its strides are those of Flambeau's", mine.strides, is: theirs.strides)
check("it has 3 dims and 24 elements", [mine.ndim, mine.numel], is: [3, 24])
check("its elements are the numbers", mine.scalars, near: numbers)
check("element (1, 0, 2)", mine[1, 0, 2], near: theirs[1, 0, 2].item())
check("element (0, 2, 3)", mine[0, 2, 3], near: theirs[0, 2, 3].item())
let one = Ember.Tensor([5], shape: [])
check("a shape without dims holds one number", one.numel == 1 && one.scalars == [5] && one[] == 5)
check("a shape may have no elements", Ember.Tensor([], shape: [0, 3]).scalars, is: [])
