import Ember

let table = Tensor([[1, 2, 3], [4, 5, 6]])
print(table, table.strides)
print(table.T, table.T.strides)
print(table.narrow(1, start: 1, length: 2), table.narrow(1, start: 1, length: 2).strides)

let column = Tensor([[0], [10], [20]])
let row = Tensor([1, 2, 3])
print(column + row)
print(row.expand([1000, 3]).strides, row.expand([1000, 3]).numel)

let x = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
let weight = Tensor([[1, -1], [0.5, 0.5], [-1, 1]])
let bias = Tensor([0, -0.5, 0])
print((x.matmul(weight.T) + bias).relu())
