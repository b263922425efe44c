"""Writes schedules.json: the learning rates and momenta of PyTorch's schedulers at each step.

    pip install torch==2.13.0 && python make_schedules.py
"""

import json
import pathlib

import torch
from torch.optim import lr_scheduler as s

here = pathlib.Path(__file__).parent
schedules = {
    "step": lambda o: s.StepLR(o, 3, gamma=0.5),
    "multiStep": lambda o: s.MultiStepLR(o, [2, 5, 5], gamma=0.3),
    "exponential": lambda o: s.ExponentialLR(o, 0.9),
    "linear": lambda o: s.LinearLR(o, 0.25, 0.75, total_iters=7),
    "cosine": lambda o: s.CosineAnnealingLR(o, 8, eta_min=0.01),
    "warm restarts": lambda o: s.CosineAnnealingWarmRestarts(o, 3, T_mult=2, eta_min=0.001),
    "one cycle": lambda o: s.OneCycleLR(o, 0.5, total_steps=21),
    "one cycle, linear": lambda o: s.OneCycleLR(o, 0.5, total_steps=30, pct_start=0.5, anneal_strategy="linear", cycle_momentum=False, div_factor=10, final_div_factor=100),
    "lambda": lambda o: s.LambdaLR(o, lambda step: 1 / (1 + step)),
    "sequential": lambda o: s.SequentialLR(o, [s.LinearLR(o, 0.1, total_iters=5), s.CosineAnnealingLR(o, 10)], milestones=[5]),
    "plateau": lambda o: s.ReduceLROnPlateau(o, factor=0.5, patience=2, cooldown=1, min_lr=0.02),
}
losses = [5, 4, 4.5, 4, 4, 3.9999, 3, 3, 3.5, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]

results = {}
for name, make in schedules.items():
    parameters = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    groups = [{"params": parameters[:1]}, {"params": parameters[1:], "lr": 0.4}]
    optimizer = torch.optim.SGD(groups, lr=0.1, momentum=0.9)
    scheduler = make(optimizer)
    rates = []
    for loss in losses:
        rates.append([g["lr"] for g in optimizer.param_groups] + [optimizer.param_groups[0]["momentum"]])
        optimizer.step()
        scheduler.step(loss) if name == "plateau" else scheduler.step()
    results[name] = rates

lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(rates)}" for name, rates in results.items())
(here / "schedules.json").write_text(f"{{\n{lines}\n}}\n")
