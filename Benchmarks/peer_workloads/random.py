import torch
import torch.nn.functional as F

from .kinds import DEVICE, gradient, normal, operation, uniform


def million():
    return [torch.zeros(10**6)]


WORKLOADS = {
    "rand, 1 million": operation(million, torch.rand_like),
    "rand of float64, 1 million": operation(
        lambda: [torch.zeros(10**6, dtype=torch.float64)], torch.rand_like
    ),
    "randn, 1 million": operation(million, torch.randn_like),
    "randint, 1 million": operation(
        million, lambda _: torch.randint(0, 1000, (10**6,), device=DEVICE)
    ),
    "randperm, 100,000": operation(million, lambda _: torch.randperm(10**5, device=DEVICE)),
    "bernoulli, 1 million": operation(uniform([10**6]), torch.bernoulli),
    "dropout, 1 million": operation(normal([10**6]), F.dropout),
    "dropout backward, 1 million": gradient(normal([10**6]), F.dropout),
    "multinomial, 10,000 of 1000": operation(
        uniform([1000]), lambda x: x.multinomial(10_000, replacement=True)
    ),
    "multinomial, 1 in each of 1000²": operation(
        uniform([1000, 1000]), lambda x: x.multinomial(1)
    ),
}
