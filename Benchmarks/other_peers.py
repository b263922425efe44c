"""The workloads of peers.py that need more than PyTorch."""

import math
import os
import tempfile

import h5py
import numpy as np
import pandas as pd
import safetensors
import torch
from micrograd.nn import MLP
from safetensors.torch import load_file, save_file


class SharedNumbers:
    """A generator of numbers from -1 to 1, the same as in Scalars.swift."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 1103515245 + 12345) % (1 << 31)
        return self.state / (1 << 30) - 1


def two_moons():
    noise = SharedNumbers(2)
    points, labels = [], []
    for index in range(50):
        angle = index / 49 * math.pi
        points.append([math.cos(angle) + 0.1 * noise.next(), math.sin(angle) + 0.1 * noise.next()])
        points.append(
            [1 - math.cos(angle) + 0.1 * noise.next(), 0.5 - math.sin(angle) + 0.1 * noise.next()]
        )
        labels += [1.0, -1.0]
    return points, labels


def micrograd_demo():
    from micrograd.engine import Value

    points, labels = two_moons()
    model = MLP(2, [16, 16, 1])
    weights = SharedNumbers(1)
    for parameter in model.parameters():
        parameter.data = weights.next()

    def run(count):
        for _ in range(count):
            scores = [model(list(map(Value, point))) for point in points]
            losses = [(1 + -label * score).relu() for label, score in zip(labels, scores)]
            total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(
                p * p for p in model.parameters()
            )
            model.zero_grad()
            total.backward()
            for p in model.parameters():
                p.data -= 0.1 * p.grad
        return [total.data]

    return run


def benchmark_file(name, write):
    """The path of a file for both sides, which is kept for later runs."""
    path = os.path.join(tempfile.gettempdir(), f"flambeau-benchmark-{name}")
    if not os.path.exists(path):
        write(path + ".part")
        os.replace(path + ".part", path)
    return path


def read_csv():
    def write(path):
        random = np.random.default_rng(0)
        table = pd.DataFrame(random.standard_normal((577_000, 8))).add_prefix("x")
        table["k"] = random.integers(0, 1_000_000, len(table))
        table["label"] = random.choice(["setosa", "virginica", "versicolor"], len(table))
        table.to_csv(path, index=False)

    path = benchmark_file("numbers.csv", write)

    def run(count):
        for _ in range(count):
            table = pd.read_csv(path)
        return [len(table), float(np.add.accumulate(table["x0"].to_numpy())[-1])]

    return run


def read_idx():
    def write(path):
        images = np.random.default_rng(0).integers(0, 256, (60_000, 28, 28), dtype=np.uint8)
        with open(path, "wb") as file:
            file.write(np.array([0x803, 60_000, 28, 28], ">u4").tobytes() + images.tobytes())

    path = benchmark_file("images.idx", write)

    def run(count):
        for _ in range(count):
            images = np.fromfile(path, np.uint8, offset=16).reshape(60_000, 28, 28)
        return [int(images[-1, -1, -1])]

    return run


def read_hdf5(layout):
    def write(path):
        with h5py.File(path, "w") as file:
            x = np.random.default_rng(0).standard_normal((50_000, 1000), dtype=np.float32)
            file.create_dataset("x", data=x, chunks=(250, 1000) if layout == "in chunks" else None)

    def prepare():
        path = benchmark_file(f"{layout}.h5", write)

        def run(count):
            for _ in range(count):
                with h5py.File(path) as file:
                    rows = torch.from_numpy(file["x"][()])
            return [rows[-1, -1].item()]

        return run

    return prepare


def weights():
    torch.manual_seed(0)
    return {f"layers.{i}.weight": torch.randn(1024, 4096) for i in range(25)}


def peer_path(extension):
    return os.path.join(tempfile.gettempdir(), f"flambeau-benchmark-peer.{extension}")


def flush(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def save_h5py(state, path):
    with h5py.File(path, "w") as file:
        for key, tensor in state.items():
            file[key.replace(".", "/")] = tensor.numpy()


def load_h5py(path):
    with h5py.File(path) as file:
        state = {}

        def take(name, item):
            if isinstance(item, h5py.Dataset):
                state[name.replace("/", ".")] = torch.from_numpy(item[()])

        file.visititems(take)
        return state


def saving(save, extension):
    def prepare():
        state, path = weights(), peer_path(extension)

        def run(count):
            for _ in range(count):
                save(state, path)
                flush(path)
            return [state["layers.0.weight"].sum().item()]

        return run

    return prepare


def loading(save, load, extension):
    def prepare():
        path = peer_path(extension)
        save(weights(), path)

        def run(count):
            for _ in range(count):
                state = load(path)
                total = state["layers.24.weight"][0].sum().item()
            return [total]

        return run

    return prepare


def many_tensors():
    small = {f"layers.{i}.weight": torch.tensor([float(i)]) for i in range(10_000)}
    path = peer_path("small.pt")

    def run(count):
        for _ in range(count):
            torch.save(small, path)
            flush(path)
            last = torch.load(path)["layers.9999.weight"].item()
        return [last]

    return run


H5PY = f"h5py {h5py.__version__}"
WORKLOADS = {
    "micrograd's demo, one step": ("micrograd", micrograd_demo),
    "reading a CSV file of 100 MB": (f"pandas {pd.__version__}", read_csv),
    "reading an IDX file of 47 MB": (f"numpy {np.__version__}", read_idx),
    **{
        f"200 MB of HDF5 {layout}, {way}": (H5PY, read_hdf5(layout))
        for layout in ("in one piece", "in chunks")
        for way in ("rows", "loaded")
    },
    "saving 400 MB as hdf5": (H5PY, saving(save_h5py, "h5")),
    "loading 400 MB of hdf5": (H5PY, loading(save_h5py, load_h5py, "h5")),
    # PyTorch's own format against the fastest of ours.
    "saving 400 MB as safetensors": ("torch.save", saving(torch.save, "pt")),
    "loading 400 MB of safetensors": ("torch.load", loading(torch.save, torch.load, "pt")),
    "loading 400 MB of another's safetensors": (
        f"safetensors {safetensors.__version__}",
        loading(save_file, load_file, "safetensors"),
    ),
    "saving and loading 10,000 tensors": ("torch.save", many_tensors),
}
