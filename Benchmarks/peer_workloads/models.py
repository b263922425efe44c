"""The models of Workloads/Models.swift."""

import torch
import torch.nn.functional as F
from torch import nn

from .kinds import DEVICE


def mlp(*sizes):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 10),
    )


class ResidualCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 32, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(32)
        self.second = nn.Conv2d(32, 32, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(32)
        self.third = nn.Conv2d(32, 32, 3, padding=1, bias=False)
        self.norm3 = nn.BatchNorm2d(32)
        self.head = nn.Linear(32, 10)

    def forward(self, x):
        x = self.norm1(self.first(x)).relu()
        y = self.norm3(self.third(self.norm2(self.second(x)).relu()))
        return self.head((x + y).relu().mean((2, 3)))


class GPT(nn.Module):
    def __init__(self, width, length):
        super().__init__()
        self.embedding = nn.Embedding(64, width)
        self.positions = nn.Embedding(length, width)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                width, 4, 4 * width, dropout=0, activation="gelu", batch_first=True, norm_first=True
            )
            for _ in range(4)
        )
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 64)
        self.mask = nn.Transformer.generate_square_subsequent_mask(length, device=DEVICE)

    def forward(self, x):
        y = self.embedding(x) + self.positions(torch.arange(x.shape[1], device=x.device))
        for layer in self.layers:
            y = layer(y, src_mask=self.mask, is_causal=True)
        return self.head(self.norm(y))


class BERT(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(1000, 128)
        self.positions = nn.Embedding(64, 128)
        layer = nn.TransformerEncoderLayer(
            128, 4, 512, dropout=0, activation="gelu", batch_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, 4)
        self.head = nn.Linear(128, 1000)

    def forward(self, x, padding):
        y = self.embedding(x) + self.positions(torch.arange(x.shape[1], device=x.device))
        return self.head(self.encoder(y, src_key_padding_mask=padding))


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(784, 400)
        self.mean = nn.Linear(400, 20)
        self.log_variance = nn.Linear(400, 20)
        self.decoder = mlp(20, 400, 784)

    def loss(self, x):
        hidden = self.encoder(x).relu()
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        z = mean + torch.randn(mean.shape).to(DEVICE) * (log_variance * 0.5).exp()
        divergence = (log_variance + 1 - mean.square() - log_variance.exp()).sum() * -0.5
        return F.binary_cross_entropy_with_logits(self.decoder(z), x, reduction="sum") + divergence
