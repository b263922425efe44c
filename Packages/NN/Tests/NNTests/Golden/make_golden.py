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
    "sgd, groups": lambda p: torch.optim.SGD([{"params": p[:2], "lr": 0.01}, {"params": p[2:], "weight_decay": 0.1}], lr=0.1, momentum=0.5),
    "adam, amsgrad": lambda p: torch.optim.Adam(p, lr=0.05, amsgrad=True),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.02, weight_decay=0.2),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.1, lr_decay=0.01, weight_decay=0.01, initial_accumulator_value=0.1),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01),
    "rmsprop, all": lambda p: torch.optim.RMSprop(p, lr=0.003, alpha=0.9, weight_decay=0.01, momentum=0.8, centered=True),
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
    optimizer = make(list(model.parameters()))
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
