import torch
import torch.nn.functional as F

from .kinds import both_ways, gradient, halves, normal, operation


def of_rows(width):
    rows = 2**20 // width
    shape = (width,)
    return {
        f"layerNorm, {rows}×{width}": (
            normal([rows, width], shape, shape),
            lambda x, w, b: F.layer_norm(x, shape, w, b),
        ),
        f"rmsNorm, {rows}×{width}": (
            normal([rows, width], shape),
            lambda x, w: F.rms_norm(x, shape, w),
        ),
    }


PICTURES = [32, 64, 28, 28]
WORKLOADS = both_ways({
    **of_rows(32),
    **of_rows(256),
    **of_rows(1024),
    "batchNorm, 32×64×28²": (
        normal(PICTURES, [64], [64]),
        lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True) * x,
    ),
    "batchNorm, 4096×256": (
        normal([4096, 256], [256], [256]),
        lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True) * x,
    ),
    "groupNorm of 8 groups, 32×64×28²": (
        normal(PICTURES),
        lambda x: torch.nn.GroupNorm(8, 64, device=x.device)(x) * x,
    ),
}) | {
    "layerNorm of bfloat16 backward, 1024×512": gradient(
        halves([1024, 512], [512]), lambda x, w: F.layer_norm(x, (512,), w)
    ),
    "batchNorm of running statistics, 32×64×28²": operation(
        lambda: [torch.randn(PICTURES), torch.randn(64), torch.rand(64)], F.batch_norm
    ),
}
