"""The samples of PyTorch's operator database."""

import random

import numpy
import torch

from worker import DTYPES

# The maximum number of samples of an operation in one dtype, drawn at random from the database's.
LIMITS = {torch.float64: 24, torch.float32: 24, torch.int64: 24}
LIMIT = 12
# Samples with more elements than this take long without testing more.
LARGEST = 200_000
# The seed of the samples, so that they are the same each time.
SEED = 0


def seed():
    random.seed(SEED)
    numpy.random.seed(SEED)
    torch.manual_seed(SEED)


def supported_dtypes(op):
    return [dtype for dtype in DTYPES if dtype in op.supported_dtypes("cpu")]


def samples(op, dtype):
    """The samples of an operation, as they are and with other strides."""
    has_gradient = op.supports_autograd and dtype in op.supported_backward_dtypes("cpu")
    drawn = []
    for draw in (op.sample_inputs, op.reference_inputs):
        seed()
        try:
            found = list(draw("cpu", dtype, requires_grad=has_gradient))
        except Exception:  # The database's own functions fail for some dtypes.
            continue
        if draw is op.reference_inputs and op.reference_inputs_func is None:
            continue
        found = [sample for sample in found if size(sample) <= LARGEST]
        limit = LIMITS.get(dtype, LIMIT)
        if len(found) > limit:
            found = random.sample(found, limit)
        drawn += found
    for sample in drawn:
        yield with_leaves(sample), "sample"
    for sample in drawn:
        try:
            yield with_leaves(sample.noncontiguous()), "non-contiguous"
        except Exception:
            continue


def size(sample):
    """The number of elements of a call's arguments."""
    count = 0

    def add(value):
        nonlocal count
        if isinstance(value, torch.Tensor):
            count += value.numel()
        return value

    sample.transform(add)
    return count


def with_leaves(sample):
    """The arguments as leaves that share the same memory."""
    leaves = {}

    def as_leaf(value):
        if not isinstance(value, torch.Tensor) or not value.requires_grad:
            return value
        if id(value) not in leaves:
            leaves[id(value)] = value.detach().requires_grad_()
        return leaves[id(value)]

    return sample.transform(as_leaf)


def error_samples(op):
    """The samples that PyTorch rejects."""
    if op.error_inputs_func is None:
        return
    seed()
    try:
        for error in op.error_inputs("cpu"):
            yield error.sample_input
    except Exception:
        return


def in_float64(value):
    """The same arguments with floating-point tensors in float64."""
    if isinstance(value, torch.Tensor):
        if not value.is_floating_point():
            return value
        return value.detach().to(torch.float64).requires_grad_(value.requires_grad)
    if isinstance(value, (list, tuple)):
        return type(value)(in_float64(part) for part in value)
    if isinstance(value, dict):
        return {name: in_float64(part) for name, part in value.items()}
    if value in (torch.float16, torch.bfloat16, torch.float32):
        return torch.float64
    return value


def shown(value):
    """A short description of an argument."""
    if isinstance(value, torch.Tensor):
        text = f"{str(value.dtype)[6:]}{list(value.shape)}"
        if value.numel() and not value.is_contiguous():
            text += f" strides {list(value.stride())}"
        return text
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(shown, value)) + "]"
    return repr(value)
