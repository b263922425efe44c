"""Writes summary.txt: torchinfo's summary of a model, for comparison in the tests.

    pip install torch==2.13.0 torchinfo==1.8.0 && python make_summary.py
"""

import pathlib

import torchinfo
from torch import nn

here = pathlib.Path(__file__).parent
shared = nn.Linear(64, 64)
model = nn.Sequential(
    nn.Conv2d(1, 32, 3, padding=1),
    nn.BatchNorm2d(32),
    nn.ReLU(),
    nn.Sequential(nn.MaxPool2d(2), nn.Flatten()),
    nn.Linear(32 * 14 * 14, 64),
    shared,
    shared,
    nn.Linear(64, 10),
)
model[0].requires_grad_(False)
model[7].bias.requires_grad_(False)
columns = ("output_size", "num_params", "mult_adds", "trainable")
text = str(torchinfo.summary(model, (16, 1, 28, 28), col_names=columns, verbose=0))
# Newer versions of Python format the name of the unit differently.
text = text.replace("Units.MEGABYTES", "M")
(here / "summary.txt").write_text("\n".join(line.rstrip() for line in text.split("\n")) + "\n")
