"""A convolutional network that learns to read handwritten digits of 8 by 8 pixels."""
import argparse

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, TensorDataset

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, help="stop after so many training steps")
args = parser.parse_args()
log_interval = 1 if args.steps else 30
epochs = 8


def digits(part):
    path = f"../Packages/DataPipes/Sources/DataPipes/Resources/digits/{part}.csv"
    table = torch.from_numpy(np.loadtxt(path, delimiter=",", dtype=np.int64))
    images = table[:, :64].reshape(-1, 1, 8, 8) / 16
    return TensorDataset(images, table[:, 64])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.dropout1 = nn.Dropout(0.25)
        self.dropout2 = nn.Dropout(0.5)
        self.fc1 = nn.Linear(576, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = F.max_pool2d(x, 2)
        x = self.dropout1(x)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = self.dropout2(x)
        x = self.fc2(x)
        return F.log_softmax(x, dim=1)


def train(model, loader, optimizer, epoch):
    model.train()
    for batch, (data, target) in enumerate(loader):
        optimizer.zero_grad()
        output = model(data)
        loss = F.nll_loss(output, target)
        loss.backward()
        optimizer.step()
        if batch % log_interval == 0:
            print(f"epoch {epoch} batch {batch}/{len(loader)} loss {loss.item():.4f}")
        if batch + 1 == args.steps:
            break


def test(model, loader):
    model.eval()
    test_loss = 0.0
    correct = 0
    with torch.no_grad():
        for data, target in loader:
            output = model(data)
            test_loss += F.nll_loss(output, target, reduction="sum").item()
            prediction = output.argmax(dim=1, keepdim=True)
            correct += prediction.eq(target.view_as(prediction)).sum().item()
    count = len(loader.dataset)
    print(f"test loss {test_loss / count:.4f} accuracy {correct}/{count}"
          f" ({100 * correct / count:.1f}%)")


torch.manual_seed(0)
train_loader = DataLoader(digits("train"), batch_size=64, shuffle=True)
test_loader = DataLoader(digits("test"), batch_size=500)

model = Net()
optimizer = optim.Adam(model.parameters(), lr=2e-3)
scheduler = StepLR(optimizer, step_size=1, gamma=0.7)
for epoch in range(1, (1 if args.steps else epochs) + 1):
    train(model, train_loader, optimizer, epoch)
    test(model, test_loader)
    scheduler.step()
