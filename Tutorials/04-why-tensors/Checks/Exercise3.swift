import Checks
import Tensors

for n in [1, 2, 5, 8] {
  let board = chessboard(n)
  let sum = Tensor.arange(n)[.all, .newAxis] + Tensor.arange(n)
  check(
    "\(n) × \(n)", board.shape == [n, n] && board.equal(sum.remainder(Tensor(2)).to(board.dtype)),
    hint: "Ones are where row + column is odd: odd columns of even rows, even columns of odd rows.")
}
