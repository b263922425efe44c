import re

import torch
import torch.nn.functional as F

from .kinds import DEVICE, gradient, normal, operation

# Those that PyTorch calls otherwise than Flambeau in snake case, or with arguments.
OTHERS = {
    "negate": torch.neg,
    "clamp": lambda x: x.clamp(-0.5, 0.75),
    "logSigmoid": F.logsigmoid,
    "geluTanh": lambda x: F.gelu(x, approximate="tanh"),
    "power": torch.pow,
    "equal": torch.eq,
    "notEqual": torch.ne,
    "lessOrEqual": torch.le,
    "greaterOrEqual": torch.ge,
    "shiftLeft": torch.bitwise_left_shift,
    "shiftRight": torch.bitwise_right_shift,
}
BINARY = set(
    "add subtract multiply divide maximum minimum remainder floorDivide power atan2 logaddexp equal notEqual less "
    "lessOrEqual greater greaterOrEqual logicalAnd logicalOr logicalXor bitwiseAnd bitwiseOr bitwiseXor shiftLeft "
    "shiftRight".split()
)
# The intervals of the first inputs, where these are not normal numbers.
INTERVALS = {
    **dict.fromkeys("log log1p log2 log10 sqrt rsqrt reciprocal power".split(), (0.1, 2)),
    **dict.fromkeys("tan asin acos atanh".split(), (-0.9, 0.9)),
    "acosh": (1.1, 3),
}


def function(name):
    if name in OTHERS:
        return OTHERS[name]
    snake = re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)
    return getattr(torch, snake, None) or getattr(F, snake)


def inputs(name, dtype):
    drawn = torch.float64 if dtype == torch.float64 else torch.float32

    def draw(place):
        if dtype == torch.int64:
            return torch.randint(1, 50, (10**6,))
        if place == 0 and name in INTERVALS:
            low, high = INTERVALS[name]
            return (torch.rand(10**6, dtype=drawn) * (high - low) + low).to(dtype)
        return torch.randn(10**6, dtype=drawn).to(dtype)

    return lambda: [draw(place) for place in range(2 if name in BINARY else 1)]


class Workloads(dict):
    """Those that are listed, and all that are named by the rule of Functions.swift."""

    def __missing__(self, name):
        parts = re.fullmatch(r"(\w+?)(?: of (\w+))?( backward)?, 1 million", name)
        if not parts:
            raise KeyError(name)
        what, dtype, is_backward = parts.groups()
        make = gradient if is_backward else operation
        return make(inputs(what, getattr(torch, dtype or "float32")), function(what))


WORKLOADS = Workloads({
    "add, 4 million": operation(normal([4 * 10**6], [4 * 10**6]), torch.add),
    "exp, 4 million": operation(normal([4 * 10**6]), torch.exp),
    "add of a transposed, 1000²": operation(
        normal([1000, 1000], [1000, 1000]), lambda a, b: a + b.T
    ),
    "add of a row, 1000²": operation(normal([1000, 1000], [1000]), torch.add),
    "add of a row, 125,000×8": operation(normal([125_000, 8], [8]), torch.add),
    "add of a column, 125,000×8": operation(normal([125_000, 8], [125_000, 1]), torch.add),
    "multiply by a number, 1 million": operation(normal([10**6]), lambda x: x * 2.5),
    "power 3, 1 million": operation(normal([10**6]), lambda x: x.pow(3)),
    "to bfloat16, 1 million": operation(normal([10**6]), lambda x: x.to(torch.bfloat16)),
    "to float64, 1 million": operation(normal([10**6]), torch.Tensor.double),
    "linspace, 1 million": operation(
        lambda: [torch.zeros(1)], lambda _: torch.linspace(0, 1, 10**6, device=DEVICE)
    ),
})
