"""Writes transforms.json: the results of torchvision's transforms of the images in it, after manual_seed(3).

    pip install torch==2.13.0 torchvision==0.28.0 && python make_transforms.py
"""

import json
import pathlib

import torch
import torchvision.transforms.v2 as T
import torchvision.transforms.v2.functional as F


def numbers(tensor):
    return {"shape": list(tensor.shape), "values": [round(v, 7) for v in tensor.double().flatten().tolist()]}


torch.manual_seed(0)
image = (torch.rand(3, 7, 10) * 255).to(torch.uint8)
image[:, 2, 3] = torch.tensor([90, 90, 90], dtype=torch.uint8)
gray = image[:1]
real = image.double() / 255
bilinear = T.InterpolationMode.BILINEAR

cases = {
    "toFloat": lambda: T.ToDtype(torch.float32, scale=True)(image),
    "normalize": lambda: T.Normalize([0.4, 0.5, 0.6], [0.2, 0.3, 0.4])(real),
    "normalize, one": lambda: T.Normalize([0.4], [0.2])(real[:1]),
    "centerCrop": lambda: T.CenterCrop((4, 7))(image),
    "centerCrop, odd": lambda: T.CenterCrop((5, 5))(image),
    "flip": lambda: torch.stack([T.RandomHorizontalFlip(0.5)(image) for _ in range(6)]),
    "flip, vertical": lambda: torch.stack([T.RandomVerticalFlip(0.3)(image) for _ in range(6)]),
    "resize": lambda: T.Resize((5, 4), bilinear)(real),
    "resize, larger": lambda: T.Resize((11, 13), bilinear)(real),
    "resize, uint8": lambda: T.Resize((4, 15), bilinear)(image),
    "resize, shorter side": lambda: T.Resize(3, bilinear)(real),
    "rotate 30": lambda: F.rotate(real, 30),
    "rotate -77.5": lambda: F.rotate(real, -77.5, fill=0.25),
    "rotate 90": lambda: F.rotate(image, 90),
    "rotate 180": lambda: F.rotate(image, 180),
    "brightness 0.4": lambda: F.adjust_brightness(real, 0.4),
    "brightness 1.7": lambda: F.adjust_brightness(real, 1.7),
    "contrast 0.3": lambda: F.adjust_contrast(real, 0.3),
    "contrast 1.6": lambda: F.adjust_contrast(real, 1.6),
    "saturation 0.2": lambda: F.adjust_saturation(real, 0.2),
    "saturation 1.9": lambda: F.adjust_saturation(real, 1.9),
    "hue 0.3": lambda: F.adjust_hue(real, 0.3),
    "hue -0.45": lambda: F.adjust_hue(real, -0.45),
}
results = {}
for name, run in cases.items():
    torch.manual_seed(3)
    results[name] = numbers(run())
here = pathlib.Path(__file__).parent
lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in {"image": numbers(image), **results}.items()]
(here / "transforms.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
