"""A siamese network tells whether two images show the same digit."""
import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=None, help="stop after so many batches")
parser.add_argument("--epochs", type=int, default=12)
args = parser.parse_args()

FOLDER = Path(__file__).parents[2] / "Packages/DataPipes/Sources/DataPipes/Resources/digits"


class DigitPairs(Dataset):
    """Pairs of an image and a randomly chosen one, half of them of the same digit."""

    def __init__(self, name):
        table = torch.from_numpy(np.loadtxt(FOLDER / f"{name}.csv", delimiter=","))
        self.images = (table[:, :64] / 16).float().reshape(-1, 1, 8, 8)
        self.labels = table[:, 64].long()
        self.places = [torch.nonzero(self.labels == d).flatten() for d in range(10)]

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        digit = self.labels[index].item()
        different = torch.randint(2, (1,)).item()
        if different:
            digit = (digit + torch.randint(1, 10, (1,)).item()) % 10
        places = self.places[digit]
        other = places[torch.randint(len(places), (1,)).item()]
        return self.images[index], self.images[other], torch.tensor(different).float()


class SiameseNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.BatchNorm2d(16),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.BatchNorm2d(32),
            nn.Dropout2d(0.1),
        )
        self.fc = nn.Sequential(
            nn.Linear(32 * 4 * 4, 64),
            nn.ReLU(inplace=True),
            nn.Linear(64, 16),
        )

    def forward_once(self, x):
        return self.fc(self.cnn(x).flatten(1))

    def forward(self, x1, x2):
        return self.forward_once(x1), self.forward_once(x2)


class ContrastiveLoss(nn.Module):
    def __init__(self, margin=1.0):
        super().__init__()
        self.margin = margin

    def forward(self, x1, x2, y):
        distance = F.pairwise_distance(x1, x2)
        near = (1 - y) * distance.pow(2)
        far = y * torch.clamp(self.margin - distance, min=0.0).pow(2)
        return torch.mean(near + far)


torch.manual_seed(0)
train_loader = DataLoader(DigitPairs("train"), batch_size=64, shuffle=True)
test_loader = DataLoader(DigitPairs("test"), batch_size=256)
model = SiameseNetwork()
criterion = ContrastiveLoss(margin=2.0)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)


def test():
    model.eval()
    correct = 0
    with torch.no_grad():
        for x1, x2, y in test_loader:
            z1, z2 = model(x1, x2)
            different = F.pairwise_distance(z1, z2) > criterion.margin / 2
            correct += (different.float() == y).sum().item()
    return correct / len(test_loader.dataset)


step = 0
for epoch in range(1, args.epochs + 1):
    model.train()
    total_loss = 0.0
    for x1, x2, y in train_loader:
        optimizer.zero_grad()
        z1, z2 = model(x1, x2)
        loss = criterion(z1, z2, y)
        loss.backward()
        optimizer.step()
        total_loss += loss.item()
        step += 1
        if args.steps is not None:
            print(f"step {step} loss {loss.item():.4f}")
            if step == args.steps:
                break
    if step == args.steps:
        break
    print(f"epoch {epoch} loss {total_loss / len(train_loader):.4f}")
print(f"accuracy {test():.4f}")
