"""Trains the model that chapter 12 brings over from PyTorch, and saves its state dict as Data/digits.pt.

Needs torch and numpy. The digits are those that Flambeau brings along.
"""

import pathlib

import numpy
import torch
from torch import nn

root = pathlib.Path(__file__).resolve().parents[2]
table = numpy.loadtxt(
    root / "Packages/DataPipes/Sources/DataPipes/Resources/digits/train.csv", delimiter=",", dtype=int)
x = torch.tensor(table[:, :64], dtype=torch.float32) / 16
y = torch.tensor(table[:, 64])

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for _ in range(30):
    for batch in torch.randperm(len(x)).split(32):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
torch.save(model.state_dict(), root / "Tutorials/12-saving-and-loading/Data/digits.pt")
