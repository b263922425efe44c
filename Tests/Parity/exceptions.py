"""Calls whose results differ for a known reason. They count as explained."""

import re

# The operation, a regular expression for the finding's dtype, sample and message, and the reason.
EXCEPTIONS = [
    (
        "atan2", r"second derivative: 0.0, PyTorch's nan",
        "At (0, 0) PyTorch's second derivative is 0 / 0; its first is 0 there, and so is Flambeau's second.",
    ),
    (
        "linalg.norm|linalg.vector_norm|norm", r"second derivative: 0.0, PyTorch's nan",
        "At 0 PyTorch's second derivative of a norm is 0 / 0; Flambeau takes the norm as flat there.",
    ),
    (
        "gather", r"gather: an index of (uint8|shape)",
        "PyTorch looks neither at the dtype nor at the shape of an index without elements.",
    ),
    (
        "logaddexp", r"second derivative: -?0.0, PyTorch's nan",
        "PyTorch subtracts infinities; the function is a straight line there.",
    ),
    (
        "nn.functional.batch_norm", r"batchNorm: input \[0\] and a parameter of shape \[0\]",
        "PyTorch refuses a batch without channels, but not where it is empty as well; Flambeau refuses both.",
    ),
    (
        "nn.functional.interpolate|nn.functional.upsample_bilinear", r"a tensor of uint8 has no such operation",
        "PyTorch weighs bytes in fixed point, rounded one way or another as the processor is; Flambeau asks for floats.",
    ),
    (
        "nn.functional.elu|nn.functional.selu", r"gradient: .* PyTorch's nan at \[[678]\]; [12] of 9",
        "At NaN PyTorch's gradient is NaN or that of larger numbers, as the processor's vectors are.",
    ),
    (
        "nn.functional.hardsigmoid", r"float64 .* gradient",
        "PyTorch multiplies by 1 / 6 in single precision in float64 too.",
    ),
    (
        "nn.functional.hardtanh|nn.functional.relu6", r"gradient: .* PyTorch's 0.0",
        "At NaN PyTorch hands on the gradient or not, as the strides are; Flambeau does, as relu in both.",
    ),
    (
        "nn.functional.mish", r"second derivative: 0.0, PyTorch's nan",
        "PyTorch multiplies 0 by infinity for large numbers, where the function is a straight line.",
    ),
    (
        "nn.functional.mish|nn.functional.silu", r"(?<!: )-0.0, PyTorch's nan",
        "PyTorch multiplies -infinity by 0; Flambeau returns the limit.",
    ),
    (
        "nn.functional.softsign", r"gradient: 0.0, PyTorch's nan",
        "PyTorch divides infinities at infinity, where the function is flat.",
    ),
    (
        "nn.functional.softsign", r"int8 ",
        "PyTorch adds 1 to 127 in int8; Flambeau divides in float32, as / does.",
    ),
    (
        "normal.in_place", r"float64 non-contiguous",
        "PyTorch draws into other strides by another formula; Flambeau draws a new tensor.",
    ),
    (
        "pow|__rpow__", r"second derivative: .*, PyTorch's nan",
        "Where the base is 0 or infinite PyTorch's mixed derivatives are NaN in one order and numbers in the other.",
    ),
    (
        "pow|__rpow__", r"pow: integers cannot be raised to negative powers",
        "PyTorch refuses a negative number as exponent, but of a tensor of such it makes 0; Flambeau refuses both.",
    ),
    (
        "nn.functional.scaled_dot_product_attention", r"^float32 ",
        "Scores of a hundred and more are rounded before their powers are taken, on both sides and in another order; "
        "either may be the nearer one, by some units in the fifth digit.",
    ),
    (
        "rand_like", r"",
        "The database calls randn_like under this name.",
    ),
    (
        "sort|topk", r"^b?float16 .* gradient: ",
        "Which of several equal elements takes the gradient is not defined.",
    ),
]


def reason(finding):
    """The reason that explains a finding; None if there is none."""
    text = f"{finding.dtype} {finding.sample} {finding.message}"
    for operations, pattern, why in EXCEPTIONS:
        if re.fullmatch(operations, finding.operation) and re.search(pattern, text):
            return why
    return None
