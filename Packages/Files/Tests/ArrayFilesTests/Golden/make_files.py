"""Writes small arrays with NumPy and h5py, and expected.json with their contents.

    pip install numpy==2.4.6 h5py==3.16.0 && python make_files.py
"""

import gzip
import json
import pathlib
import struct

import h5py
import numpy as np

here = pathlib.Path(__file__).parent
expected = {}


def expect(name, array):
    array = np.asarray(array)
    expected[name] = {
        "dtype": array.dtype.newbyteorder("=").name,
        "shape": list(array.shape),
        "values": array.astype(np.float64).flatten().tolist(),
    }


matrix = np.arange(-3, 9).reshape(3, 4)
arrays = {
    "bool": matrix > 0,
    "uint8": (matrix + 200).astype(np.uint8),
    "int8": matrix.astype(np.int8),
    "int16": (matrix * 1000).astype(np.int16),
    "int32": (matrix * 100_000).astype(np.int32),
    "int64": matrix * 10**12,
    "float16": (matrix / 8).astype(np.float16),
    "float32": (matrix / 3).astype(np.float32),
    "float64": matrix / 3,
    "big-endian": (matrix / 3).astype(">f4"),
    "big-endian integers": matrix.astype(">i2"),
    "fortran": np.asfortranarray(matrix.reshape(2, 3, 2) / 4),
    "scalar": np.float32(2.5),
    "empty": np.zeros((0, 3), np.float32),
    "vector": np.arange(5, dtype=np.int32),
}
for name, array in arrays.items():
    np.save(here / f"{name}.npy", array)
    expect(f"{name}.npy", array)
for version in [(2, 0), (3, 0)]:
    with open(here / f"version {version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, arrays["float32"], version)
    expect(f"version {version[0]}.npy", arrays["float32"])
with open(here / "packed.npy.gz", "wb") as file:
    file.write(gzip.compress((here / "float64.npy").read_bytes(), mtime=0))
expect("packed.npy.gz", arrays["float64"])
np.save(here / "complex.npy", np.zeros(2, np.complex64))
np.save(here / "structured.npy", np.zeros(2, [("a", "<i4"), ("b", "<f4")]))

unsigned = np.array([0, 7, 2**15, 2**16 - 1])
for bits, wide in [(16, np.int32), (32, np.int64), (64, np.int64)]:
    for order in "<>":
        name = f"uint{bits}{'' if order == '<' else ' big-endian'}.npy"
        np.save(here / name, unsigned.astype(f"{order}u{bits // 8}"))
        expect(name, unsigned.astype(wide))
np.save(here / "too large.npy", np.array([2**63], np.uint64))


def header(name, text, array):
    """Writes a file with the given header, since other programs format headers differently."""
    text = text.encode() + b"\n"
    (here / name).write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + array.tobytes())
    expect(name, array)


header("order.npy", "{'shape': (2, 3), 'fortran_order': False, 'descr': '<f4'}", np.arange(6, dtype="<f4").reshape(2, 3))
header("quotes.npy", '{"descr": "<i2", "fortran_order": False, "shape": (3,)}', np.arange(3, dtype="<i2"))
header("python 2.npy", "{'descr': '<i4', 'fortran_order': False, 'shape': (2L, 2L), }  ", np.arange(4, dtype="<i4").reshape(2, 2))

np.savez(here / "plain.npz", x=arrays["float32"], y=arrays["int64"])
np.savez_compressed(here / "compressed.npz", x=np.zeros((100, 100)), y=arrays["bool"])
for name, array in {"x": arrays["float32"], "y": arrays["int64"]}.items():
    expect(f"plain.npz/{name}", array)
expect("compressed.npz/y", arrays["bool"])


def idx(name, code, array):
    header = struct.pack(">BBBB", 0, 0, code, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    data = header + array.astype(array.dtype.newbyteorder(">")).tobytes()
    (here / f"{name}.idx").write_bytes(data)
    (here / f"{name}.idx.gz").write_bytes(gzip.compress(data, mtime=0))
    expect(f"{name}.idx", array)
    expect(f"{name}.idx.gz", array)


idx("images", 0x08, np.arange(60, dtype=np.uint8).reshape(3, 5, 4))
idx("int8", 0x09, arrays["int8"])
idx("int16", 0x0B, arrays["int16"])
idx("int32", 0x0C, arrays["int32"])
idx("float32", 0x0D, arrays["float32"])
idx("float64", 0x0E, arrays["float64"])

with h5py.File(here / "elsewhere.h5", "w") as file:
    file["group/x"] = np.arange(6.0).reshape(3, 2)
    file["soft"] = h5py.SoftLink("/group/x")
    file["link"] = h5py.ExternalLink("arrays.h5", "/images")
    file["through"] = h5py.SoftLink("/link")
    file.create_dataset("external", (8,), "u1", external=[("/etc/passwd", 0, 8)])
    layout = h5py.VirtualLayout((10, 2, 3), "f4")
    layout[...] = h5py.VirtualSource("arrays.h5", "images", (10, 2, 3))
    file.create_virtual_dataset("virtual", layout)
    file.create_dataset("filled", (4, 2), "f4", fillvalue=7)
    file.create_dataset("uint64", data=np.array([1, 2**63], np.uint64))

with h5py.File(here / "arrays.h5", "w") as file:
    file["images"] = np.arange(10 * 2 * 3).reshape(10, 2, 3).astype(np.float32)
    file["group/labels"] = np.arange(10) * 11
    file.create_dataset("packed", data=np.arange(1000).reshape(100, 10), chunks=(7, 4), compression="gzip")
    file["bool"] = np.arange(10) % 3 == 0
    file["uint16"] = np.arange(10, dtype=np.uint16) * 6000
    file["big-endian"] = np.arange(10).astype(">f8") / 4
    file["float16"] = np.arange(10).astype(np.float16) / 8
    file["scalar"] = 3.5
    file["text"] = ["a", "b"]
    file["complex"] = np.zeros(3, np.complex64)

(here / "expected.json").write_text(json.dumps(expected).replace('}, "', '},\n"') + "\n")
