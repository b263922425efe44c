"""A variational autoencoder that learns to draw handwritten digits of 8 by 8 pixels."""
import argparse

import numpy as np
import torch
from torch import nn, optim
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, help="stop after so many training steps")
args = parser.parse_args()
epochs = 1 if args.steps else 40


def digits(part):
    path = f"../Packages/DataPipes/Sources/DataPipes/Resources/digits/{part}.csv"
    table = torch.from_numpy(np.loadtxt(path, delimiter=",", dtype=np.int64))
    return TensorDataset(table[:, :64] / 16, table[:, 64])


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 200)
        self.fc21 = nn.Linear(200, 8)
        self.fc22 = nn.Linear(200, 8)
        self.fc3 = nn.Linear(8, 200)
        self.fc4 = nn.Linear(200, 64)

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std

    def decode(self, z):
        h3 = F.relu(self.fc3(z))
        return torch.sigmoid(self.fc4(h3))

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, 64))
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar


def loss_function(recon_x, x, mu, logvar):
    bce = F.binary_cross_entropy(recon_x, x.view(-1, 64), reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return bce + kld


def train(epoch):
    model.train()
    train_loss = 0
    for batch, (data, _) in enumerate(train_loader):
        optimizer.zero_grad()
        recon, mu, logvar = model(data)
        loss = loss_function(recon, data, mu, logvar)
        loss.backward()
        train_loss += loss.item()
        optimizer.step()
        if args.steps:
            print(f"batch {batch} loss {loss.item() / len(data):.4f}")
        if batch + 1 == args.steps:
            break
    if not args.steps:
        print(f"epoch {epoch} average loss {train_loss / len(train_loader.dataset):.4f}")


def test():
    model.eval()
    test_loss = 0
    with torch.no_grad():
        for data, _ in test_loader:
            recon, mu, logvar = model(data)
            test_loss += loss_function(recon, data, mu, logvar).item()
    print(f"test loss {test_loss / len(test_loader.dataset):.4f}")


torch.manual_seed(0)
train_loader = DataLoader(digits("train"), batch_size=128, shuffle=True)
test_loader = DataLoader(digits("test"), batch_size=128, shuffle=False)

model = VAE()
optimizer = optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(1, epochs + 1):
    train(epoch)
    if epoch % 10 == 0 or epoch == epochs:
        test()

with torch.no_grad():
    sample = model.decode(torch.randn(6, 8)).view(6, 8, 8)
shades = " .:-=+*#%@"
for row in range(8):
    print("  ".join("".join(shades[int(pixel * 9.99)] for pixel in image[row]) for image in sample))
