import torch.nn.functional as F

from .kinds import both_ways, halves, integers, normal, operation


def conv2d(shape, weight, **arguments):
    return normal(shape, weight), lambda x, w: F.conv2d(x, w, **arguments)


WORKLOADS = both_ways({
    "conv2d 3×3, 64×32×28² to 64": conv2d([64, 32, 28, 28], [64, 32, 3, 3], padding=1),
    "conv2d 3×3, 8×256×14² to 256": conv2d([8, 256, 14, 14], [256, 256, 3, 3], padding=1),
    "conv2d 7×7 stride 2, 8×3×112² to 64": conv2d(
        [8, 3, 112, 112], [64, 3, 7, 7], stride=2, padding=3
    ),
    "conv2d 3×3 depthwise, 16×64×28²": conv2d(
        [16, 64, 28, 28], [64, 1, 3, 3], padding=1, groups=64
    ),
    "conv2d 1×1, 16×128×14² to 256": conv2d([16, 128, 14, 14], [256, 128, 1, 1]),
    "conv2d 3×3 dilation 2, 16×64×28² to 64": conv2d(
        [16, 64, 28, 28], [64, 64, 3, 3], padding=2, dilation=2
    ),
    "convTranspose2d 4×4 stride 2, 16×64×14² to 32": (
        normal([16, 64, 14, 14], [64, 32, 4, 4]),
        lambda x, w: F.conv_transpose2d(x, w, stride=2, padding=1),
    ),
    "conv1d 5, 16×64×512 to 64": (
        normal([16, 64, 512], [64, 64, 5]),
        lambda x, w: F.conv1d(x, w, padding=2),
    ),
    "maxPool2d 2, 32×64×28²": (normal([32, 64, 28, 28]), lambda x: F.max_pool2d(x, 2)),
    "avgPool2d 2, 32×64×28²": (normal([32, 64, 28, 28]), lambda x: F.avg_pool2d(x, 2)),
    "adaptiveAvgPool2d 1, 32×64×28²": (
        normal([32, 64, 28, 28]),
        lambda x: F.adaptive_avg_pool2d(x, 1),
    ),
    "interpolate to twice the size, 16×32×28²": (
        normal([16, 32, 28, 28]),
        lambda x: F.interpolate(x, scale_factor=2),
    ),
    "interpolate bilinear, 16×32×28²": (
        normal([16, 32, 28, 28]),
        lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"),
    ),
}) | {
    "conv2d of int64, 8×16×28×28 to 16": operation(
        integers(-9, 9, (8, 16, 28, 28), (16, 16, 3, 3)), F.conv2d
    ),
    "conv2d 3×3 of bfloat16, 64×32×28² to 64": operation(
        halves([64, 32, 28, 28], [64, 32, 3, 3]), lambda x, w: F.conv2d(x, w, padding=1)
    ),
}
