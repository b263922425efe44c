"""Writes orders.json: the batches of indices of PyTorch's DataLoader for each case, for two epochs after
manual_seed(3), and the next random number.

    pip install torch==2.13.0 && python make_orders.py
"""

import json
import pathlib

import torch
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    RandomSampler,
    SequentialSampler,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
)
from torch.utils.data.distributed import DistributedSampler


class Count:
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def epochs(make):
    torch.manual_seed(3)
    loader = make()
    batches = [[batch[0].tolist() for batch in loader] for _ in range(2)]
    return {"epochs": batches, "next": torch.randint(0, 1 << 30, (1,)).item()}


def data(count):
    return TensorDataset(torch.arange(count))


weights = [0.1, 0, 3, 1, 0.5, 2]
loaders = {
    "in order": lambda: DataLoader(data(7), 3),
    "in order, generator": lambda: DataLoader(data(7), 3, generator=seeded(5)),
    "shuffled": lambda: DataLoader(data(10), 3, shuffle=True),
    "shuffled, last dropped": lambda: DataLoader(data(10), 4, shuffle=True, drop_last=True),
    "shuffled, generator": lambda: DataLoader(data(10), 4, shuffle=True, generator=seeded(5)),
    "shuffled, single": lambda: DataLoader(data(5), shuffle=True),
    "shuffled, 1000": lambda: DataLoader(data(1000), 128, shuffle=True),
    "replacement": lambda: DataLoader(data(10), 8, sampler=RandomSampler(Count(10), replacement=True, num_samples=70)),
    "replacement, 64": lambda: DataLoader(data(10), 16, sampler=RandomSampler(Count(10), replacement=True, num_samples=64, generator=seeded(8))),
    "several rounds": lambda: DataLoader(data(4), 3, sampler=RandomSampler(Count(4), num_samples=10)),
    "few": lambda: DataLoader(data(9), 2, sampler=RandomSampler(Count(9), num_samples=5)),
    "subset": lambda: DataLoader(data(20), 3, sampler=SubsetRandomSampler([3, 1, 4, 15, 9, 2, 6])),
    "subset, generator": lambda: DataLoader(data(20), 3, sampler=SubsetRandomSampler([3, 1, 4, 15, 9, 2, 6], generator=seeded(2))),
    "weighted": lambda: DataLoader(data(6), 4, sampler=WeightedRandomSampler(weights, 20)),
    "weighted, once": lambda: DataLoader(data(6), 4, sampler=WeightedRandomSampler(weights, 5, replacement=False, generator=seeded(4))),
    "batch sampler": lambda: DataLoader(data(10), batch_sampler=BatchSampler(SequentialSampler(Count(10)), 4, True)),
    "distributed": lambda: DataLoader(data(11), 2, sampler=DistributedSampler(Count(11), 3, 1, seed=6)),
    "distributed, last dropped": lambda: DataLoader(data(11), 2, sampler=DistributedSampler(Count(11), 3, 2, drop_last=True)),
    "distributed, in order": lambda: DataLoader(data(5), 2, sampler=DistributedSampler(Count(5), 4, 3, shuffle=False)),
    "distributed, more than examples": lambda: DataLoader(data(2), 2, sampler=DistributedSampler(Count(2), 5, 4)),
}
here = pathlib.Path(__file__).parent
lines = [f"{json.dumps(name)}: {json.dumps(epochs(make))}" for name, make in loaders.items()]
(here / "orders.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
