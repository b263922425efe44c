"""Checks that PyTorch, safetensors, h5py and NumPy can read files written by Flambeau: those in written/,
which a test compares with newly written ones.

    pip install torch==2.13.0 safetensors==0.8.0 h5py==3.16.0 numpy==2.4.6 packaging && python check_files.py
"""

import json
import pathlib

import h5py
import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file

here = pathlib.Path(__file__).parent
expected = {entry["key"]: entry for entry in json.loads((here / "expected.json").read_text())["all.pt"]}


def check(name, tensors, keys=expected):
    assert list(tensors) == list(keys), (name, list(tensors))
    for key, tensor in tensors.items():
        entry = expected[key]
        assert str(tensor.dtype) == f"torch.{entry['dtype']}", (name, key, tensor.dtype)
        assert list(tensor.shape) == entry["shape"], (name, key, tensor.shape)
        assert tensor.double().flatten().tolist() == entry["values"], (name, key)
    print(name, "is right")


check("all.pt", torch.load(here / "written/all.pt", weights_only=True))
check("all.pt, mapped", torch.load(here / "written/all.pt", weights_only=True, mmap=True))
check("all.safetensors", dict(sorted(load_file(here / "written/all.safetensors").items())), sorted(expected))
with safe_open(here / "written/all.safetensors", "pt") as file:
    assert file.metadata()["note"] == "of \"all\" dtypes", file.metadata()
for name in ["all.h5", "packed.h5"]:
    with h5py.File(here / "written" / name) as file:
        tensors = {}
        for key in expected:
            dataset = file[key.replace(".", "/")]
            if dataset.attrs.get("dtype") == b"bfloat16":
                # As in the README.
                bits = torch.from_numpy(dataset[()].astype(np.int16))
                tensors[key] = bits.view(torch.bfloat16)
            else:
                tensors[key] = torch.from_numpy(np.asarray(dataset[()]))
        check(name, tensors)
        assert file.attrs["format"] == b"flambeau.state_dict" and file.attrs["version"] == 2
        assert file["__metadata__/note"][()] == b'of "all" dtypes'
keys = [key for key in expected if key != "dtypes.bfloat16"]
for name in ["all.npz", "packed.npz"]:
    arrays = np.load(here / "written" / name)
    check(name, {key: torch.from_numpy(np.asarray(arrays[key])) for key in arrays.files}, keys)
