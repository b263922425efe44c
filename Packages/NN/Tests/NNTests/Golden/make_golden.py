"""Writes training.json: reference values of PyTorch for the training of a small network.

    pip install torch==2.13.0 && python make_golden.py

For each optimizer in the table of OptimizerTable.swift, it creates the network after
torch.manual_seed(0), then the data, and trains.
"""

import json
import pathlib
import re

import torch
from torch import nn

here = pathlib.Path(__file__).parent

# A line of the table has the constructor call in PyTorch.
table = (here.parent / "OptimizerTable.swift").read_text()
table = table[table.index("let optimizerCases") :]
optimizers = dict(re.findall(r'^  "([^"]+)": OptimizerCase\(\s*"([^"]+)"\s*\)', table, re.MULTILINE))
assert len(optimizers) == table.count("OptimizerCase(")

runs = {}
for name, optimizer in optimizers.items():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    x, y = torch.randn(16, 4), torch.randint(0, 3, (16,))
    first = [p.detach().flatten().tolist() for p in model.parameters()]
    # In float64, so that differences are not due to rounding.
    model, x = model.double(), x.double()
    optimizer = eval(optimizer, {**vars(torch.optim), "p": list(model.parameters())})
    losses = []
    for _ in range(100):
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    runs[name] = {
        "keys": list(model.state_dict()),
        "first": first,
        "x": x.flatten().tolist(),
        "y": y.tolist(),
        "losses": losses,
        "last": [p.detach().flatten().tolist() for p in model.parameters()],
    }

lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(run)}" for name, run in runs.items())
(here / "training.json").write_text(f"{{\n{lines}\n}}\n")
