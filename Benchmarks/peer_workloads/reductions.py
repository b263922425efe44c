import torch

from .kinds import gradient, halves, normal, operation, uniform

SQUARE = [1000, 1000]
# Functions of a tensor and the dims; without dims, of all elements.
REDUCTIONS = {
    "sum": torch.sum,
    "mean": torch.mean,
    "amax": torch.amax,
    "argmax": torch.argmax,
    "variance": torch.var,
    "std": torch.std,
    "norm": lambda x, dim=None: torch.linalg.vector_norm(x, dim=dim),
    "logsumexp": lambda x, dim=(0, 1): x.logsumexp(dim),
    "countNonzero": torch.count_nonzero,
}
BOOLS = {"all": torch.all, "any": lambda x, *dim: (~x).any(*dim)}


def over_dims(reduction, make, function):
    workloads = {f"{reduction}, 1000²": operation(make, function)}
    for dim in (0, 1):
        name = f"{reduction} over dim {dim}, 1000²"
        workloads[name] = operation(make, lambda x, dim=dim: function(x, dim))
    return workloads


def along_dims(dim):
    return {
        f"softmax over dim {dim}, 1000²": operation(normal(SQUARE), lambda x: x.softmax(dim)),
        f"logSoftmax over dim {dim}, 1000²": operation(
            normal(SQUARE), lambda x: x.log_softmax(dim)
        ),
        f"cumsum over dim {dim}, 1000²": operation(uniform(SQUARE), lambda x: x.cumsum(dim)),
    }


WORKLOADS = {
    "sum, 16 million": operation(uniform([16 * 10**6]), torch.sum),
    "norm, 1 million": operation(normal([10**6]), torch.linalg.vector_norm),
    "sum of float64, 1000²": operation(lambda: [torch.rand(SQUARE).double()], torch.sum),
    "sum of bfloat16, 1000²": operation(halves(SQUARE), torch.sum),
    "mean over dim 1 of bfloat16, 1000²": operation(halves(SQUARE), lambda x: x.mean(1)),
    "softmax of bfloat16, 1000²": operation(halves(SQUARE), lambda x: x.softmax(-1)),
    "softmax, 32 wide, 1 million": operation(normal([32768, 32]), lambda x: x.softmax(-1)),
    "logsumexp, 32 wide, 1 million": operation(normal([32768, 32]), lambda x: x.logsumexp(-1)),
    "sum, 32 wide, 1 million": operation(uniform([32768, 32]), lambda x: x.sum(-1)),
    "variance backward, 1000²": gradient(normal(SQUARE, [1000]), lambda x, w: x.var(1) * w),
    "softmax of bfloat16 backward, 1000²": gradient(
        halves(SQUARE, SQUARE), lambda x, w: x.softmax(-1) * w
    ),
    "softmax backward, 1000²": gradient(normal(SQUARE, SQUARE), lambda x, w: x.softmax(-1) * w),
    "logSoftmax backward, 1000²": gradient(
        normal(SQUARE, SQUARE), lambda x, w: x.log_softmax(-1) * w
    ),
    "logsumexp backward, 1000²": gradient(normal(SQUARE, [1000]), lambda x, w: x.logsumexp(1) * w),
    "amax backward, 1000²": gradient(normal(SQUARE, [1000]), lambda x, w: x.amax(1) * w),
    **along_dims(0),
    **along_dims(1),
}
for name, function in REDUCTIONS.items():
    WORKLOADS |= over_dims(name, uniform(SQUARE), function)
for name, function in BOOLS.items():
    WORKLOADS |= over_dims(name, lambda: [torch.rand(SQUARE) >= 0], function)
