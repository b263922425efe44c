"""Writes small pictures by Pillow, and expected.json, the pixels that it reads from them.

    pip install numpy==2.4.6 pillow==13.0.0 && python make_images.py
"""

import json
import pathlib

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

expected = {}
for file in sorted(here.glob("*.png")) + sorted(here.glob("*.jp*g")):
    image = Image.open(file)
    if image.mode == "P":
        image = image.convert("RGB")
    if image.mode == "1":
        image = image.convert("L")
    pixels = np.asarray(image)
    planes = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    expected[file.name] = {"shape": list(planes.shape), "values": planes.flatten().tolist()}
expected["luma"] = {"shape": [1, 13, 17], "values": np.asarray(Image.fromarray(color).convert("L")).flatten().tolist()}
(here / "expected.json").write_text(json.dumps(expected).replace('}, "', '},\n"') + "\n")
