"""Writes the JSON files beside it: what PyTorch computes, for the tests to compare with.

    pip install torch==2.13.0 && python make_golden.py

Each operation gets inputs and a cotangent, the gradient of its output; it records the output, and the
inputs' gradients for that cotangent. All in float64, drawn from a seed that depends on the case's name
alone, so that a new case leaves the others as they are.
"""

import json
import math
import pathlib
import re
import warnings
import zlib

import torch
import torch.nn.functional as F

here = pathlib.Path(__file__).parent


def normal(*shape):
    return lambda generator: torch.randn(shape, dtype=torch.float64, generator=generator)


def positive(*shape):
    return lambda generator: torch.rand(shape, dtype=torch.float64, generator=generator) + 0.5


def unit(*shape):
    return lambda generator: positive(*shape)(generator) - 0.9


def above_one(*shape):
    return lambda generator: positive(*shape)(generator) + 1


def with_zeros(*shape):
    return lambda generator: normal(*shape)(generator) * (torch.arange(shape[-1]) != 1)


def wide(*shape):
    return lambda generator: 3 * normal(*shape)(generator)


def invertible(*shape):
    return lambda generator: normal(*shape)(generator) + 3 * torch.eye(*shape[-2:])


def spd(x):
    return x @ x.mT + torch.eye(3)


def write(name, content):
    """Writes a file of JSON with a line for each entry of a list or a dict."""
    is_list = isinstance(content, list)
    lines = map(json.dumps, content) if is_list else (
        f"{json.dumps(key)}: {json.dumps(value)}" for key, value in content.items()
    )
    text = ",\n".join(lines)
    (here / name).write_text(f"[\n{text}\n]\n" if is_list else f"{{\n{text}\n}}\n")


def typed(tensor):
    values = [str(value) for value in tensor.flatten().tolist()]
    return {"shape": list(tensor.shape), "dtype": str(tensor.dtype)[6:], "values": values}


def packed(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().flatten().tolist()}


def assigned(x, *assignments):
    """A copy of x with parts replaced, each given as an index and a value."""
    y = x * 2
    for index, value in assignments:
        y[index] = value
    return y


def changed_view(x, y):
    """Changes of a view of a view, seen by what it is a view of and by another view."""
    a = x * 2
    row, column = a[1], a[:, 2]
    row[1:].mul_(y).add_(1)
    row.exp_()
    return torch.cat([a.flatten(), row, column * a[0, 0]])


def changed(x, y):
    a = x * 2
    a *= y
    a.atan2_(y).copy_(a.clone().sin() * y)
    a -= 1
    return a / y


def lstm(x, h, c, w):
    states = []
    for gates in x:
        i, f, g, o = (gates + h @ w.T).chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        states.append(torch.stack([h, c]))
    return torch.stack(states)


