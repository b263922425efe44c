import torch
import torch.nn.functional as F

from .kinds import both_ways, times

WORKLOADS = {}
for shape in [8, 4, 64, 32], [8, 8, 128, 32], [2, 4, 1024, 32]:
    for dtype in torch.float32, torch.bfloat16:
        for causal in False, True:
            name = "causal " * causal + "attention"
            name += " of bfloat16" * (dtype == torch.bfloat16) + f", {times(shape)}"
            make = lambda shape=shape, dtype=dtype: [torch.randn(shape).to(dtype) for _ in range(3)]
            attend = lambda q, k, v, causal=causal: F.scaled_dot_product_attention(
                q, k, v, is_causal=causal
            )
            WORKLOADS |= both_ways({name: (make, attend)})
