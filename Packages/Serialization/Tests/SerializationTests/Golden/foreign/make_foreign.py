"""Writes small typical files of PyTorch, h5py, PyTables, MATLAB (with hdf5storage), Keras and NumPy, malicious files,
and expected.json with their contents.

    pip install torch==2.13.0 numpy==2.4.6 h5py==3.16.0 tables==3.11.1 hdf5storage==0.2.2
    python make_foreign.py
"""

import argparse
import json
import pathlib
import pickle
import struct
import sys
import warnings
import zipfile

import h5py
import hdf5storage
import numpy as np
import tables
import torch

warnings.simplefilter("ignore")
here = pathlib.Path(__file__).parent
sys.path.append(str(here.parent))
from expectations import Expectations  # noqa: E402

expectations = Expectations()
expected, expect = expectations.files, expectations.add

# PyTorch.


def legacy(content, name, **options):
    torch.save(content, here / name, _use_new_zipfile_serialization=False, **options)


base = torch.arange(6).reshape(2, 3)
dtypes = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"]
state = {name: (base % 2 if name == "bool" else base - 2 if name != "uint8" else base).to(getattr(torch, name)) for name in dtypes}
shared = torch.arange(12.0)
state |= {"part": shared[3:9:2], "transposed": shared.reshape(3, 4).T, "scalar": torch.tensor(2.5), "empty": torch.zeros(0, 2)}
legacy(state, "legacy.pth")
expect("legacy.pth", state)
legacy(state, "legacy 4.pth", pickle_protocol=4)
expect("legacy 4.pth", state)
legacy(state, "legacy 1.pth", pickle_protocol=1)
expect("legacy 1.pth", state)
legacy(state, "legacy 0.pth", pickle_protocol=0)

torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
x = torch.arange(15.0).reshape(5, 3) / 10


def train(optimizer, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        model(x).square().mean().backward()
        optimizer.step()


results = {}
for name, make in {
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, betas=(0.8, 0.99)),
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.1),
}.items():
    optimizer = make(model.parameters())
    train(optimizer, 3)
    content = {
        "epoch": 3,
        "best": 0.5,
        "name": "net",
        "none": None,
        "flags": [True, False],
        "pair": (1, ("two", 2**40)),
        "negative": -(2**40),
        "bytes": b"\x00\xff",
        "size": torch.Size([2, 3]),
        "device": torch.device("cpu"),
        "dtype": torch.float16,
        "numpy": np.float64(1.5),
        "numpy32": np.int32(-7),
        "args": argparse.Namespace(lr=0.1),
        "model_state_dict": model.state_dict(),
        "optimizer_state_dict": optimizer.state_dict(),
        1: {"nested": [torch.ones(2), {"deeper": torch.zeros(1)}]},
    }
    torch.save(content, here / f"{name}.pth")
    if name == "adamw":
        expect("adamw.pth", {f"model_state_dict.{key}": value.clone() for key, value in model.state_dict().items()})
        legacy(content, "legacy checkpoint.pth")
        expected["legacy checkpoint.pth"] = expected["adamw.pth"]
    train(optimizer, 2)
    expect(f"{name} later", {key: value.clone() for key, value in model.state_dict().items()})