# Name: function and inputs. The names are those of the table in OperationTable.swift.
index = torch.tensor([[0, 2, 1], [2, 2, 0]])
rows = torch.tensor([2, 0, 2])
operations = {
    "negate": (lambda x: -x, [normal(2, 3)]),
    "log": (torch.log, [positive(2, 3)]),
    "sqrt": (torch.sqrt, [positive(2, 3)]),
    "reciprocal": (torch.reciprocal, [positive(2, 3)]),
    "rsqrt": (torch.rsqrt, [positive(2, 3)]),
    "log1p": (torch.log1p, [positive(2, 3)]),
    "log2": (torch.log2, [positive(2, 3)]),
    "log10": (torch.log10, [positive(2, 3)]),
    "tan": (torch.tan, [unit(2, 3)]),
    "asin": (torch.asin, [unit(2, 3)]),
    "acos": (torch.acos, [unit(2, 3)]),
    "acosh": (lambda x: torch.acosh(x), [above_one(2, 3)]),
    "atanh": (torch.atanh, [unit(2, 3)]),
    "clamp": (lambda x: x.clamp(-0.5, 0.75), [normal(3, 3)]),
    "clamp, one side": (lambda x: x.clamp(max=0.25), [normal(3, 3)]),
    "logSigmoid": (F.logsigmoid, [normal(2, 3)]),
    "leakyRelu": (lambda x: F.leaky_relu(x, 0.2), [normal(2, 3)]),
    "elu": (lambda x: F.elu(x, 1.5), [normal(2, 3)]),
    "selu": (F.selu, [normal(2, 3)]),
    "gelu": (F.gelu, [normal(2, 3)]),
    "geluTanh": (lambda x: F.gelu(x, approximate='tanh'), [normal(2, 3)]),
    "silu": (F.silu, [normal(2, 3)]),
    "mish": (F.mish, [normal(2, 3)]),
    "softplus": (lambda x: F.softplus(x, 2, 1), [normal(3, 3)]),
    "softsign": (F.softsign, [normal(2, 3)]),
    "hardtanh": (lambda x: F.hardtanh(x, -0.5, 0.75), [normal(3, 3)]),
    "hardsigmoid": (lambda x: (x + 3).clamp(0, 6) / 6, [wide(3, 3)]),
    "hardswish": (F.hardswish, [wide(3, 3)]),
    "huber": (
        lambda x: F.huber_loss(x, torch.zeros_like(x), delta=0.7, reduction="none"), [normal(3, 3)],
    ),
    "nanToNum": (torch.nan_to_num, [normal(2, 3)]),
    "glu": (lambda x: F.glu(x, 1), [normal(2, 4)]),
    "power, number": (lambda x: x ** 2.5, [positive(2, 3)]),
    "remainder": (torch.remainder, [normal(2, 3), positive(3)]),
    "atan2": (torch.atan2, [normal(2, 3), normal(3)]),
    "logaddexp": (torch.logaddexp, [normal(2, 3), normal(3)]),
    "lerp": (torch.lerp, [normal(2, 3), normal(3), positive(2, 3)]),
    "prelu": (F.prelu, [normal(2, 3, 2), normal(3)]),
    "prelu, one weight": (F.prelu, [normal(2, 3), normal(1)]),
    "where": (lambda x, y: torch.where(torch.tensor([[True], [False]]), x, y), [normal(2, 3), normal(3)]),
    "add": (torch.add, [normal(2, 3), normal(2, 3)]),
    "add, broadcast": (torch.add, [normal(2, 1, 3), normal(4, 1)]),
    "subtract": (torch.sub, [normal(2, 3), normal(3)]),
    "multiply": (torch.mul, [normal(2, 3), normal(2, 1)]),
    "divide": (torch.div, [normal(2, 3), positive(3)]),
    "power": (torch.pow, [positive(2, 3), normal(3)]),
    "maximum": (torch.maximum, [normal(2, 3), normal(2, 3)]),
    "minimum": (torch.minimum, [normal(2, 3), normal(3)]),
    "to": (lambda x: x.to(torch.float64), [normal(2, 3)]),
    "sum, dims": (lambda x: x.sum(dim=(0, 2)), [normal(2, 3, 4)]),
    "sum, keepDim": (lambda x: x.sum(dim=-1, keepdim=True), [normal(2, 3)]),
    "mean": (lambda x: x.mean(dim=0), [normal(2, 3)]),
    "variance": (lambda x: x.var(dim=1), [normal(2, 3)]),
    "std": (lambda x: x.std(dim=0, correction=0), [normal(4, 3)]),
    "amax": (lambda x: x.amax(dim=1), [normal(2, 3)]),
    "prod, dim": (lambda x: x.prod(1), [normal(2, 3, 2)]),
    "prod, zeros": (lambda x: x.prod(2).prod(0), [with_zeros(2, 3, 2)]),
    "cumprod, zeros": (lambda x: x.cumprod(-1), [with_zeros(2, 4)]),
    "amin": (lambda x: x.amin((0, 2), keepdim=True), [normal(2, 3, 2)]),
    "max, dim": (lambda x: x.max(1).values, [normal(2, 3)]),
    "min, dim": (lambda x: x.min(0, keepdim=True).values, [normal(2, 3)]),
    "logsumexp": (lambda x: x.logsumexp(1), [normal(2, 3)]),
    "norm": (lambda x: x.norm(dim=1), [normal(2, 3)]),
    "norm, 3": (lambda x: x.norm(3), [normal(2, 3)]),
    "norm, 1": (lambda x: x.norm(1, dim=0, keepdim=True), [normal(2, 3)]),
    "norm, infinite": (lambda x: x.norm(torch.inf), [normal(2, 3)]),
    "sort": (lambda x: x.sort(0).values, [normal(4, 3)]),
    "topk": (lambda x: x.topk(2, 1).values, [normal(2, 5)]),
    "median": (lambda x: x.median(1).values, [normal(2, 4)]),
    "cumsum": (lambda x: x.cumsum(0), [normal(4, 3)]),
    "cumprod": (lambda x: x.cumprod(1), [positive(2, 4)]),
    "flip": (lambda x: x.flip(0, 2), [normal(2, 3, 4)]),
    "logSoftmax": (lambda x: x.log_softmax(dim=1), [normal(2, 3)]),
    "logSoftmax, dim 0": (lambda x: x.log_softmax(dim=0), [normal(2, 3, 2)]),
    "softmax": (lambda x: x.softmax(dim=-1), [normal(2, 3)]),
    "view": (lambda x: x.view(3, -1), [normal(2, 3)]),
    "reshape": (lambda x: x.reshape(4, -1), [normal(2, 3, 2)]),
    "flatten": (lambda x: x.flatten(1), [normal(2, 3, 2)]),
    "permute": (lambda x: x.permute(2, 0, 1), [normal(2, 3, 4)]),
    "transpose": (lambda x: x.transpose(0, -1), [normal(2, 3, 4)]),
    "expand": (lambda x: x.expand(4, -1, 3), [normal(2, 1)]),
    "narrow": (lambda x: x.narrow(1, 1, 2), [normal(2, 4)]),
    "slice": (lambda x: x[..., 1::2], [normal(2, 3, 5)]),
    "select": (lambda x: x[:, -1], [normal(2, 3, 4)]),
    "diagonal": (torch.diagonal, [normal(3, 4)]),
    "diagonal, offset": (lambda x: x.diagonal(-1, 2, 0), [normal(3, 2, 4)]),
    "unfold": (lambda x: x.unfold(1, 3, 2), [normal(2, 7)]),
    "unflatten": (lambda x: x.unflatten(1, (2, -1)), [normal(2, 6)]),
    "movedim": (lambda x: x.movedim((0, 1), (-1, 0)), [normal(2, 3, 4)]),
    "mT": (lambda x: x.mT, [normal(2, 3, 4)]),
    "broadcastTo": (lambda x: x.broadcast_to((2, 2, 3)), [normal(2, 1)]),
    "split": (lambda x: (lambda p: p[0] * p[1] + p[2])(x.split(2, 1)), [normal(2, 6)]),
    "split, sizes": (lambda x: (lambda p: p[0] * p[1])(x.split([1, 3], -1)), [normal(2, 4)]),
    "chunk": (lambda x: (lambda p: p[0] * p[1] + p[2])(x.chunk(3)), [normal(6, 2)]),
    "unbind": (lambda x: (lambda p: p[0] * p[2])(x.unbind(1)), [normal(2, 3)]),
    "contiguous": (lambda x: x.T.contiguous(), [normal(2, 3)]),
    "gather": (lambda x: x.gather(1, index), [normal(2, 3)]),
    "scatterAdd": (lambda x, y: x.scatter_add(1, index, y), [normal(2, 3), normal(2, 3)]),
    "indexSelect": (lambda x: x.index_select(0, rows), [normal(3, 2)]),
    "scatter": (lambda x, y: x.scatter(1, torch.tensor([[0, 2], [2, 1]]), y), [normal(2, 3), normal(2, 2)]),
    "indexAdd": (lambda x, y: x.index_add(0, rows, y), [normal(3, 2), normal(3, 2)]),
    "take": (lambda x: x.take(torch.tensor([[0, 5], [-1, 0]])), [normal(2, 3)]),
    "takeAlongDim": (lambda x: x.take_along_dim(torch.tensor([[1], [0], [2]]), 0), [normal(3, 2)]),
    "maskedSelect": (lambda x: x.masked_select(torch.tensor([True, False, True])), [normal(2, 3)]),
    "index, tensors": (lambda x: x[torch.tensor([0, 1, -1]), torch.tensor([[2], [0]])], [normal(2, 3, 2)]),
    "index, later dim": (lambda x: x[:, torch.tensor([[2, 0]])], [normal(2, 3, 2)]),
    "index, apart": (lambda x: x[torch.tensor([1, 0]), :, torch.tensor([0, 2])], [normal(2, 3, 4)]),
    "index, middle": (lambda x: x[:, torch.tensor([1, 0]), torch.tensor([0, 2])], [normal(2, 3, 4, 2)]),
    "index, mask": (lambda x: x[torch.tensor([[True, False], [True, True]])], [normal(2, 2, 3)]),
    "index, mixed": (lambda x: x[1:2, torch.tensor([0, 0, 2]), None, ::2][0], [normal(2, 3, 4)]),
    "repeat": (lambda x: x.repeat(2, 1, 3), [normal(2, 2)]),
    "tile": (lambda x: x.tile((2,)), [normal(2, 2)]),
    "repeatInterleave": (lambda x: x.repeat_interleave(2, 1), [normal(2, 3)]),
    "roll": (lambda x: x.roll((1, -2), (0, 1)), [normal(2, 5)]),
    "roll, all": (lambda x: x.roll(4), [normal(2, 3)]),
    "hstack": (lambda a, b: torch.hstack([a, b]), [normal(2, 3), normal(2, 1)]),
    "vstack": (lambda a, b: torch.vstack([a, b]), [normal(3), normal(2, 3)]),
    "matmul": (torch.matmul, [normal(2, 3), normal(3, 4)]),
    "matmul, vectors": (torch.matmul, [normal(3), normal(3)]),
    "matmul, vector and matrix": (torch.matmul, [normal(3), normal(2, 3, 4)]),
    "matmul, batches": (torch.matmul, [normal(2, 1, 2, 3), normal(3, 3, 2)]),
    "einsum, matmul": (lambda *x: torch.einsum("ij,jk->ik", *x), [normal(2, 3), normal(3, 4)]),
    "einsum, batches": (lambda *x: torch.einsum("bij,bjk->bik", *x), [normal(2, 2, 3), normal(2, 3, 2)]),
    "einsum, implicit": (lambda *x: torch.einsum("ba,cb", *x), [normal(2, 3), normal(4, 2)]),
    "einsum, trace": (lambda *x: torch.einsum("ii->", *x), [normal(3, 3)]),
    "einsum, diagonal": (lambda *x: torch.einsum("iji->ij", *x), [normal(3, 2, 3)]),
    "einsum, three": (lambda *x: torch.einsum("ij,jk,kl->il", *x), [normal(2, 3), normal(3, 2), normal(2, 4)]),
    "einsum, ellipsis": (lambda *x: torch.einsum("...ij,...jk->...ik", *x), [normal(2, 1, 2, 3), normal(3, 3, 2)]),
    "einsum, sums": (lambda *x: torch.einsum("ij,kl->k", *x), [normal(2, 3), normal(2, 2)]),
    "einsum, bilinear": (lambda *x: torch.einsum("bn,anm,bm->ba", *x), [normal(2, 3), normal(4, 3, 2), normal(2, 2)]),
    "tensordot": (lambda x, y: torch.tensordot(x, y, dims=([1, 0], [0, 2])), [normal(2, 3, 4), normal(3, 5, 2)]),
    "dot": (torch.dot, [normal(3), normal(3)]),
    "mv": (torch.mv, [normal(2, 3), normal(3)]),
    "bmm": (torch.bmm, [normal(2, 2, 3), normal(2, 3, 1)]),
    "outer": (torch.outer, [normal(2), normal(3)]),
    "trace": (torch.trace, [normal(3, 4)]),
    "addmm": (lambda x, a, b: torch.addmm(x, a, b, beta=0.5, alpha=2), [normal(4), normal(2, 3), normal(3, 4)]),
    "det": (torch.linalg.det, [invertible(2, 3, 3)]),
    "det, singular": (lambda x: torch.linalg.det(torch.cat([x, x[:1] * 2])), [normal(2, 3)]),
    "det, zeros": (lambda x: torch.linalg.det(x * torch.zeros(())) + torch.linalg.det(x), [invertible(2, 2)]),
    "qr, wide": (lambda x: (lambda qr: torch.cat([qr[0] ** 2, qr[1] ** 2], -1))(torch.linalg.qr(x)), [invertible(2, 2, 4)]),
    "slogdet": (lambda x: torch.linalg.slogdet(x).logabsdet, [invertible(3, 3)]),
    "inverse": (torch.linalg.inv, [invertible(2, 3, 3)]),
    "solve": (torch.linalg.solve, [invertible(2, 3, 3), normal(2, 3, 2)]),
    "solve, vector": (torch.linalg.solve, [invertible(3, 3), normal(3)]),
    "cholesky": (lambda x: torch.linalg.cholesky(spd(x)), [normal(2, 3, 3)]),
    "qr": (lambda x: (lambda qr: torch.cat([qr[0] ** 2, qr[1] ** 2], -2))(torch.linalg.qr(x)), [normal(4, 3)]),
    "eigh": (lambda x: (lambda e: torch.cat([e[0].unsqueeze(-2), e[1] ** 2], -2))(torch.linalg.eigh(x + x.mT)), [normal(2, 3, 3)]),
    "svd": (lambda x: (lambda d: torch.cat([d[0] ** 2, d[1].unsqueeze(0), d[2] ** 2], 0))(torch.linalg.svd(x, full_matrices=False)), [normal(3, 3)]),
    "svd, tall": (lambda x: (lambda d: torch.cat([d[0] ** 2, d[1].unsqueeze(0), d[2] ** 2], 0))(torch.linalg.svd(x, full_matrices=False)), [normal(4, 2)]),
    "svd, wide": (lambda x: (lambda d: torch.cat([d[0] ** 2, d[1].unsqueeze(1), d[2] ** 2], 1))(torch.linalg.svd(x, full_matrices=False)), [normal(2, 4)]),
    "pinverse": (torch.linalg.pinv, [normal(4, 2)]),
    "matrixNorm": (lambda x: torch.stack([torch.linalg.matrix_norm(x, p) for p in ('fro', 'nuc', 2)]), [normal(3, 2)]),
    "matrixNorm, sums": (lambda x: torch.stack([torch.linalg.matrix_norm(x, p) for p in (1, torch.inf)]), [normal(3, 2)]),
    "linear": (torch.nn.functional.linear, [normal(4, 3), normal(2, 3), normal(2)]),
    "linear, batches": (torch.nn.functional.linear, [normal(2, 4, 3), normal(2, 3), normal(2)]),
    "conv2d": (F.conv2d, [normal(2, 2, 4, 5), normal(3, 2, 3, 2), normal(3)]),
    "conv2d, all": (lambda x, w: F.conv2d(x, w, None, (2, 1), (1, 2), (1, 2), 2), [normal(2, 4, 5, 4), normal(2, 2, 3, 2)]),
    "conv2d, same size": (lambda x, w: F.conv2d(x, w, padding=(1, 2), dilation=(1, 2)), [normal(2, 2, 4, 5), normal(3, 2, 3, 3)]),
    "conv2d, larger windows": (lambda x, w: F.conv2d(x, w, padding=(2, 3)), [normal(1, 2, 1, 2), normal(2, 2, 5, 7)]),
    "conv2d, one place": (lambda x, w: F.conv2d(x, w), [normal(2, 3, 2, 2), normal(2, 3, 1, 1)]),
    "conv1d": (lambda x, w, b: F.conv1d(x, w, b, 2, 1), [normal(2, 2, 6), normal(3, 2, 3), normal(3)]),
    "convTranspose2d": (lambda x, w, b: F.conv_transpose2d(x, w, b, 2, (1, 0), (1, 0)), [normal(2, 2, 3, 2), normal(2, 3, 3, 2), normal(3)]),
    "convTranspose2d, groups": (lambda x, w: F.conv_transpose2d(x, w, groups=2, dilation=(2, 1)), [normal(1, 4, 2, 3), normal(4, 1, 2, 2)]),
    "convTranspose1d": (lambda x, w: F.conv_transpose1d(x, w, stride=2), [normal(2, 2, 4), normal(2, 1, 3)]),
    "maxPool2d": (lambda x: F.max_pool2d(x, (2, 3), (1, 2), (1, 1)), [normal(2, 2, 4, 5)]),
    "maxPool2d, dilation": (lambda x: F.max_pool2d(x, 3, 1, 1, (2, 1)), [normal(1, 2, 6, 5)]),
    "maxPool1d": (lambda x: F.max_pool1d(x, 2), [normal(2, 2, 5)]),
    "avgPool2d": (lambda x: F.avg_pool2d(x, 2), [normal(2, 2, 4, 5)]),
    "avgPool2d, padding": (lambda x: F.avg_pool2d(x, (3, 2), (2, 1), 1, count_include_pad=False), [normal(1, 2, 4, 3)]),
    "avgPool1d": (lambda x: F.avg_pool1d(x, 3, 1, 1), [normal(2, 2, 5)]),
    "adaptiveAvgPool2d": (lambda x: F.adaptive_avg_pool2d(x, (2, 3)), [normal(2, 2, 5, 4)]),
    "adaptiveMaxPool2d": (lambda x: F.adaptive_max_pool2d(x, (3, 2)), [normal(1, 2, 4, 5)]),
    "adaptiveAvgPool1d": (lambda x: F.adaptive_avg_pool1d(x, 3), [normal(2, 2, 5)]),
    "pad": (lambda x: F.pad(x, (1, 2, -1, 1), value=0.5), [normal(2, 3, 2)]),
    "pad, reflect": (lambda x: F.pad(x, (2, 1), mode='reflect'), [normal(2, 2, 4)]),
    "pad, replicate": (lambda x: F.pad(x, (1, 0, 2, 1), mode='replicate'), [normal(2, 2, 3, 2)]),
    "pad, circular": (lambda x: F.pad(x, (2, 1), mode='circular'), [normal(2, 2, 3)]),
    "interpolate": (lambda x: F.interpolate(x, (5, 3)), [normal(1, 2, 3, 4)]),
    "interpolate, bilinear": (lambda x: F.interpolate(x, (5, 3), mode='bilinear'), [normal(1, 2, 3, 4)]),
    "interpolate, corners": (lambda x: F.interpolate(x, (5, 3), mode='bilinear', align_corners=True), [normal(1, 2, 3, 4)]),
    "interpolate, signal": (lambda x: F.interpolate(x, 7), [normal(1, 2, 4)]),
    "interpolate, factor": (lambda x: F.interpolate(x, scale_factor=(1.7, 0.6)), [normal(1, 2, 3, 5)]),
    "interpolate, linear": (lambda x: F.interpolate(x, scale_factor=2.3, mode='linear'), [normal(1, 2, 4)]),
    "interpolate, bilinear factor": (lambda x: F.interpolate(x, scale_factor=(1.7, 0.6), mode='bilinear'), [normal(1, 1, 3, 5)]),
    "asStrided": (lambda x: x.as_strided((2, 2, 3), (1, 2, 1), 1), [normal(3, 3)]),
    "asStrided, of a view": (lambda x: (x * 2).T.as_strided((3, 2), (2, 1)), [normal(3, 3)]),
    "assign": (lambda x, y: assigned(x, ((slice(1, None), slice(None, None, 2)), y), (0, y[:1, :1].sum() * x[0])), [normal(3, 4), normal(2, 2)]),
    "assign, broadcast": (lambda x, y: assigned(x, (Ellipsis, x.flip(0)), ((slice(None), 1), y)), [normal(3, 4), normal(1)]),
    "assign, tensors": (lambda x, y: assigned(x, ((rows, slice(None), torch.tensor([0, 1, 1])), y), (x < 0, y[0, 0])), [normal(3, 2, 2), normal(3, 2)]),
    "assign, through views": (changed_view, [normal(2, 3), positive(2)]),
    "assign, to itself": (changed, [normal(2, 3), positive(3)]),
    "layerNorm": (lambda x, w, b: F.layer_norm(x, (4,), w, b), [normal(2, 3, 4), normal(4), normal(4)]),
    "layerNorm, two dims": (lambda x: F.layer_norm(x, (3, 2), eps=0.1), [normal(2, 3, 2)]),
    "layerNorm, bias": (lambda x, b: F.layer_norm(x, (3,), None, b), [normal(2, 3), normal(3)]),
    "layerNorm, longer rows": (lambda x, w, b: F.layer_norm(x, (70,), w, b), [normal(2, 70), normal(70), normal(70)]),
    "rmsNorm": (lambda x, w: F.rms_norm(x, (4,), w, 0.01), [normal(2, 4), normal(4)]),
    "batchNorm": (lambda x, w, b: F.batch_norm(x, None, None, w, b, True), [normal(4, 2, 3), normal(2), normal(2)]),
    "batchNorm, images": (lambda x, w, b: F.batch_norm(x, None, None, w, b, True), [normal(3, 2, 3, 4), normal(2), normal(2)]),
    "batchNorm, running": (
        lambda x, w: F.batch_norm(x, torch.tensor([0.5, -0.25]).to(x.dtype), torch.tensor([2, 0.75]).to(x.dtype), w),
        [normal(2, 2, 9), normal(2)],
    ),
    "groupNorm": (lambda x, w, b: F.group_norm(x, 2, w, b), [normal(2, 4, 3, 3), normal(4), normal(4)]),
    "groupNorm, short": (lambda x, w: F.group_norm(x, 1, w, eps=0.1), [normal(2, 3, 2), normal(3)]),
    "attention": (F.scaled_dot_product_attention, [normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 2)]),
    "attention, causal": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), [normal(2, 3, 2), normal(2, 3, 2), normal(2, 3, 2)]),
    "attention, mask": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, torch.tensor([[True, False], [True, True], [False, True]]), scale=0.3), [normal(3, 2), normal(2, 2), normal(2, 2)]),
    "lstm": (lstm, [normal(3, 2, 8), normal(2, 2), normal(2, 2), normal(8, 2)]),
    "embedding": (lambda t: F.embedding(torch.tensor([[0, 2], [2, 1]]), t), [normal(3, 2)]),
    "crossEntropy": (
        lambda x: F.cross_entropy(x, torch.tensor([2, 0]), reduction="none"),
        [normal(2, 3)],
    ),
    "cat": (lambda a, b: torch.cat([a, b], dim=1), [normal(2, 3), normal(2, 1)]),
    "stack": (lambda a, b: torch.stack([a, b], dim=-1), [normal(2, 3), normal(2, 3)]),
}

