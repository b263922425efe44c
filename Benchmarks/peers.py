"""The workloads of Benchmarks/Workloads in the libraries that Flambeau is compared with.

Each function prepares one and returns what does it so many times, giving the numbers that came out
the last time. A question on standard input, as a line of JSON, names a workload and a count.
"""

import json
import math
import sys
import time

import torch
from micrograd.nn import MLP

torch.set_num_threads(2)


class SharedNumbers:
    """Numbers from -1 to 1 that are the same in Scalars.swift."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 1103515245 + 12345) % (1 << 31)
        return self.state / (1 << 30) - 1


def two_moons():
    noise = SharedNumbers(2)
    points, labels = [], []
    for index in range(50):
        angle = index / 49 * math.pi
        points.append([math.cos(angle) + 0.1 * noise.next(), math.sin(angle) + 0.1 * noise.next()])
        points.append(
            [1 - math.cos(angle) + 0.1 * noise.next(), 0.5 - math.sin(angle) + 0.1 * noise.next()]
        )
        labels += [1.0, -1.0]
    return points, labels


def micrograd_demo():
    from micrograd.engine import Value

    points, labels = two_moons()
    model = MLP(2, [16, 16, 1])
    weights = SharedNumbers(1)
    for parameter in model.parameters():
        parameter.data = weights.next()

    def run(count):
        for _ in range(count):
            scores = [model(list(map(Value, point))) for point in points]
            losses = [(1 + -label * score).relu() for label, score in zip(labels, scores)]
            total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(
                p * p for p in model.parameters()
            )
            model.zero_grad()
            total.backward()
            for p in model.parameters():
                p.data -= 0.1 * p.grad
        return [total.data]

    return run


def add(requires_grad):
    def prepare():
        a = torch.tensor([1.0, 2, 3, 4], requires_grad=requires_grad)
        b = torch.tensor([5.0, 6, 7, 8], requires_grad=requires_grad)

        def run(count):
            for _ in range(count):
                total = a + b
            return total.tolist()

        return run

    return prepare


def digits_step():
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    x, y = torch.randn(32, 64), torch.randint(0, 10, (32,))

    def run(count):
        for _ in range(count):
            loss = torch.nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            last = loss.item()
        return [last]

    return run


TORCH = f"torch {torch.__version__.split('+')[0]}"
WORKLOADS = {
    "micrograd's demo, one step": ("micrograd", micrograd_demo),
    "a + b on 4 floats": (TORCH, add(False)),
    "a + b on 4 floats, with gradients": (TORCH, add(True)),
    "training step of the digits": (TORCH, digits_step),
}


def main():
    prepared = {}
    for line in sys.stdin:
        question = json.loads(line)
        name = question["name"]
        peer, prepare = WORKLOADS[name]
        if question["fresh"] or name not in prepared:
            prepared[name] = prepare()
        start = time.perf_counter()
        result = prepared[name](question["count"])
        seconds = time.perf_counter() - start
        print(json.dumps({"peer": peer, "seconds": seconds, "result": result}), flush=True)


main()
