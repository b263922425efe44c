"""A small vision transformer reads handwritten digits."""
import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
from torch.utils.data import DataLoader, TensorDataset

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=None, help="stop after so many batches")
parser.add_argument("--epochs", type=int, default=10)
args = parser.parse_args()

FOLDER = Path(__file__).parents[2] / "Packages/DataPipes/Sources/DataPipes/Resources/digits"


def digits(name):
    table = torch.from_numpy(np.loadtxt(FOLDER / f"{name}.csv", delimiter=","))
    images = (table[:, :64] / 16).float().view(-1, 1, 8, 8)
    return TensorDataset((images - 0.5) / 0.5, table[:, 64].long())


class PatchEmbedding(nn.Module):
    def __init__(self, image_size, patch_size, in_channels, dim):
        super().__init__()
        self.num_patches = (image_size // patch_size) ** 2
        self.proj = nn.Conv2d(in_channels, dim, kernel_size=patch_size, stride=patch_size)

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class Block(nn.Module):
    def __init__(self, dim, num_heads, mlp_ratio=2, dropout=0.0):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attn = nn.MultiheadAttention(dim, num_heads, dropout=dropout, batch_first=True)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(
            nn.Linear(dim, dim * mlp_ratio),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(dim * mlp_ratio, dim),
            nn.Dropout(dropout),
        )

    def forward(self, x):
        y = self.norm1(x)
        x = x + self.attn(y, y, y, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    def __init__(self, image_size=8, patch_size=2, in_channels=1, num_classes=10, dim=64,
                 depth=4, num_heads=4, dropout=0.1):
        super().__init__()
        self.patch_embed = PatchEmbedding(image_size, patch_size, in_channels, dim)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos_embed = nn.Parameter(torch.zeros(1, self.patch_embed.num_patches + 1, dim))
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.Sequential(*[Block(dim, num_heads, dropout=dropout)
                                      for _ in range(depth)])
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, num_classes)
        nn.init.trunc_normal_(self.pos_embed, std=0.02)
        nn.init.trunc_normal_(self.cls_token, std=0.02)
        self.apply(self._init_weights)

    def _init_weights(self, m):
        if isinstance(m, nn.Linear):
            nn.init.trunc_normal_(m.weight, std=0.02)
            if m.bias is not None:
                nn.init.zeros_(m.bias)

    def forward(self, x):
        x = self.patch_embed(x)
        cls = self.cls_token.expand(x.shape[0], -1, -1)
        x = torch.cat((cls, x), dim=1) + self.pos_embed
        x = self.blocks(self.dropout(x))
        return self.head(self.norm(x)[:, 0])


torch.manual_seed(0)
train_loader = DataLoader(digits("train"), batch_size=128, shuffle=True, drop_last=True)
test_loader = DataLoader(digits("test"), batch_size=256)
model = VisionTransformer()
print(f"{sum(p.numel() for p in model.parameters() if p.requires_grad)} parameters")

criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, betas=(0.9, 0.98), weight_decay=0.05)
warmup, total = 20, args.epochs * len(train_loader)
scheduler = SequentialLR(
    optimizer,
    [LinearLR(optimizer, start_factor=0.1, total_iters=warmup),
     CosineAnnealingLR(optimizer, T_max=total - warmup, eta_min=1e-5)],
    milestones=[warmup],
)

step = 0
for epoch in range(1, args.epochs + 1):
    model.train()
    losses = []
    for images, labels in train_loader:
        loss = criterion(model(images), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
        step += 1
        if args.steps is not None:
            print(f"step {step} loss {loss.item():.4f} lr {scheduler.get_last_lr()[0]:.6f}")
        if step == args.steps:
            break
    if step == args.steps:
        break
    print(f"epoch {epoch} loss {sum(losses) / len(losses):.4f}")

model.eval()
correct = 0
with torch.no_grad():
    for images, labels in test_loader:
        correct += (model(images).argmax(dim=1) == labels).sum().item()
print(f"accuracy {correct / len(test_loader.dataset):.4f}")