# Those that are called as in PyTorch, with a tensor of any numbers, say nothing here. All in the table's order.
table = (here.parent / "OperationTable.swift").read_text()
table = table[: table.index("\n]\n")]
for name in re.findall(r'^  "(\w+)": { \$0\[0\]\.\1\(\) },$', table, re.MULTILINE):
    if hasattr(torch, name):
        operations.setdefault(name, (getattr(torch, name), [normal(2, 3)]))
order = re.findall(r'^  "([^"]+)": {', table, re.MULTILINE)
operations = {name: operations[name] for name in order}

cases = []
for name, (function, makers) in operations.items():
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    inputs = [make(generator).requires_grad_() for make in makers]
    output = function(*inputs)
    cotangent = normal(*output.shape)(generator)
    gradients = torch.autograd.grad(output, inputs, cotangent)
    cases.append(
        {
            "name": name,
            "inputs": [packed(tensor) for tensor in inputs],
            "cotangent": packed(cotangent),
            "output": packed(output),
            "gradients": [packed(gradient) for gradient in gradients],
        }
    )

# Each operation on empty inputs and on inputs without dims, where PyTorch takes them.
changes = {
    "first dim empty": lambda shape: (0,) + shape[1:] if shape else shape,
    "last dim empty": lambda shape: shape[:-1] + (0,) if shape else shape,
    "without dims": lambda shape: (),
}
edges = []
warnings.filterwarnings("ignore", message=".*degrees of freedom")
warnings.filterwarnings("error", message=".*deprecated")
unchecked = {"attention, mask"}  # PyTorch takes masks here that do not broadcast.
for name, (function, makers) in operations.items():
    for change, changed in changes.items():
        generator = torch.Generator().manual_seed(zlib.crc32((name + change).encode()))
        inputs = [make(generator) for make in makers]
        inputs = [positive(*changed(tuple(x.shape)))(generator).requires_grad_() for x in inputs]
        try:
            if name in unchecked:
                continue
            output = function(*inputs)
            gradients = torch.autograd.grad(output.sum(), inputs, allow_unused=True)
        except (RuntimeError, IndexError, ValueError, TypeError, UserWarning):
            continue
        gradients = [torch.zeros(x.shape) if g is None else g for g, x in zip(gradients, inputs)]
        edges.append(
            {
                "name": name,
                "change": change,
                "inputs": [packed(tensor) for tensor in inputs],
                "output": typed(output),
                "gradients": [typed(gradient) for gradient in gradients],
            }
        )

