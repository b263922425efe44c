import torch
import torch.nn.functional as F

from .kinds import both_ways, normal, operation, uniform

SQUARE = [1024, 1024]


def well_conditioned(size, *batch):
    """Symmetric positive definite matrices."""
    x = torch.randn(*batch, size, size)
    return x + x.mT + torch.eye(size) * (4 * size)


def factorization(size, function):
    return operation(lambda: [well_conditioned(size)], function)


def batches(name, count, size):
    """Factorizations of many small matrices."""

    def matrices():
        return [well_conditioned(size, count)]

    return {
        f"solve, {name}": operation(
            lambda: matrices() + [torch.randn(count, size, 1)], torch.linalg.solve
        ),
        f"inverse, {name}": operation(matrices, torch.inverse),
        f"cholesky, {name}": operation(matrices, torch.linalg.cholesky),
        f"det, {name}": operation(lambda: [matrices()[0] / (4 * size)], torch.det),
    }


def matmul_of(dtype):
    return operation(lambda: [torch.rand(SQUARE).to(dtype) for _ in range(2)], torch.matmul)


WORKLOADS = {
    "matmul, 1024²": operation(uniform(SQUARE, SQUARE), torch.matmul),
    "matmul of float64, 1024²": matmul_of(torch.float64),
    "matmul of bfloat16, 1024²": matmul_of(torch.bfloat16),
    "matmul, 2048²": operation(uniform([2048, 2048], [2048, 2048]), torch.matmul),
    "matmul, 1024×512×2048": operation(uniform([1024, 512], [512, 2048]), torch.matmul),
    "matmul, 1024×128×512": operation(uniform([1024, 128], [128, 512]), torch.matmul),
    "matmul, 32×64×128": operation(uniform([32, 64], [64, 128]), torch.matmul),
    "matmul, 32 times 64³": operation(uniform([32, 64, 64], [32, 64, 64]), torch.matmul),
    "matmul, 64 times 64³": operation(uniform([64, 64, 64], [64, 64, 64]), torch.matmul),
    "matmul of a vector, 2048²": operation(uniform([2048, 2048], [2048]), torch.matmul),
    "einsum bhqd,bhkd->bhqk, 8×4×128×32": operation(
        uniform([8, 4, 128, 32], [8, 4, 128, 32]),
        lambda q, k: torch.einsum("bhqd,bhkd->bhqk", q, k),
    ),
    "outer, 1000²": operation(normal([1000], [1000]), torch.outer),
    "dot, 1 million": operation(uniform([10**6], [10**6]), torch.dot),
    "sum of two transposed, 1000²": operation(normal([1000, 1000]), lambda x: x.T + x.T),
    **both_ways({"linear, 1024×512 to 512": (normal([1024, 512], [512, 512], [512]), F.linear)}),
    "solve, 512² and 512×16": operation(
        lambda: [well_conditioned(512), torch.randn(512, 16)], torch.linalg.solve
    ),
    "inverse, 512²": factorization(512, torch.inverse),
    "det, 256²": operation(lambda: [well_conditioned(256) / 1024], torch.det),
    "cholesky, 512²": factorization(512, torch.linalg.cholesky),
    "qr, 512²": factorization(512, lambda x: torch.linalg.qr(x).R),
    "eigh, 256²": factorization(256, lambda x: torch.linalg.eigh(x).eigenvalues),
    "svd, 256²": factorization(256, lambda x: torch.linalg.svd(x).S),
    "solve of float64, 512² and 512×16": operation(
        lambda: [well_conditioned(512).double(), torch.randn(512, 16).double()],
        torch.linalg.solve,
    ),
    "svd of float64, 256²": operation(
        lambda: [well_conditioned(256).double()], lambda x: torch.linalg.svd(x).S
    ),
    **batches("1000 times 4²", 1000, 4),
    **batches("64 times 32²", 64, 32),
}
