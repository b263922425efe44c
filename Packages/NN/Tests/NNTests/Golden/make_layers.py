"""Writes layers.json: reference values of PyTorch's layers.

    pip install torch==2.13.0 && python make_layers.py

The layers are those of the table in LayerTable.swift. Each is created after torch.manual_seed(0), so its state
dict has PyTorch's initial values. It is then called in float64, on random inputs whose seed depends only on the
name of the case; the output, and the gradients of inputs and parameters for a random cotangent, are recorded.
"""

import json
import pathlib
import re
import zlib

import torch
from torch import nn

here = pathlib.Path(__file__).parent


def joined(*tensors):
    return torch.cat([tensor.flatten() for tensor in tensors])


def lstm(layer, x, h=None, c=None):
    output, states = layer(x) if h is None else layer(x, (h, c))
    return joined(output, *states)


def attention(layer, *inputs, **options):
    output, weights = layer(*inputs, **options)
    return output if weights is None else joined(output, weights)


hidden = torch.triu(torch.ones(3, 3, dtype=torch.bool), 1)
padding = torch.tensor([[False, False, True], [False, False, False]])
call = lambda layer, *inputs: layer(*inputs)

# Calls of layers that take more than their inputs.
uses = {
    "embedding": lambda l: l(torch.tensor([[0, 1], [4, 0]])),
    "batchNorm1d": lambda l, x: joined(l(x), l(2 * x), l.running_mean, l.running_var),
    "batchNorm1d, evaluation": lambda l, x: (l(x), l(x + 1), l.eval()(x))[2],
    "batchNorm2d, batch only": lambda l, x: l.eval()(x),
    "relu6": lambda l, x: l(4 * x),
    "hardswish": lambda l, x: l(3 * x),
    "hardsigmoid": lambda l, x: (3 * x + 3).clamp(0, 6) / 6,
    "rnn": lambda l, x: joined(*l(x)),
    "rnn, no batch": lambda l, x, h: joined(*l(x, h)),
    "lstm": lstm,
    "lstm, batch first": lstm,
    "gru": lambda l, x: joined(*l(x)),
    "lstmCell": lambda l, x: joined(*l(x)),
    "multiheadAttention": attention,
    "multiheadAttention, masks": lambda l, x: attention(l, x, x, x, attn_mask=hidden, key_padding_mask=padding, average_attn_weights=False),
    "multiheadAttention, no weights": lambda l, x: attention(l, x, x, x, attn_mask=hidden, is_causal=True, need_weights=False),
    "transformerEncoderLayer, norm first": lambda l, x: l(x, src_mask=hidden, src_key_padding_mask=padding),
    "transformerDecoder": lambda l, x, m: l(x, m, tgt_mask=hidden),
}

# A line of the table has the constructor call in PyTorch, and the shapes of the inputs.
table = (here.parent / "LayerTable.swift").read_text()
table = table[table.index("let layerCases") :]
line = r'^  "([^"]+)": LayerCase\(\s*"([^"]+)"((?:,\s*\[[\d, ]+\])*)\s*\)'
layers = {
    name: (module, [json.loads(shape) for shape in re.findall(r"\[.*?\]", shapes)], uses.pop(name, call))
    for name, module, shapes in re.findall(line, table, re.MULTILINE)
}
assert len(layers) == table.count("LayerCase(") and not uses, uses


def packed(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().flatten().tolist()}


cases = []
for name, (module, shapes, use) in layers.items():
    torch.manual_seed(0)
    layer = eval(module, vars(nn))
    state = [{"key": key, **packed(value)} for key, value in layer.state_dict().items()]
    text = repr(layer)
    layer = layer.double()
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    draw = lambda shape: torch.randn(shape, dtype=torch.float64, generator=generator)
    inputs = [draw(shape).requires_grad_() for shape in shapes]
    output = use(layer, *inputs)
    cotangent = draw(output.shape)
    output.backward(cotangent)
    cases.append(
        {
            "name": name,
            "text": text,
            "state": state,
            "inputs": [packed(tensor) for tensor in inputs],
            "output": packed(output),
            "cotangent": packed(cotangent),
            "inputGradients": [packed(tensor.grad) for tensor in inputs],
            "gradients": {key: packed(p.grad) for key, p in layer.named_parameters() if p.grad is not None},
        }
    )

lines = ",\n".join(map(json.dumps, cases))
(here / "layers.json").write_text(f"[\n{lines}\n]\n")