random = {}
for seed in (0, 1, 1234567890123):
    drawn = random[str(seed)] = []

    def draw(name, tensor):
        drawn.append({"name": name, **packed(tensor)})

    torch.manual_seed(seed)
    draw("rand", torch.rand(5))
    draw("rand, float64", torch.rand(3, dtype=torch.float64))
    draw("randn, few", torch.randn(3))
    draw("randn, 16", torch.randn(16))
    draw("randn, 37", torch.randn(37))
    draw("randn, float64", torch.randn(20, dtype=torch.float64))
    draw("randint", torch.randint(-3, 40, (7,)))
    draw("randint, wide", torch.randint(0, 2**40, (3,)))
    draw("randperm", torch.randperm(20))
    draw("uniform", torch.empty(4).uniform_(-0.125, 0.125))
    draw("normal", torch.normal(3.0, 0.5, (18,)))
    draw("normal, tensors", torch.normal(torch.arange(3.0), torch.tensor([[0.5], [2.0]])))
    # Where PyTorch finds an Intel processor, it draws the next two by MKL instead, from other streams.
    draw("exponential", torch.empty(5).exponential_(2))
    draw("bernoulli, probability", torch.empty(9).bernoulli_(0.3))
    draw("bernoulli", torch.bernoulli(torch.linspace(0.1, 0.9, 9)))
    draw("bernoulli, float64", torch.bernoulli(torch.linspace(0.1, 0.9, 9, dtype=torch.float64)))
    for half in (torch.float16, torch.bfloat16):
        name = str(half).removeprefix("torch.")
        draw(f"rand, {name}", torch.rand(5, dtype=half))
        for count in (5, 16, 37):
            draw(f"randn, {count}, {name}", torch.randn(count, dtype=half))
        draw(f"uniform, {name}", torch.empty(4, dtype=half).uniform_(-0.1, 0.3))
        draw(f"normal, {name}", torch.empty(20, dtype=half).normal_(0.1, 0.3))
        draw(f"exponential, {name}", torch.empty(5, dtype=half).exponential_())
    across = torch.ones(4, 5).T
    draw("randLike, across", torch.rand_like(across))
    draw("randnLike, across", torch.randn_like(across))
    draw("bernoulli, across", torch.bernoulli(across * 0.5))
    weights = torch.tensor([[0.5, 0.0, 2.0, 1.5], [1.0, 1.0, 1.0, 7.0]])
    draw("multinomial", torch.multinomial(weights, 3))
    draw("multinomial, one", torch.multinomial(weights[1], 1))
    draw("multinomial, replacement", torch.multinomial(weights, 12, replacement=True))

