import os
import tempfile

import h5py
import safetensors
import torch
from safetensors.torch import load_file, save_file


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
