"""Writes losses.json: reference values of PyTorch's losses.

    pip install torch==2.13.0 && python make_losses.py

For every loss and reduction: the loss, and the gradients of the random inputs, with a cotangent of
ones. The seed of the inputs depends only on the name of the case.
"""

import json
import pathlib
import zlib

import torch
from torch import nn
import torch.nn.functional as F

here = pathlib.Path(__file__).parent
classes = torch.tensor([2, 0, 1, 2])
some = torch.tensor([2, -100, 1, -100])
signs = torch.tensor([1.0, -1.0, -1.0, 1.0], dtype=torch.float64)
factors = torch.tensor([0.5, 2.0, 1.0], dtype=torch.float64)
huge = torch.tensor([[1000.0, -1000.0, 0.0]], dtype=torch.float64)

# Name: the loss, and the shapes of its random inputs.
losses = {
    "l1": (lambda x, y, r: F.l1_loss(x, y, reduction=r), [(2, 3), (2, 3)]),
    "mse": (lambda x, y, r: F.mse_loss(x, y, reduction=r), [(2, 3), (2, 3)]),
    "smoothL1": (lambda x, y, r: F.smooth_l1_loss(x, y, beta=0.5, reduction=r), [(2, 3), (2, 3)]),
    "huber": (lambda x, y, r: F.huber_loss(x, y, delta=0.7, reduction=r), [(2, 3), (2, 3)]),
    "crossEntropy": (lambda x, r: F.cross_entropy(x, classes, reduction=r), [(4, 3)]),
    "crossEntropy, all": (lambda x, r: F.cross_entropy(x, some, factors, label_smoothing=0.1, reduction=r), [(4, 3)]),
    "crossEntropy, smoothing": (lambda x, r: F.cross_entropy(x, classes, label_smoothing=0.3, reduction=r), [(4, 3)]),
    "crossEntropy, probabilities": (lambda x, t, r: F.cross_entropy(x, t.softmax(1), factors, label_smoothing=0.1, reduction=r), [(4, 3), (4, 3)]),
    "crossEntropy, images": (lambda x, r: F.cross_entropy(x, classes.reshape(2, 2), ignore_index=1, reduction=r), [(2, 3, 2)]),
    "crossEntropy, one": (lambda x, r: F.cross_entropy(x, torch.tensor(1), reduction=r), [(3,)]),
    "crossEntropy, huge": (lambda x, r: F.cross_entropy(x + huge, torch.tensor([1, 0]), reduction=r), [(2, 3)]),
    "nll": (lambda x, r: F.nll_loss(x.log_softmax(1), some, factors, reduction=r), [(4, 3)]),
    "bce": (lambda x, t, r: F.binary_cross_entropy(x.sigmoid(), t.sigmoid(), factors, reduction=r), [(2, 3), (2, 3)]),
    "bce, certain": (lambda x, r: F.binary_cross_entropy((1000 * x).sigmoid(), torch.ones(2, 3, dtype=torch.float64), reduction=r), [(2, 3)]),
    "bceWithLogits": (lambda x, t, r: F.binary_cross_entropy_with_logits(x, t.sigmoid(), factors, pos_weight=factors + 1, reduction=r), [(2, 3), (2, 3)]),
    "bceWithLogits, huge": (lambda x, t, r: F.binary_cross_entropy_with_logits(x + huge, t.sigmoid(), reduction=r), [(2, 3), (2, 3)]),
    "klDiv": (lambda x, t, r: F.kl_div(x.log_softmax(1), t.softmax(1), reduction=r), [(2, 3), (2, 3)]),
    "klDiv, zeros": (lambda x, r: F.kl_div(x.log_softmax(1), torch.eye(3, dtype=torch.float64), reduction=r), [(3, 3)]),
    "klDiv, logarithms": (lambda x, t, r: F.kl_div(x.log_softmax(1), t.log_softmax(1), log_target=True, reduction=r), [(2, 3), (2, 3)]),
    "hingeEmbedding": (lambda x, r: F.hinge_embedding_loss(x, signs, margin=0.8, reduction=r), [(4,)]),
    "tripletMargin": (lambda a, p, n, r: F.triplet_margin_loss(a, p, n, reduction=r), [(4, 3)] * 3),
    "tripletMargin, swap": (lambda a, p, n, r: F.triplet_margin_loss(a, p, n, margin=2, p=3, swap=True, reduction=r), [(4, 3)] * 3),
    "cosineEmbedding": (lambda a, b, r: F.cosine_embedding_loss(a, b, signs, margin=0.1, reduction=r), [(4, 3)] * 2),
}


def packed(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().flatten().tolist()}


cases = []
for name, (loss, shapes) in losses.items():
    for reduction in ("mean", "sum", "none"):
        generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
        inputs = [torch.randn(s, dtype=torch.float64, generator=generator).requires_grad_() for s in shapes]
        output = loss(*inputs, reduction)
        output.sum().backward()
        cases.append(
            {
                "name": name,
                "reduction": reduction,
                "inputs": [packed(tensor) for tensor in inputs],
                "output": packed(output),
                "gradients": [packed(tensor.grad) for tensor in inputs],
            }
        )

lines = ",\n".join(map(json.dumps, cases))
(here / "losses.json").write_text(f"[\n{lines}\n]\n")
