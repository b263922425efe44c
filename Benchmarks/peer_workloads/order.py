import torch

from .kinds import integers, normal, operation, uniform

MANY = (10**6,)
SQUARE = [1000, 1000]


def bools(*shape):
    return torch.rand(*shape) > 0.5


WORKLOADS = {
    "topk 10, 1000²": operation(normal(SQUARE), lambda x: x.topk(10).values),
    "sort, 1 million": operation(normal(MANY), lambda x: x.sort().values),
    "sort, 1000²": operation(normal(SQUARE), lambda x: x.sort().values),
    "sort over dim 0, 1000²": operation(normal(SQUARE), lambda x: x.sort(0).values),
    "sort of int64, 1 million": operation(integers(0, 10**6, MANY), lambda x: x.sort().values),
    "argsort, 1 million": operation(lambda: [torch.randperm(10**6).float()], torch.argsort),
    "median, 1 million": operation(uniform(MANY), torch.median),
    "median over dim 1, 1000²": operation(uniform(SQUARE), lambda x: x.median(1).values),
    "unique of int64, 1 million": operation(integers(0, 10**6, MANY), torch.unique),
    "bincount of 1000 classes, 1 million": operation(integers(0, 1000, MANY), torch.bincount),
    "searchsorted, 100,000 in 1 million": operation(
        lambda: [torch.linspace(0, 1, 10**6), torch.rand(10**5)], torch.searchsorted
    ),
    "nonzero, 1000²": operation(lambda: [bools(1000, 1000)], torch.nonzero),
    "maskedSelect, 1 million": operation(
        lambda: [torch.randn(MANY), bools(10**6)], torch.masked_select
    ),
    "countNonzero of bool, 1 million": operation(lambda: [bools(10**6)], torch.count_nonzero),
}
