"""Compares Flambeau's results with PyTorch's."""

import torch

# Relative and absolute tolerances for computing the same in another order. They are smaller than the error of
# computing in a narrower dtype.
TOLERANCES = {torch.float64: (1e-9, 1e-10), torch.float32: (2e-6, 1e-6)}
HALVES = (torch.float16, torch.bfloat16)


def flattened(results):
    """The tensors among results, in order; numbers become tensors."""
    if isinstance(results, torch.Tensor):
        return [results]
    if isinstance(results, (tuple, list)):
        return [tensor for part in results for tensor in flattened(part)]
    return [torch.tensor(results)]


def difference(ours, theirs, reference=None, values=True):
    """A description of the difference between two results; None if there is none.

    The reference is the result in float64. If it is given, ours may also differ from it by at most twice the
    largest error of PyTorch's, or by one unit in the last place.
    """
    if ours.dtype != theirs.dtype:
        return f"dtype {name(ours)}, PyTorch's {name(theirs)}"
    if ours.shape != theirs.shape:
        return f"shape {list(ours.shape)}, PyTorch's {list(theirs.shape)}"
    if not values or ours.numel() == 0:
        return None
    theirs = theirs.detach()
    wrong = (ours != theirs) & ~(ours.isnan() & theirs.isnan())
    if not wrong.any():
        return None
    if ours.dtype in TOLERANCES:
        relative, absolute = TOLERANCES[ours.dtype]
        near = (ours - theirs).abs() <= absolute + relative * theirs.abs()
        wrong &= ~(near & ours.isfinite() & theirs.isfinite())
    if reference is not None and (reference.shape != ours.shape or not ours.is_floating_point()):
        reference = None
    if reference is not None and wrong.any():
        reference = reference.detach().to(torch.float64)
        wrong &= ~as_near(ours, theirs, reference)
    if not wrong.any():
        return None
    place = tuple(wrong.nonzero()[0].tolist())
    text = f"{ours[place].item()!r}, PyTorch's {theirs[place].item()!r}"
    if reference is not None:
        text += f", in float64 {reference[place].item()!r}"
    return f"{text} at {list(place)}; {int(wrong.sum())} of {ours.numel()} differ"


def as_near(ours, theirs, reference):
    ours_apart = (ours.to(torch.float64) - reference).abs()
    theirs_apart = (theirs.to(torch.float64) - reference).abs()
    finite = theirs_apart[theirs_apart.isfinite()]
    farthest = finite.max() if finite.numel() else torch.tensor(0.0, dtype=torch.float64)
    info = torch.finfo(ours.dtype)
    unit = reference.abs().clamp(min=info.tiny).log2().floor().exp2() * info.eps
    same = (ours == reference.to(ours.dtype)) | (ours.isnan() & reference.isnan())
    return (ours_apart <= torch.maximum(2 * farthest, unit)) | same


def name(tensor):
    return str(tensor.dtype)[6:]


def has_other_strides(strides, theirs):
    """Whether a result has other strides, apart from dims of size 1."""
    if theirs.numel() == 0:
        return False
    return any(
        size > 1 and stride != other
        for size, stride, other in zip(theirs.shape, strides, theirs.stride())
    )
