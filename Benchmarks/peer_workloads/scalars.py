import math

from micrograd.nn import MLP


class SharedNumbers:
    """A generator of numbers from -1 to 1, the same as in Scalars.swift."""

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


WORKLOADS = {"micrograd's demo, one step": ("micrograd", micrograd_demo)}
