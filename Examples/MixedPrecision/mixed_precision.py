"""Training in mixed precision, with gradients of several batches, that is stopped and resumed."""
import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=None, help="stop after so many steps")
parser.add_argument("--epochs", type=int, default=8)
args = parser.parse_args()

FOLDER = Path(__file__).parents[2] / "Packages/DataPipes/Sources/DataPipes/Resources/digits"
ACCUMULATION_STEPS = 2


def digits(name):
    table = torch.from_numpy(np.loadtxt(FOLDER / f"{name}.csv", delimiter=","))
    return TensorDataset((table[:, :64] / 16).float().view(-1, 1, 8, 8), table[:, 64].long())


def make_model():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(512, 128),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(128, 10),
    )


class Trainer:
    def __init__(self, max_steps):
        self.model = make_model()
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(
            self.model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4, nesterov=True)
        self.scheduler = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, max_lr=0.1, total_steps=max_steps)
        self.scaler = torch.amp.GradScaler("cpu", init_scale=2.0**10, growth_interval=6)
        self.step = 0

    def train(self, loader, until, verbose):
        """Trains until a number of steps; the mean loss since the call."""
        self.model.train()
        losses = []
        while True:
            for i, (images, labels) in enumerate(loader):
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    outputs = self.model(images)
                    loss = self.criterion(outputs, labels) / ACCUMULATION_STEPS
                self.scaler.scale(loss).backward()
                losses.append(loss.item() * ACCUMULATION_STEPS)
                if (i + 1) % ACCUMULATION_STEPS != 0:
                    continue
                self.scaler.unscale_(self.optimizer)
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), max_norm=5.0)
                self.scaler.step(self.optimizer)
                self.scaler.update()
                self.optimizer.zero_grad()
                self.scheduler.step()
                self.step += 1
                if verbose:
                    print(f"step {self.step} loss {sum(losses[-2:]) / 2:.4f} "
                          f"scale {self.scaler.get_scale():.0f}")
                if self.step == until:
                    return sum(losses) / len(losses)

    def save(self, path):
        torch.save({
            "step": self.step,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler.state_dict(),
            "scaler": self.scaler.state_dict(),
        }, path)

    def load(self, path):
        checkpoint = torch.load(path, weights_only=True)
        self.step = checkpoint["step"]
        self.model.load_state_dict(checkpoint["model"])
        self.optimizer.load_state_dict(checkpoint["optimizer"])
        self.scheduler.load_state_dict(checkpoint["scheduler"])
        self.scaler.load_state_dict(checkpoint["scaler"])


def test(model, loader):
    model.eval()
    correct = 0
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for images, labels in loader:
            correct += (model(images).argmax(1) == labels).sum().item()
    return correct / len(loader.dataset)


torch.manual_seed(0)
train_loader = DataLoader(digits("train"), batch_size=32, shuffle=True, drop_last=True)
test_loader = DataLoader(digits("test"), batch_size=256)
total = args.epochs * len(train_loader) // ACCUMULATION_STEPS
steps = args.steps or total

with TemporaryDirectory() as folder:
    path = Path(folder) / "checkpoint.pt"
    trainer = Trainer(max_steps=total)
    loss = trainer.train(train_loader, until=steps // 2, verbose=args.steps is not None)
    print(f"saved after {trainer.step} steps, loss {loss:.4f}")
    trainer.save(path)

    trainer = Trainer(max_steps=total)
    trainer.load(path)
    loss = trainer.train(train_loader, until=steps, verbose=args.steps is not None)
    print(f"resumed until step {trainer.step}, loss {loss:.4f}, "
          f"learning rate {trainer.scheduler.get_last_lr()[0]:.6f}")
print(f"accuracy {test(trainer.model, test_loader):.4f}")