negative = {"x": torch._neg_view(torch.arange(4.0)), "part": torch._neg_view(torch.arange(6.0))[1:4], "plain": torch.ones(2)}
torch.save(negative, here / "negative.pt")
expect("negative.pt", {key: tensor.clone() for key, tensor in negative.items()})
unsigned = {f"uint{bits}": torch.tensor([0, 7, 2 ** min(bits, 63) - 1], dtype=getattr(torch, f"uint{bits}")) for bits in (16, 32, 64)}
torch.save(unsigned, here / "unsigned.pt")
expect("unsigned.pt", {"uint16": unsigned["uint16"].to(torch.int32), **{key: unsigned[key].to(torch.int64) for key in ("uint32", "uint64")}})
torch.save({"x": torch.tensor([2**64 - 1], dtype=torch.uint64), "fine": torch.ones(2)}, here / "too large.pt")
others = {
    "sparse": torch.eye(3).to_sparse(),
    "csr": torch.eye(3).to_sparse_csr(),
    "quantised": torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8),
    "complex": torch.ones(3, dtype=torch.complex64),
    "conjugate": torch.ones(3, dtype=torch.complex64).conj(),
    "float8": torch.ones(3).to(torch.float8_e4m3fn),
    "meta": torch.ones(3, device="meta"),
    "nested": torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]),
}
for name, tensor in others.items():
    torch.save({"fine": torch.ones(2), "deep": {"x": tensor}}, here / f"{name}.pt")
tied = torch.ones(2, 2)
torch.save({"one": tied, "other": tied}, here / "tied.pt")
torch.jit.script(torch.nn.Linear(2, 1)).save(here / "script.pt")
torch.save(torch.nn.Linear(2, 1), here / "whole model.pt")
torch.save([torch.ones(2), {"x": torch.zeros(1)}], here / "list.pt")
torch.save({"epoch": 3}, here / "no tensors.pt")
torch.save({"e\u0301": torch.ones(1), "\u00e9": torch.zeros(1)}, here / "composed.pt")
numbers = {"epoch": 3, "negative": -(2**40), "large": 2**70, "flags": [True, False], "x": torch.ones(2)}
for protocol in 0, 1:
    torch.save(numbers, here / f"protocol {protocol}.pt", pickle_protocol=protocol)

with zipfile.ZipFile(here / "negative.pt") as source, zipfile.ZipFile(here / "big-endian.pt", "w") as target:
    for name in source.namelist():
        data = source.read(name)
        if name.endswith("byteorder"):
            data = b"big"
        if "/data/" in name:
            data = np.frombuffer(data, "<f4").astype(">f4").tobytes()
        target.writestr(name, data)
expected["big-endian.pt"] = expected["negative.pt"]

# Malicious pickles.


