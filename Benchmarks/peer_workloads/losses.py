import torch
import torch.nn.functional as F

from .kinds import DEVICE, both_ways, normal, uniform

PAIRS = {
    "mseLoss": F.mse_loss,
    "l1Loss": F.l1_loss,
    "smoothL1Loss": F.smooth_l1_loss,
    "huberLoss": lambda x, y: F.huber_loss(x, y, delta=0.5),
    "hingeEmbeddingLoss": lambda x, y: F.hinge_embedding_loss(x, (y > 0).float() * 2 - 1),
}
PROBABILITIES = {
    "binaryCrossEntropy": F.binary_cross_entropy,
    "bceWithLogits": F.binary_cross_entropy_with_logits,
    "klDiv": lambda x, y: F.kl_div(x, y, reduction="mean"),
}
SQUARE = [1000, 1000]

WORKLOADS = both_ways(
    {f"{name}, 1000²": (normal(SQUARE, SQUARE), loss) for name, loss in PAIRS.items()}
    | {f"{name}, 1000²": (uniform(SQUARE, SQUARE), loss) for name, loss in PROBABILITIES.items()}
    | {
        "tripletMarginLoss, 1000²": (
            normal(SQUARE, SQUARE, SQUARE),
            lambda x, y, z: F.triplet_margin_loss(x, y, z, margin=10),
        ),
        "cosineEmbeddingLoss, 1000²": (
            normal(SQUARE, SQUARE),
            lambda x, y: F.cosine_embedding_loss(x, y, torch.ones(1000, device=DEVICE)),
        ),
        "crossEntropy, 1024×1000": (
            normal([1024, 1000]),
            lambda x: F.cross_entropy(x, torch.arange(1024, device=DEVICE) % 1000),
        ),
    }
)
