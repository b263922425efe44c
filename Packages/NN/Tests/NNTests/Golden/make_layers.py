"""Writes layers.json: PyTorch's layers, for the tests to compare with.

    pip install torch==2.13.0 && python make_layers.py

Each layer is made after torch.manual_seed(0), so its state dict holds PyTorch's own initial values. Then
it is used in float64, on inputs that are drawn from a seed that depends on the case's name alone; the
output, and the gradients of inputs and parameters for a drawn cotangent, are recorded.
"""

import json
import pathlib
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

# Name: how it is made, its inputs' shapes, and how it is used.
layers = {
    "linear": (lambda: nn.Linear(3, 2), [(4, 3)], call),
    "linear, no bias": (lambda: nn.Linear(3, 2, bias=False), [(2, 2, 3)], call),
    "flatten": (lambda: nn.Flatten(), [(2, 3, 2)], call),
    "unflatten": (lambda: nn.Unflatten(1, (2, 3)), [(2, 6)], call),
    "embedding": (lambda: nn.Embedding(5, 3, padding_idx=1), [], lambda l: l(torch.tensor([[0, 1], [4, 0]]))),
    "conv1d": (lambda: nn.Conv1d(2, 4, 3, stride=2, padding=1, groups=2), [(2, 2, 7)], call),
    "conv2d": (lambda: nn.Conv2d(2, 3, (3, 2), padding=1, dilation=(1, 2)), [(2, 2, 4, 5)], call),
    "conv2d, no batch": (lambda: nn.Conv2d(2, 3, 3, bias=False), [(2, 4, 5)], call),
    "convTranspose1d": (lambda: nn.ConvTranspose1d(2, 3, 3, stride=2, output_padding=1), [(2, 2, 3)], call),
    "convTranspose2d": (lambda: nn.ConvTranspose2d(4, 2, 3, stride=2, padding=1, groups=2), [(1, 4, 3, 2)], call),
    "maxPool1d": (lambda: nn.MaxPool1d(2), [(2, 2, 5)], call),
    "maxPool2d": (lambda: nn.MaxPool2d((2, 3), stride=1, padding=1), [(1, 2, 4, 5)], call),
    "avgPool1d": (lambda: nn.AvgPool1d(3, 1, 1), [(1, 2, 5)], call),
    "avgPool2d": (lambda: nn.AvgPool2d(2), [(1, 2, 4, 5)], call),
    "adaptiveAvgPool1d": (lambda: nn.AdaptiveAvgPool1d(3), [(1, 2, 5)], call),
    "adaptiveAvgPool2d": (lambda: nn.AdaptiveAvgPool2d((1, 2)), [(1, 2, 4, 5)], call),
    "adaptiveMaxPool1d": (lambda: nn.AdaptiveMaxPool1d(2), [(1, 2, 5)], call),
    "adaptiveMaxPool2d": (lambda: nn.AdaptiveMaxPool2d(2), [(1, 2, 4, 5)], call),
    "batchNorm1d": (lambda: nn.BatchNorm1d(3), [(4, 3)], lambda l, x: joined(l(x), l(2 * x), l.running_mean, l.running_var)),
    "batchNorm1d, evaluation": (lambda: nn.BatchNorm1d(2, momentum=None), [(4, 2, 3)], lambda l, x: (l(x), l(x + 1), l.eval()(x))[2]),
    "batchNorm2d": (lambda: nn.BatchNorm2d(2, eps=0.01, affine=False), [(2, 2, 2, 3)], call),
    "batchNorm2d, batch only": (lambda: nn.BatchNorm2d(2, track_running_stats=False), [(2, 2, 2, 3)], lambda l, x: l.eval()(x)),
    "layerNorm": (lambda: nn.LayerNorm((2, 3)), [(4, 2, 3)], call),
    "layerNorm, no bias": (lambda: nn.LayerNorm(3, bias=False), [(4, 3)], call),
    "rmsNorm": (lambda: nn.RMSNorm(4), [(3, 4)], call),
    "groupNorm": (lambda: nn.GroupNorm(2, 4), [(2, 4, 3)], call),
    "relu6": (lambda: nn.ReLU6(), [(3, 3)], lambda l, x: l(4 * x)),
    "leakyRelu": (lambda: nn.LeakyReLU(0.2), [(3, 3)], call),
    "prelu": (lambda: nn.PReLU(3), [(2, 3, 2)], call),
    "elu": (lambda: nn.ELU(0.5), [(3, 3)], call),
    "gelu": (lambda: nn.GELU(approximate="tanh"), [(3, 3)], call),
    "softplus": (lambda: nn.Softplus(2.0), [(3, 3)], call),
    "hardtanh": (lambda: nn.Hardtanh(-0.5, 2.0), [(3, 3)], call),
    "softmax": (lambda: nn.Softmax(dim=1), [(3, 3)], call),
    "logSoftmax": (lambda: nn.LogSoftmax(dim=0), [(3, 3)], call),
    "glu": (lambda: nn.GLU(), [(3, 4)], call),
    "relu": (lambda: nn.ReLU(), [(3, 3)], call),
    "selu": (lambda: nn.SELU(), [(3, 3)], call),
    "silu": (lambda: nn.SiLU(), [(3, 3)], call),
    "mish": (lambda: nn.Mish(), [(3, 3)], call),
    "tanh": (lambda: nn.Tanh(), [(3, 3)], call),
    "sigmoid": (lambda: nn.Sigmoid(), [(3, 3)], call),
    "logSigmoid": (lambda: nn.LogSigmoid(), [(3, 3)], call),
    "softsign": (lambda: nn.Softsign(), [(3, 3)], call),
    "hardswish": (lambda: nn.Hardswish(), [(3, 3)], lambda l, x: l(3 * x)),
    # PyTorch's own derivative is precise to 1e-8 only.
    "hardsigmoid": (lambda: nn.Hardsigmoid(), [(3, 3)], lambda l, x: (3 * x + 3).clamp(0, 6) / 6),
    "upsample": (lambda: nn.Upsample(scale_factor=2), [(1, 2, 3)], call),
    "upsample, bilinear": (lambda: nn.Upsample(size=(3, 5), mode="bilinear"), [(1, 1, 2, 3)], call),
    "rnn": (lambda: nn.RNN(2, 3, nonlinearity="relu"), [(4, 2, 2)], lambda l, x: joined(*l(x))),
    "rnn, no batch": (lambda: nn.RNN(2, 3), [(4, 2), (1, 3)], lambda l, x, h: joined(*l(x, h))),
    "lstm": (lambda: nn.LSTM(2, 3, num_layers=2, bidirectional=True), [(3, 2, 2)], lstm),
    "lstm, batch first": (lambda: nn.LSTM(2, 3, batch_first=True, bias=False), [(2, 3, 2), (1, 2, 3), (1, 2, 3)], lstm),
    "gru": (lambda: nn.GRU(2, 3, bidirectional=True), [(3, 2, 2)], lambda l, x: joined(*l(x))),
    "rnnCell": (lambda: nn.RNNCell(2, 3), [(4, 2), (4, 3)], call),
    "lstmCell": (lambda: nn.LSTMCell(2, 3), [(4, 2)], lambda l, x: joined(*l(x))),
    "gruCell": (lambda: nn.GRUCell(2, 3, bias=False), [(4, 2), (4, 3)], call),
    "multiheadAttention": (lambda: nn.MultiheadAttention(4, 2), [(3, 2, 4), (5, 2, 4), (5, 2, 4)], attention),
    "multiheadAttention, masks": (lambda: nn.MultiheadAttention(4, 2, bias=False, batch_first=True), [(2, 3, 4)],
        lambda l, x: attention(l, x, x, x, attn_mask=hidden, key_padding_mask=padding, average_attn_weights=False)),
    "multiheadAttention, no weights": (lambda: nn.MultiheadAttention(4, 2), [(3, 4)],
        lambda l, x: attention(l, x, x, x, attn_mask=hidden, is_causal=True, need_weights=False)),
    "transformerEncoderLayer": (lambda: nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0), [(3, 2, 4)], call),
    "transformerEncoderLayer, norm first": (lambda: nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0, activation="gelu", batch_first=True, norm_first=True), [(2, 3, 4)],
        lambda l, x: l(x, src_mask=hidden, src_key_padding_mask=padding)),
    "transformerEncoder": (lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0), 2, nn.LayerNorm(4), enable_nested_tensor=False), [(3, 2, 4)], call),
    "transformerDecoderLayer": (lambda: nn.TransformerDecoderLayer(4, 2, 6, dropout=0.0, norm_first=True), [(3, 2, 4), (5, 2, 4)], call),
    "transformerDecoder": (lambda: nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 6, dropout=0.0), 2), [(3, 2, 4), (5, 2, 4)],
        lambda l, x, m: l(x, m, tgt_mask=hidden)),
}


def packed(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().flatten().tolist()}


cases = []
for name, (make, shapes, use) in layers.items():
    torch.manual_seed(0)
    layer = make()
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