promotion = {}
types = ["bool", "uint8", "int8", "int16", "int32", "int64"]
types += ["float16", "bfloat16", "float32", "float64"]
for a in types:
    for b in types:
        x, y = getattr(torch, a), getattr(torch, b)
        one = lambda dtype: torch.ones(1, dtype=dtype)
        scalar = lambda dtype: torch.ones((), dtype=dtype)
        results = [torch.result_type(one(x), one(y)), torch.result_type(one(x), scalar(y))]
        promotion[f"{a} {b}"] = [str(result).removeprefix("torch.") for result in results]

printed = {
    "0-d": torch.tensor(3.5),
    "fixed": torch.tensor([[1.5, -2.25], [100.0, 0.125]]),
    "whole": torch.tensor([1.0, -20.0, 300.0]),
    "wide": torch.tensor([0.00001, 1.0, 123456.0]),
    "special": torch.tensor([float("nan"), float("inf"), -1.0]),
    "integers": torch.arange(12).reshape(2, 2, 3),
    "zeros": torch.zeros(2, 3),
    "empty": torch.zeros(0),
    "empty, dims": torch.zeros(0, 3),
    "float64": torch.tensor([0.1, 2.0], dtype=torch.float64),
    "int32": torch.tensor([1, -20], dtype=torch.int32),
    "long": torch.arange(2000),
    "long, dims": torch.arange(2000.0).reshape(40, 50),
    "lines": torch.arange(40.0),
    "float16": torch.tensor([[0.1, -2.0], [65504.0, 1e-4]], dtype=torch.float16),
    "bfloat16": torch.tensor([0.1, 3.0, -1e-3], dtype=torch.bfloat16),
    "bool": torch.tensor([True, False]),
    "uint8": torch.tensor([[1, 255]], dtype=torch.uint8),
    "wide integers": torch.tensor([-1, 10**12]),
    "huge": torch.tensor([1e20, 1.0]),
    "one": torch.tensor([[[7.0]]]),
}
printed = {name: {**packed(t), "text": repr(t)} for name, t in printed.items()}
for case in printed.values():
    case["values"] = [str(value) for value in case["values"]]

