"""The kinds of workloads of Workloads/Kinds.swift."""

import torch
import torch._inductor.config

# Set by peers.py before the other modules are imported.
DEVICE = torch.device("cpu")
COMPILER = None


def digest(tensor):
    """The sum of the magnitudes of about a thousand elements, spread evenly."""
    elements = tensor.detach().flatten()
    return elements[:: max(1, tensor.numel() // 1000)].double().abs().sum().item()


def operation(make, function):
    """A function of tensors that `make` draws after seed 0."""

    def prepare():
        torch.manual_seed(0)
        inputs = [tensor.to(DEVICE) for tensor in make()]

        def run(count):
            for _ in range(count):
                result = function(*inputs)
            return [digest(result)]

        return run

    return prepare


def gradient(make, function):
    """A function and backward from the sum of its result's elements to all inputs."""

    def prepare():
        torch.manual_seed(0)
        inputs = [tensor.to(DEVICE).requires_grad_() for tensor in make()]

        def run(count):
            for _ in range(count):
                for tensor in inputs:
                    tensor.grad = None
                function(*inputs).sum().backward()
            return [digest(tensor.grad) for tensor in inputs if tensor.grad is not None]

        return run

    return prepare


def both_ways(workloads):
    """Functions forward, and forward and backward: from a name to the inputs and the function."""
    both = {}
    for name, (make, function) in workloads.items():
        both[name] = operation(make, function)
        both[backward(name)] = gradient(make, function)
    return both


def backward(name):
    """A workload's name with “backward” before its sizes."""
    what, comma, sizes = name.partition(",")
    return f"{what} backward{comma}{sizes}"


def step(make):
    """Training steps of an optimizer and a loss, which are made after seed 0."""

    def prepare():
        torch.manual_seed(0)
        optimizer, loss_of = make()
        if COMPILER == "torch":
            # The random numbers of PyTorch rather than of the compiled code.
            torch._inductor.config.fallback_random = True
            loss_of = torch.compile(loss_of)

        def run(count):
            for _ in range(count):
                loss = loss_of()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                last = loss.item()
            return [last]

        return run

    return ("torch.compile", prepare) if COMPILER == "torch" else prepare


def normal(*shapes):
    return lambda: [torch.randn(*shape) for shape in shapes]


def uniform(*shapes):
    return lambda: [torch.rand(*shape) for shape in shapes]


def halves(*shapes):
    return lambda: [torch.randn(*shape).to(torch.bfloat16) for shape in shapes]


def integers(low, high, *shapes):
    return lambda: [torch.randint(low, high, shape) for shape in shapes]


def times(shape):
    """A shape as it stands in names: 8×4×64×32."""
    return "×".join(map(str, shape))
