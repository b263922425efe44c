"""Writes state dicts with PyTorch, safetensors, h5py and NumPy, expected.json with their contents, and
pickles that must be rejected.

    pip install torch==2.13.0 safetensors==0.8.0 h5py==3.16.0 numpy==2.4.6 packaging && python make_files.py
"""

import os
import pathlib
import pickle
import zipfile
from collections import OrderedDict

import h5py
import numpy as np
import torch
from safetensors.torch import save_file

from expectations import Expectations

here = pathlib.Path(__file__).parent
torch.manual_seed(0)
base = torch.arange(12).reshape(3, 4)
dtypes = {
    "bool": torch.bool, "uint8": torch.uint8, "int8": torch.int8, "int16": torch.int16,
    "int32": torch.int32, "int64": torch.int64, "float16": torch.float16,
    "bfloat16": torch.bfloat16, "float32": torch.float32, "float64": torch.float64,
}
state = OrderedDict((f"dtypes.{name}", (base % 2 if name == "bool" else base).to(dtype)) for name, dtype in dtypes.items())
state["layers.1.weight"] = torch.randn(2, 3)
state["layers.0.bias"] = torch.tensor(7.25)
state["empty"] = torch.zeros(0, 3)

shared = torch.arange(20.0)
views = OrderedDict(
    transposed=torch.arange(6.0).reshape(2, 3).T, part=shared[3:9], other=shared[5:15:3], whole=shared
)
module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2)).state_dict()
nested = {"model": {"0": torch.ones(2), "tail": {"weight": torch.zeros(1, 2)}}, "ema": torch.tensor([3])}
parameter = {"weight": torch.nn.Parameter(torch.tensor([1.5, 2.5]))}

expectations = Expectations()
expect = expectations.add
for name, content in {"all": state, "views": views, "module": module, "parameter": parameter}.items():
    torch.save(content, here / f"{name}.pt")
    expect(f"{name}.pt", content)
torch.save(nested, here / "nested.pt")
expect("nested.pt", {"model.0": nested["model"]["0"], "model.tail.weight": nested["model"]["tail"]["weight"], "ema": nested["ema"]})
torch.save({"weight": torch.ones(2), "epoch": 3}, here / "with a number.pt")
torch.save(torch.ones(2), here / "tensor.pt")

ordered = dict(sorted(state.items()))
save_file(ordered, here / "all.safetensors", metadata={"format": "pt"})
by_data = sorted(ordered.items(), key=lambda item: (-item[1].dtype.itemsize, item[0]))
expect("all.safetensors", ordered)

with h5py.File(here / "h5py.h5", "w") as file:
    for key, tensor in state.items():
        if key != "dtypes.bfloat16":
            file[key.replace(".", "/")] = tensor.numpy()
    file.create_dataset("packed", data=np.arange(600.0).reshape(20, 30), chunks=(7, 11), compression="gzip")
expect("h5py.h5", {**{k: v for k, v in sorted(state.items()) if k != "dtypes.bfloat16"}, "packed": torch.arange(600.0, dtype=torch.float64).reshape(20, 30)})
with h5py.File(here / "links.h5", "w") as file:
    file["x"] = np.ones(2)
    file["outside"] = h5py.ExternalLink("/etc/passwd", "/x")
with h5py.File(here / "external data.h5", "w") as file:
    file.create_dataset("x", (8,), "u1", external=[("/etc/hostname", 0, 8)])
with h5py.File(here / "circle.h5", "w") as file:
    file.create_group("a")["x"] = np.ones(2)
    file["a/again"] = file["a"]

np.savez(here / "all.npz", **{k: v.numpy() for k, v in state.items() if k != "dtypes.bfloat16"})
expect("all.npz", {k: v for k, v in state.items() if k != "dtypes.bfloat16"})


class Harm:
    def __reduce__(self):
        return os.system, ("echo harm > /tmp/flambeau-harm",)


class Evaluate:
    def __reduce__(self):
        return eval, ("1 + 1",)


def archive(name, data):
    with zipfile.ZipFile(here / name, "w") as file:
        file.writestr("archive/data.pkl", data)
        file.writestr("archive/version", "3\n")


archive("system.pt", pickle.dumps({"weight": Harm()}, protocol=2))
archive("eval.pt", pickle.dumps({"weight": Evaluate()}, protocol=4))
with zipfile.ZipFile(here / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as file:
    header = b"\x93NUMPY\x01\x00v\x00" + f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({10**12},), }}".ljust(117).encode() + b"\n"
    file.writestr("x.npy", header + bytes(10**6))

expectations.write(here)
