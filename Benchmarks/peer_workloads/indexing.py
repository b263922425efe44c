import torch
import torch.nn.functional as F

from .kinds import DEVICE, both_ways, gradient, normal, operation, step

SQUARE = [1000, 1000]
PICTURES = [32, 32, 28, 28]
QUARTERS = normal(*[[500, 500]] * 4)


def rows():
    return [torch.rand(10**4, 64), torch.randint(0, 10**4, (10**5,))]


def square_and_index():
    return [torch.rand(SQUARE), torch.randint(0, 1000, SQUARE)]


def mask():
    return [torch.rand(10**6) > 0.5]


def many(count):
    return lambda: mask() + [torch.randn(10**6) for _ in range(count)]


def embedding():
    model = torch.nn.Embedding(50_000, 64).to(DEVICE)
    x = torch.randint(0, 50_000, (64, 32)).to(DEVICE)
    return torch.optim.SGD(model.parameters(), lr=0.1), lambda: model(x).square().sum()


WORKLOADS = {
    "rows by index, 100,000": operation(rows, lambda table, index: table[index]),
    "indexSelect over dim 0, 100,000": operation(rows, lambda x, index: x.index_select(0, index)),
    "gather over dim 1, 1000²": operation(square_and_index, lambda x, index: x.gather(1, index)),
    "scatterAdd over dim 1, 1000²": operation(
        square_and_index, lambda x, index: x.scatter_add(1, index, x)
    ),
    "indexAdd over dim 0, 100,000": operation(
        lambda: rows() + [torch.rand(10**5, 64)], lambda x, index, y: x.index_add(0, index, y)
    ),
    "where, 1 million": operation(many(2), torch.where),
    "maskedFill, 1 million": operation(many(1), lambda where, x: x.masked_fill(where, 0)),
    "tril, 1000²": operation(normal(SQUARE), torch.tril),
    "contiguous of a transposed, 1000²": operation(normal(SQUARE), lambda x: x.T.contiguous()),
    "contiguous of a permuted, 16×64×8×32": operation(
        normal([16, 64, 8, 32]), lambda x: x.permute(0, 2, 1, 3).contiguous()
    ),
    "clone, 1 million": operation(normal([10**6]), torch.clone),
    "clone, 4 million": operation(normal([4 * 10**6]), torch.clone),
    "cat of 4 over dim 0, 1 million": operation(QUARTERS, lambda *x: torch.cat(x)),
    "cat of 4 over dim 1, 1 million": operation(QUARTERS, lambda *x: torch.cat(x, 1)),
    "stack of 4, 1 million": operation(QUARTERS, lambda *x: torch.stack(x)),
    "roll, 1000²": operation(normal(SQUARE), lambda x: x.roll([100, 100], [0, 1])),
    "flip of both dims, 1000²": operation(normal(SQUARE), lambda x: x.flip(0, 1)),
    "repeat, 500² to 1000²": operation(normal([500, 500]), lambda x: x.repeat(2, 2)),
    "repeatInterleave, 500×1000 to 1000²": operation(
        normal([500, 1000]), lambda x: x.repeat_interleave(2, dim=0)
    ),
    "unfold of windows of 16, 65,536": operation(
        normal([65_536]), lambda x: x.unfold(0, 16, 1).contiguous()
    ),
    "oneHot of 100 classes, 10,000": operation(
        lambda: [torch.randint(0, 100, (10**4,))], lambda x: F.one_hot(x, 100)
    ),
    "rows by index backward, 100,000": gradient(
        lambda: [torch.rand(10**4, 64)],
        lambda x: x[torch.arange(10**5, device=x.device) * 7919 % 10**4],
    ),
    "embedding step, 50,000×64": step(embedding),
} | both_ways({
    f"{name}, 32×32×28²": (
        normal(PICTURES),
        lambda x, mode=mode: F.pad(x, [1, 1, 1, 1], mode=mode),
    )
    for name, mode in {
        "pad": "constant",
        "pad by reflection": "reflect",
        "pad by replication": "replicate",
        "pad around": "circular",
    }.items()
})
