"""Writes operations.json and random.json: what PyTorch computes, for the tests to compare with.

    pip install torch==2.13.0 && python make_golden.py

Each operation gets inputs and a cotangent, the gradient of its output; it records the output, and the
inputs' gradients for that cotangent. All in float64, drawn from a seed that depends on the case's name
alone, so that a new case leaves the others as they are.
"""

import json
import pathlib
import zlib

import torch

here = pathlib.Path(__file__).parent


def normal(*shape):
    return lambda generator: torch.randn(shape, dtype=torch.float64, generator=generator)


def positive(*shape):
    return lambda generator: torch.rand(shape, dtype=torch.float64, generator=generator) + 0.5


def write(name, content):
    """Writes a file of JSON with a line for each entry of a list or a dict."""
    is_list = isinstance(content, list)
    lines = map(json.dumps, content) if is_list else (
        f"{json.dumps(key)}: {json.dumps(value)}" for key, value in content.items()
    )
    text = ",\n".join(lines)
    (here / name).write_text(f"[\n{text}\n]\n" if is_list else f"{{\n{text}\n}}\n")


def packed(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().flatten().tolist()}


# Name: function and inputs. The names are those of the table in OperationTable.swift.
index = torch.tensor([[0, 2, 1], [2, 2, 0]])
rows = torch.tensor([2, 0, 2])
operations = {
    "negate": (lambda x: -x, [normal(2, 3)]),
    "abs": (torch.abs, [normal(2, 3)]),
    "sign": (torch.sign, [normal(2, 3)]),
    "square": (torch.square, [normal(2, 3)]),
    "relu": (torch.relu, [normal(2, 3)]),
    "exp": (torch.exp, [normal(2, 3)]),
    "log": (torch.log, [positive(2, 3)]),
    "sqrt": (torch.sqrt, [positive(2, 3)]),
    "reciprocal": (torch.reciprocal, [positive(2, 3)]),
    "sin": (torch.sin, [normal(2, 3)]),
    "cos": (torch.cos, [normal(2, 3)]),
    "tanh": (torch.tanh, [normal(2, 3)]),
    "sigmoid": (torch.sigmoid, [normal(2, 3)]),
    "add": (torch.add, [normal(2, 3), normal(2, 3)]),
    "add, broadcast": (torch.add, [normal(2, 1, 3), normal(4, 1)]),
    "subtract": (torch.sub, [normal(2, 3), normal(3)]),
    "multiply": (torch.mul, [normal(2, 3), normal(2, 1)]),
    "divide": (torch.div, [normal(2, 3), positive(3)]),
    "power": (torch.pow, [positive(2, 3), normal(3)]),
    "maximum": (torch.maximum, [normal(2, 3), normal(2, 3)]),
    "minimum": (torch.minimum, [normal(2, 3), normal(3)]),
    "to": (lambda x: x.to(torch.float64), [normal(2, 3)]),
    "sum": (torch.sum, [normal(2, 3)]),
    "sum, dims": (lambda x: x.sum(dim=(0, 2)), [normal(2, 3, 4)]),
    "sum, keepDim": (lambda x: x.sum(dim=-1, keepdim=True), [normal(2, 3)]),
    "mean": (lambda x: x.mean(dim=0), [normal(2, 3)]),
    "variance": (lambda x: x.var(dim=1), [normal(2, 3)]),
    "std": (lambda x: x.std(dim=0, correction=0), [normal(4, 3)]),
    "amax": (lambda x: x.amax(dim=1), [normal(2, 3)]),
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
    "contiguous": (lambda x: x.T.contiguous(), [normal(2, 3)]),
    "clone": (torch.clone, [normal(2, 3)]),
    "gather": (lambda x: x.gather(1, index), [normal(2, 3)]),
    "scatterAdd": (lambda x, y: x.scatter_add(1, index, y), [normal(2, 3), normal(2, 3)]),
    "indexSelect": (lambda x: x.index_select(0, rows), [normal(3, 2)]),
    "matmul": (torch.matmul, [normal(2, 3), normal(3, 4)]),
    "matmul, vectors": (torch.matmul, [normal(3), normal(3)]),
    "matmul, vector and matrix": (torch.matmul, [normal(3), normal(2, 3, 4)]),
    "matmul, batches": (torch.matmul, [normal(2, 1, 2, 3), normal(3, 3, 2)]),
    "linear": (torch.nn.functional.linear, [normal(4, 3), normal(2, 3), normal(2)]),
    "linear, batches": (torch.nn.functional.linear, [normal(2, 4, 3), normal(2, 3), normal(2)]),
    "cat": (lambda a, b: torch.cat([a, b], dim=1), [normal(2, 3), normal(2, 1)]),
    "stack": (lambda a, b: torch.stack([a, b], dim=-1), [normal(2, 3), normal(2, 3)]),
}

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

promotion = {}
types = ["bool", "uint8", "int8", "int16", "int32", "int64", "float32", "float64"]
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
}
printed = {name: {**packed(t), "text": repr(t)} for name, t in printed.items()}
for case in printed.values():
    case["values"] = [str(value) for value in case["values"]]

write("operations.json", cases)
write("random.json", random)
write("promotion.json", promotion)
write("printed.json", printed)
