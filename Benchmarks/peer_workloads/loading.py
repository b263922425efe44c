import os
import tempfile
import time

import h5py
import numpy as np
import pandas as pd
import torch


class Busy(torch.utils.data.Dataset):
    """A dataset in which reading an example takes a millisecond of processor time."""

    def __len__(self):
        return 200

    def __getitem__(self, index):
        end = time.perf_counter() + 0.001
        while time.perf_counter() < end:
            pass
        return index


def epochs(workers):
    def prepare():
        torch.manual_seed(0)
        rows = torch.utils.data.TensorDataset(torch.randn(10_000, 64), torch.arange(10_000))
        loader = torch.utils.data.DataLoader(rows, batch_size=32, shuffle=True, num_workers=workers)

        def run(count):
            for _ in range(count):
                for _, y in loader:
                    pass
            return [y[0].item()]

        return run

    return prepare


def busy(workers):
    def prepare():
        loader = torch.utils.data.DataLoader(Busy(), batch_size=4, num_workers=workers)
        return lambda count: [[sum(batch.sum().item() for batch in loader) for _ in range(count)][-1]]

    return prepare


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


WORKLOADS = {
    "epoch of 10,000 rows, 0 workers": epochs(0),
    "epoch of 10,000 rows, 2 workers": epochs(2),
    "200 examples of 1 ms, 0 workers": busy(0),
    "200 examples of 1 ms, 2 workers": busy(2),
    "reading a CSV file of 100 MB": (f"pandas {pd.__version__}", read_csv),
    "reading an IDX file of 47 MB": (f"numpy {np.__version__}", read_idx),
    **{
        f"200 MB of HDF5 {layout}, {way}": (f"h5py {h5py.__version__}", read_hdf5(layout))
        for layout in ("in one piece", "in chunks")
        for way in ("rows", "loaded")
    },
}
