"""Writes small images with Pillow, and expected.json with the pixels that it reads from them.

    pip install numpy==2.4.6 pillow==13.0.0 && python make_images.py
"""

import json
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image

here = pathlib.Path(__file__).parent
random = np.random.default_rng(0)
y, x = np.mgrid[0:13, 0:17]
color = np.stack([x * 15, y * 19, (x * y) % 256], axis=-1).astype(np.uint8)
gray = (x * 9 + y * 7).astype(np.uint8)
alpha = np.concatenate([color, (255 - gray)[..., None]], axis=-1)

Image.fromarray(color).save(here / "color.png")
Image.fromarray(gray).save(here / "gray.png")
Image.fromarray(alpha).save(here / "alpha.png")
Image.fromarray(np.stack([gray, 255 - gray], axis=-1)).save(here / "gray alpha.png")
Image.fromarray(color).quantize(16).save(here / "palette.png")
Image.fromarray(gray > 100).save(here / "bits.png")
Image.fromarray(color).save(here / "color.jpg", quality=90)
Image.fromarray(gray).save(here / "gray.jpg", quality=90)
Image.fromarray(color).save(here / "progressive.jpeg", quality=80, progressive=True)


def png(name, pixels, kind, *chunks, depth=8, size=None):
    """A PNG file with chunks that Pillow does not write."""

    def chunk(type, data):
        return struct.pack(">I", len(data)) + type + data + struct.pack(">I", zlib.crc32(type + data))

    height, width = size or pixels.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    (here / name).write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts))


deep = np.array([[[257, 32768, 65535], [255, 200, 511]]], ">u2")
linear = (b"gAMA", struct.pack(">I", 100_000))
png("deep.png", deep, 2, linear, depth=16)
png("linear.png", color, 2, linear)
# A profile that libpng considers invalid, and a text that decompresses to a megabyte.
png("profile.png", color, 2, (b"iCCP", b"sRGB\0\0" + zlib.compress(bytes(400))))
png("text.png", color, 2, (b"zTXt", b"Comment\0\0" + zlib.compress(bytes(10**6), 9)))
png("transparent.png", color, 2, (b"tRNS", struct.pack(">HHH", *map(int, color[3, 4]))))
# Images of one bit per pixel: one of a single color, and one whose header declares 50,000 × 50,000 pixels.
png("large.png", np.zeros((4000, 500), np.uint8), 0, depth=1, size=(4000, 4000))
png("huge.png", np.zeros((1, 6250), np.uint8), 0, depth=1, size=(50_000, 50_000))

inks = np.concatenate([color, gray[..., None]], axis=-1)
Image.fromarray(inks, "CMYK").save(here / "inks.jpg", quality=95)
jpeg = (here / "color.jpg").read_bytes()
place = jpeg.index(b"\xff\xda")
(here / "extraneous.jpg").write_bytes(jpeg[:place] + b"abc" + jpeg[place:])

expected = {}
for file in sorted(here.glob("*.png")) + sorted(here.glob("*.jp*g")):
    if file.name in ("large.png", "huge.png"):
        continue
    image = Image.open(file)
    if image.mode == "CMYK":
        image = image.convert("RGB")
    if file.name == "transparent.png":
        image = image.convert("RGBA")
    if image.mode == "P":
        image = image.convert("RGB")
    if image.mode == "1":
        image = image.convert("L")
    pixels = np.asarray(image)
    planes = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    expected[file.name] = {"shape": list(planes.shape), "values": planes.flatten().tolist()}
expected["luma"] = {"shape": [1, 13, 17], "values": np.asarray(Image.fromarray(color).convert("L")).flatten().tolist()}
(here / "expected.json").write_text(json.dumps(expected).replace('}, "', '},\n"') + "\n")