# Operations without a gradient, on values and types where it matters: names as in UntracedTable.swift.
special = torch.tensor([-math.inf, -2.5, -1.0, -0.5, 0.0, 0.5, 1.5, 3.0, math.inf, math.nan])
whole = torch.tensor([-7, -3, -1, 0, 1, 2, 5, 8])
other = torch.tensor([3, -2, 1, 4, -5, 7, 2, -3])
truths = torch.tensor([True, True, False, False])
bits = torch.tensor([True, False, True, False])
shifts = torch.tensor([0, 1, 2, 3, 4, 5, 6, 7])
untraced = {
    "isnan": (torch.isnan, [special]),
    "isinf": (torch.isinf, [special]),
    "isfinite": (torch.isfinite, [special]),
    "isfinite, whole": (torch.isfinite, [whole]),
    "logicalNot": (torch.logical_not, [special]),
    "equal": (torch.eq, [special, special.flip(0)]),
    "notEqual": (torch.ne, [special, special.flip(0)]),
    "less": (torch.lt, [special, special.flip(0)]),
    "lessOrEqual": (torch.le, [special, special.flip(0)]),
    "greater": (torch.gt, [whole, other]),
    "greaterOrEqual": (torch.ge, [whole, other]),
    "logicalAnd": (torch.logical_and, [whole, other.clamp(min=0)]),
    "logicalOr": (torch.logical_or, [whole, other.clamp(min=0)]),
    "logicalXor": (torch.logical_xor, [special, special.flip(0)]),
    "bitwiseAnd": (torch.bitwise_and, [whole, other]),
    "bitwiseAnd, bool": (torch.bitwise_and, [truths, bits]),
    "bitwiseOr": (torch.bitwise_or, [whole, other]),
    "bitwiseXor": (torch.bitwise_xor, [whole.to(torch.int8), other.to(torch.int8)]),
    "bitwiseNot": (torch.bitwise_not, [whole]),
    "bitwiseNot, bool": (torch.bitwise_not, [truths]),
    "bitwiseNot, uint8": (torch.bitwise_not, [whole.to(torch.uint8)]),
    "shiftLeft": (torch.bitwise_left_shift, [whole, shifts]),
    "shiftRight": (torch.bitwise_right_shift, [whole, shifts]),
    "remainder, whole": (torch.remainder, [whole, other]),
    "remainder, special": (torch.remainder, [special, special.flip(0)]),
    "floorDivide": (torch.floor_divide, [whole, other]),
    "floorDivide, fractions": (torch.floor_divide, [special, torch.tensor(0.7)]),
    "power, whole": (torch.pow, [whole, shifts]),
    "power, int8": (torch.pow, [whole.to(torch.int8), shifts.to(torch.int8)]),
    "maximum, special": (torch.maximum, [special, special.flip(0)]),
    "minimum, special": (torch.minimum, [special, special.flip(0)]),
    "isclose": (torch.isclose, [special, special + 1e-6]),
    "nanToNum": (torch.nan_to_num, [special]),
    "nanToNum, float16": (torch.nan_to_num, [special.to(torch.float16)]),
    "abs, whole": (torch.abs, [whole]),
    "sign, whole": (torch.sign, [whole]),
    "relu, special": (torch.relu, [special]),
    "floor, whole": (torch.floor, [whole]),
    "clamp, whole": (lambda x: x.clamp(-2, 3), [whole]),
    "clamp, special": (lambda x: x.clamp(-2, 2), [special]),
    "maskedFill": (lambda x, m: x.masked_fill(m, 7), [torch.arange(4.0), truths]),
    "exp, float16": (torch.exp, [special.to(torch.float16)]),
    "add, bfloat16": (torch.add, [special.to(torch.bfloat16), torch.tensor(0.1, dtype=torch.bfloat16)]),
    "multiply, mixed": (torch.mul, [special.to(torch.float16), special.to(torch.bfloat16)]),
    "to, float16": (lambda x: x.to(torch.float16), [special * 1000.1]),
    "to, bfloat16": (lambda x: x.to(torch.bfloat16), [special * 1000.1]),
    "prod, whole": (lambda x: x.prod(0), [whole.reshape(2, 4).to(torch.int32)]),
    "all": (lambda x: x.all(1), [whole.reshape(4, 2)]),
    "any": (lambda x: x.any(0, keepdim=True), [whole.clamp(min=0).reshape(2, 4)]),
    "all, whole": (lambda x: x.all(), [special]),
    "any, empty": (lambda x: x.any(1), [torch.zeros(2, 0)]),
    "all, empty": (lambda x: x.all(1), [torch.zeros(2, 0)]),
    "countNonzero": (lambda x: x.count_nonzero(0), [whole.reshape(2, 4)]),
    "argmax": (lambda x: x.argmax(1), [special.reshape(2, 5)]),
    "argmin": (lambda x: x.argmin(0), [special.reshape(2, 5)]),
    "argmin, all": (lambda x: x.argmin(), [whole]),
    "amax, whole": (lambda x: x.amax(0), [whole.reshape(2, 4)]),
    "amin, special": (lambda x: x.amin(), [special]),
    "sum, whole": (lambda x: x.sum(0), [whole.reshape(2, 4).to(torch.int8)]),
    "sum, bool": (lambda x: x.sum(), [truths]),
    "sum, empty": (lambda x: x.sum(1), [torch.zeros(2, 0)]),
    "prod, empty": (lambda x: x.prod(1), [torch.zeros(2, 0)]),
    "argsort": (lambda x: x.argsort(descending=True, stable=True), [special]),
    "sort, ties": (lambda x: x.sort(dim=0, stable=True).indices, [(whole % 3).reshape(4, 2)]),
    "sort, special": (lambda x: x.sort().values, [special]),
    "topk, smallest": (lambda x: x.topk(3, largest=False).values, [whole]),
    "median, NaN": (lambda x: x.reshape(2, 5).median(1).values, [special]),
    "unique": (lambda x: x.unique(), [whole % 3]),
    "unique, inverse": (lambda x: x.unique(return_inverse=True)[1], [(whole % 3).reshape(2, 4)]),
    "unique, counts": (lambda x: x.unique(return_counts=True)[1], [whole % 3]),
    "unique, dim": (lambda x: x.unique(dim=1), [(whole % 2).reshape(2, 4)]),
    "unique, dim inverse": (lambda x: x.unique(dim=0, return_inverse=True)[1], [(whole % 2).reshape(4, 2)]),
    "unique, empty": (lambda x: x.unique(), [torch.zeros(0)]),
    "searchsorted": (torch.searchsorted, [whole.reshape(2, 4).sort().values, other.reshape(2, 4)]),
    "searchsorted, right": (lambda x, y: torch.searchsorted(x, y, right=True), [whole.sort().values, other.reshape(2, 4)]),
    "maxPool2d, special": (lambda x: F.max_pool2d(x.reshape(1, 2, 5), (1, 2), 1, (0, 1)), [special]),
    "bincount": (lambda x: x.bincount(minlength=9), [whole.clamp(min=0)]),
    "cumsum, whole": (lambda x: x.cumsum(0), [whole.to(torch.int16)]),
    "cumprod, whole": (lambda x: x.cumprod(0), [whole]),
    "nonzero": (lambda x: x.reshape(2, 4).nonzero(), [whole.clamp(min=0)]),
    "flip, whole": (lambda x: x.flip(0), [whole]),
    "sum, float16": (torch.sum, [torch.full((3000,), 0.1, dtype=torch.float16)]),
}


results = []
for name, (function, inputs) in untraced.items():
    output = typed(function(*inputs))
    results.append({"name": name, "inputs": [typed(tensor) for tensor in inputs], "output": output})

write("untraced.json", results)
write("operations.json", cases)
write("edges.json", edges)
write("random.json", random)
write("promotion.json", promotion)
write("printed.json", printed)
