import torch
import torch.nn.functional as F

from .kinds import DEVICE, gradient, normal, operation


def add(requires_grad):
    def prepare():
        a = torch.tensor([1.0, 2, 3, 4], device=DEVICE, requires_grad=requires_grad)
        b = torch.tensor([5.0, 6, 7, 8], device=DEVICE, requires_grad=requires_grad)

        def run(count):
            for _ in range(count):
                total = a + b
            return total.tolist()

        return run

    return prepare


WORKLOADS = {
    "a + b on 4 floats": add(False),
    "a + b on 4 floats, with gradients": add(True),
    "exp, 4 floats": operation(normal([4]), torch.exp),
    "a + 1, 4 floats": operation(normal([4]), lambda x: x + 1),
    "sum, 4 floats": operation(normal([4]), torch.sum),
    "softmax, 4 floats": operation(normal([4]), lambda x: x.softmax(0)),
    "matmul, 4×4": operation(normal([4, 4], [4, 4]), torch.matmul),
    "row of a matrix, 4×4": operation(normal([4, 4]), lambda x: x[1]),
    "reshape, 4 floats": operation(normal([4]), lambda x: x.reshape(2, 2)),
    "cat, 4 floats and 4": operation(normal([4], [4]), lambda *x: torch.cat(x)),
    "rows by index, 2 of 4×4": operation(
        lambda: [torch.randn(4, 4), torch.tensor([0, 2])], lambda x, index: x[index]
    ),
    "where, 4 floats": operation(normal([4], [4]), lambda a, b: torch.where(a > 0, a, b)),
    "(a * b).sum() backward, 4 floats": gradient(normal([4], [4]), torch.mul),
    "linear backward, 4×4": gradient(normal([4, 4], [4, 4], [4]), F.linear),
}
