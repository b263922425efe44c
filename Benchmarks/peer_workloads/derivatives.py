import torch

from .kinds import gradient, normal, operation


def gradient_of_gradient(x, w):
    y = (x @ w).tanh().square().sum()
    return torch.autograd.grad(y, x, create_graph=True)[0].square()


WORKLOADS = {
    "jvp of an MLP, 64×256": operation(
        normal([64, 256], [64, 256], [512, 256], [10, 512]),
        lambda x, v, a, b: torch.func.jvp(lambda x: (x @ a.T).tanh() @ b.T, (x,), (v,))[1],
    ),
    "jacobian, 1000 of 8": operation(
        normal([8], [1000, 8]), lambda x, w: torch.func.jacfwd(lambda x: (w @ x).tanh())(x)
    ),
    "hessian of 32": operation(
        normal([32], [64, 32]),
        lambda x, w: torch.func.hessian(lambda x: (w @ x).tanh().square().sum())(x),
    ),
    "gradient of a gradient, 64×256": gradient(normal([64, 256], [256, 256]), gradient_of_gradient),
}
