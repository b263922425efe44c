"""Writes training.json: what PyTorch computes while a small network trains, to compare with.

    pip install torch==2.13.0 && python make_golden.py

After torch.manual_seed(0) it makes the network, then the data, and trains it with each optimizer.
"""

import json
import pathlib

import torch
from torch import nn

here = pathlib.Path(__file__).parent
optimizers = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "sgd, momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.1, weight_decay=0.01),
    "sgd, nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "adam, decay": lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1),
}

runs = {}
for name, make in optimizers.items():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    x, y = torch.randn(16, 4), torch.randint(0, 3, (16,))
    first = [p.detach().flatten().tolist() for p in model.parameters()]
    # In float64, so that what differs is not the rounding.
    model, x = model.double(), x.double()
    optimizer = make(model.parameters())
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