def archive(name, data, storage=b"", compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(here / name, "w", compression) as file:
        file.writestr("archive/data.pkl", data)
        file.writestr("archive/data/0", storage)
        file.writestr("archive/version", "3\n")


def tensor(count, offset, shape, stride):
    """A pickle of a dictionary with one tensor, with the given numbers."""

    class Rebuilt:
        def __reduce__(self):
            return torch._utils._rebuild_tensor_v2, (Storage(), offset, shape, stride, False, None)

    class Storage:
        pass

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            return ("storage", torch.FloatStorage, "0", "cpu", count) if isinstance(value, Storage) else None

    import io

    data = io.BytesIO()
    Pickler(data, protocol=2).dump({"x": Rebuilt()})
    return data.getvalue()


archive("nested tuples.pt", b"\x80\x02})" + b"\x85" * 40_000 + b".")
archive("deep.pt", b"\x80\x02" + b"}X\x01\x00\x00\x00a" * 200 + b"Ns" + b"s" * 199 + b".")
archive("count.pt", tensor(2**63 - 1, 0, (2,), (1,)), bytes(8))
archive("offset.pt", tensor(2, 2**63 - 1, (2,), (1,)), bytes(8))
archive("strides.pt", tensor(2, 1, (2, 2), (2**62, 2**62)), bytes(8))
torch.save({"x": torch.ones(1).expand(10**10)}, here / "expanded.pt")
twice = {"x": 1}
for _ in range(60):
    twice = {"a": twice, "b": twice}
torch.save(twice, here / "twice.pt")
archive("packed.pt", b"\x80\x02" + b"N0" * 2**23 + b"}.", compression=zipfile.ZIP_DEFLATED)
itself = {}
itself["a"] = itself
torch.save(itself, here / "itself.pt")

# HDF5.

with h5py.File(here / "mixed.h5", "w") as file:
    file["group/x"] = np.arange(4.0)
    file["text"] = "some text"
    file["texts"] = ["a", "b"]
    file["null"] = h5py.Empty("f4")
    file["compound"] = np.zeros(2, [("a", "i4"), ("b", "f4")])
    file["complex"] = np.zeros(2, np.complex64)
    file["uint64"] = np.array([1, 2**63 - 1], np.uint64)
    file["large"] = np.array([2**64 - 1], np.uint64)
    file["again"] = file["group"]
    file["soft"] = h5py.SoftLink("/group/x")
    file["nowhere"] = h5py.SoftLink("/none")
    file["outside"] = h5py.ExternalLink("/etc/passwd", "/x")
    file["through"] = h5py.SoftLink("/outside/x")
    file["reference"] = file["text"].ref
    file["type"] = np.dtype("f8")
    file.create_dataset("filled", (2, 3), "f4", fillvalue=7, chunks=(1, 3))
    file.create_dataset("part", (4,), "i8", fillvalue=-1, chunks=(2,))[:2] = [5, 6]
    file.create_dataset("unwritten", (2, 2), "f8")
    file["float128"] = np.zeros(2, np.longdouble)
    bfloat16 = h5py.h5t.IEEE_F32LE.copy()
    bfloat16.set_fields(15, 7, 8, 0, 7)
    bfloat16.set_size(2)
    bfloat16.set_ebias(127)
    space = h5py.h5s.create_simple((3,))
    dataset = h5py.h5d.create(file.id, b"bfloat16", bfloat16, space)
    dataset.write(space, space, np.array([1, -2.5, 1e30], np.float32))
one = torch.arange(4.0, dtype=torch.float64)
expect(
    "mixed.h5",
    {
        "again.x": one,
        "bfloat16": torch.tensor([1, -2.5, 1e30], dtype=torch.bfloat16),
        "filled": torch.full((2, 3), 7.0),
        "group.x": one,
        "part": torch.tensor([5, 6, -1, -1]),
        "soft": one,
        "uint64": torch.tensor([1, 2**63 - 1]),
        "unwritten": torch.zeros(2, 2, dtype=torch.float64),
    },
)
with h5py.File(here / "chunks.h5", "w") as file:
    # Larger than what is copied between processes, and partly unallocated.
    file.create_dataset("x", data=np.arange(20_000).reshape(100, 200).astype(">i4"), chunks=(30, 70))
    file.create_dataset("gaps", (200, 200), "f4", fillvalue=2, chunks=(30, 70))[50] = 1
    file.create_dataset("unwritten", (200, 200), "f4")
with h5py.File(here / "enormous.h5", "w") as file:
    file["x"] = np.ones(2)
    file.create_dataset("enormous", (10**6, 10**6), "f4", chunks=(1000, 1000))
    file.create_dataset("flat", (10**6, 10**6), "f4")
with h5py.File(here / "deep.h5", "w", libver="latest") as file:
    file["/".join("a" * 150)] = np.ones(2)
with h5py.File(here / "groups twice.h5", "w", libver="latest") as file:
    group = file.create_group("0")
    group["x"] = np.ones(1)
    for depth in range(1, 61):
        outer = file.create_group(f"{depth}")
        outer["a"] = outer["b"] = group
        group = outer
with h5py.File(here / "composed.h5", "w") as file:
    file["e\u0301.x"] = np.ones(1)
    file["\u00e9.x"] = np.zeros(1)

with tables.open_file(here / "pytables.h5", "w") as file:
    group = file.create_group("/", "data")
    file.create_array(group, "plain", np.arange(6).reshape(2, 3))
    file.create_carray(group, "packed", obj=np.arange(50.0), filters=tables.Filters(5, "zlib"), chunkshape=(20,))
    file.create_earray(group, "growing", obj=np.array([[1, 2]], np.int16), chunkshape=(2, 2))
    file.create_array(group, "truth", np.array([True, False]))
    file.create_table("/", "table", np.zeros(2, [("a", "i4")]), chunkshape=(2,))
expect(
    "pytables.h5",
    {
        "data.growing": torch.tensor([[1, 2]], dtype=torch.int16),
        "data.packed": torch.arange(50, dtype=torch.float64),
        "data.plain": torch.arange(6).reshape(2, 3),
        "data.truth": torch.tensor([1, 0], dtype=torch.uint8),
    },
)
hdf5storage.savemat(
    str(here / "matlab.mat"), {"a": np.arange(6.0).reshape(2, 3), "s": {"b": np.array([[1, 2]], np.uint16)}, "t": "hi"}, format="7.3"
)
with h5py.File(here / "matlab.mat") as file:
    found = {}
    file.visititems(lambda name, item: found.__setitem__(name, item) if isinstance(item, h5py.Dataset) else None)
    expect(
        "matlab.mat",
        {name.replace("/", "."): torch.from_numpy(item[()].astype({"u": "i4", "f": "f8"}[item.dtype.kind])) for name, item in sorted(found.items())},
    )
with h5py.File(here / "keras.weights.h5", "w") as file:
    # As Keras 3 lays them out.
    for place, (name, shape) in enumerate([("dense", (3, 2)), ("dense_1", (2, 1))]):
        layer = file.create_group(f"layers/{name}")
        layer.attrs["name"] = name
        variables = layer.create_group("vars")
        variables["0"] = np.full(shape, place + 0.5, np.float32)
        variables["1"] = np.zeros(shape[1:], np.float32)
    file.create_group("optimizer/vars")["0"] = np.int64(7)
    file.create_group("vars")
expect(
    "keras.weights.h5",
    {
        "layers.dense.vars.0": torch.full((3, 2), 0.5),
        "layers.dense.vars.1": torch.zeros(2),
        "layers.dense_1.vars.0": torch.full((2, 1), 1.5),
        "layers.dense_1.vars.1": torch.zeros(1),
        "optimizer.vars.0": torch.tensor(7),
    },
)

# NumPy and safetensors.

np.savez(here / "mixed.npz", x=np.arange(3, dtype=np.uint16), text=np.array(["a"]), complex=np.zeros(1, np.complex64), objects=np.array([None]))
with zipfile.ZipFile(here / "mixed.npz", "a") as file:
    file.writestr("readme.txt", "no array")
expect("mixed.npz", {"x": torch.arange(3, dtype=torch.int32)})
with zipfile.ZipFile(here / "composed.npz", "w") as file:
    for name in ("e\u0301.npy", "\u00e9.npy"):
        with file.open(name, "w") as entry:
            np.lib.format.write_array(entry, np.ones(1))


def safetensors(name, tensors):
    header, data = [], b""
    for key, (dtype, shape, values) in tensors:
        entry = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
        header.append(f"{json.dumps(key)}: {json.dumps(entry)}")
        data += values
    text = f"{{{', '.join(header)}}}".encode()
    (here / name).write_bytes(struct.pack("<Q", len(text)) + text + data)


safetensors(
    "unsigned.safetensors",
    [(f"U{bits}", (f"U{bits}", [3], np.array([0, 7, 2 ** min(bits, 63) - 1], f"u{bits // 8}").tobytes())) for bits in (16, 32, 64)],
)
expect("unsigned.safetensors", {key.upper().replace("INT", ""): torch.tensor(unsigned[key].tolist(), dtype=torch.int32 if key == "uint16" else torch.int64) for key in unsigned})
safetensors("others.safetensors", [("fine", ("F32", [1], bytes(4))), ("eight", ("F8_E4M3", [2], bytes(2))), ("complex", ("C64", [1], bytes(8)))])
one = ("F32", [1], bytes(4))
safetensors("composed.safetensors", [("e\u0301", one), ("\u00e9", one)])
safetensors("twice.safetensors", [("x", one), ("x", one)])

expectations.write(here)
