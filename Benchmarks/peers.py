"""The workloads of Benchmarks/Workloads in the libraries that Flambeau is compared with.

Each function prepares one and returns what does it so many times, giving the numbers that came out
the last time. A question on standard input, as a line of JSON, names a workload and a count. With
--memory-of NAME, the workload's memory is measured, and that is all.
"""

import json
import math
import os
import resource
import sys
import tempfile
import time

import h5py
import numpy as np
import pandas as pd
import safetensors
import torch
from safetensors.torch import load_file, save_file
from micrograd.nn import MLP

F = torch.nn.functional
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


def training_step(make):
    """Steps of a model, an optimizer and a loss that are made after seed 0."""

    def prepare():
        torch.manual_seed(0)
        optimizer, loss_of = make()

        def run(count):
            for _ in range(count):
                loss = loss_of()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                last = loss.item()
            return [last]

        return run

    return prepare


def classifier(layers, shape, optimizer):
    def make():
        model = torch.nn.Sequential(*layers())
        x, y = torch.randn(*shape), torch.randint(0, 10, shape[:1])
        return optimizer(model.parameters()), lambda: F.cross_entropy(model(x), y)

    return make


def adam(parameters):
    return torch.optim.Adam(parameters, lr=1e-3)


def mlp(*sizes):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    return layers[:-1]


def cnn():
    nn = torch.nn
    return [
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 10),
    ]


def lstm():
    model = torch.nn.LSTM(32, 64)
    x = torch.randn(50, 16, 32)
    return adam(model.parameters()), lambda: model(x)[0].square().mean()


class GPT(torch.nn.Module):
    def __init__(self):
        super().__init__()
        nn = torch.nn
        self.embedding = nn.Embedding(64, 128)
        self.positions = nn.Embedding(64, 128)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                128, 4, 512, dropout=0, activation="gelu", batch_first=True, norm_first=True
            )
            for _ in range(4)
        )
        self.norm = nn.LayerNorm(128)
        self.head = nn.Linear(128, 64)
        self.mask = nn.Transformer.generate_square_subsequent_mask(64)

    def forward(self, x):
        y = self.embedding(x) + self.positions(torch.arange(x.shape[1]))
        for layer in self.layers:
            y = layer(y, src_mask=self.mask, is_causal=True)
        return self.head(self.norm(y))


def gpt():
    model = GPT()
    x, y = torch.randint(0, 64, (16, 64)), torch.randint(0, 64, (16, 64))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    return optimizer, lambda: F.cross_entropy(model(x).flatten(0, 1), y.flatten())


def adam_step():
    torch.manual_seed(0)
    weight = torch.randn(10**7, requires_grad=True)
    weight.grad = torch.randn(10**7)
    # The faster one of PyTorch's.
    optimizer = torch.optim.Adam([weight], lr=1e-3, fused=True)

    def run(count):
        for _ in range(count):
            optimizer.step()
        return [weight[0].item(), weight.abs().mean().item()]

    return run


def operation(make, function):
    """A single operation on tensors that `make` draws from seed 0."""

    def prepare():
        torch.manual_seed(0)
        inputs = make()

        def run(count):
            for _ in range(count):
                result = function(*inputs)
            return result.flatten()[:1].tolist() + [result.double().abs().sum().item()]

        return run

    return prepare


def drawn(draw, *shapes):
    return lambda: [draw(*shape) for shape in shapes]


SQUARE = (1000, 1000)
OPERATIONS = {
    "add, 1 million": (drawn(torch.randn, [10**6], [10**6]), torch.add),
    "add, 4 million": (drawn(torch.randn, [4 * 10**6], [4 * 10**6]), torch.add),
    "exp, 1 million": (drawn(torch.randn, [10**6]), torch.exp),
    "exp, 4 million": (drawn(torch.randn, [4 * 10**6]), torch.exp),
    "add of a transposed, 1000²": (drawn(torch.randn, SQUARE, SQUARE), lambda a, b: a + b.T),
    "sum, 1000²": (drawn(torch.rand, SQUARE), torch.sum),
    "sum over dim 0, 1000²": (drawn(torch.rand, SQUARE), lambda a: a.sum(0)),
    "sum over dim 1, 1000²": (drawn(torch.rand, SQUARE), lambda a: a.sum(1)),
    "softmax, 1000²": (drawn(torch.randn, SQUARE), lambda a: a.softmax(-1)),
    "matmul, 1000²": (drawn(torch.rand, SQUARE, SQUARE), torch.matmul),
    "matmul, 32×64×128": (drawn(torch.rand, [32, 64], [64, 128]), torch.matmul),
    "matmul, 64 times 64³": (drawn(torch.rand, [64] * 3, [64] * 3), torch.matmul),
    "rows by index, 100,000": (
        lambda: [torch.rand(10**4, 64), torch.randint(0, 10**4, (10**5,))],
        lambda table, index: table[index],
    ),
}

def gradient(shapes, function):
    """The sum of a result's elements, backward to all inputs, which are drawn from seed 0."""

    def prepare():
        torch.manual_seed(0)
        inputs = [torch.randn(*shape) for shape in shapes]
        for tensor in inputs:
            tensor.requires_grad_()

        def run(count):
            for _ in range(count):
                for tensor in inputs:
                    tensor.grad = None
                function(*inputs).sum().backward()
            return [tensor.grad.double().abs().sum().item() for tensor in inputs]

        return run

    return prepare


GRADIENTS = {
    "(a * b).sum() backward, 4 floats": ([[4], [4]], torch.mul),
    "conv2d backward, 64×32×28×28 to 64": (
        [[64, 32, 28, 28], [64, 32, 3, 3]],
        lambda x, w: F.conv2d(x, w, padding=1),
    ),
    "layerNorm backward, 1024×512": (
        [[1024, 512], [512]],
        lambda x, w: F.layer_norm(x, (512,), w),
    ),
    "attention backward, 16×4×64×32": (
        [[16, 4, 64, 32]] * 2,
        lambda q, k: F.scaled_dot_product_attention(q, k, k),
    ),
    "crossEntropy backward, 1024×1000": (
        [[1024, 1000], [1]],
        lambda x, w: F.cross_entropy(x, torch.arange(1024) % 1000) * w,
    ),
}

class Busy(torch.utils.data.Dataset):
    """Examples that each keep a processor busy for a millisecond."""

    def __len__(self):
        return 200

    def __getitem__(self, index):
        end = time.perf_counter() + 0.001
        while time.perf_counter() < end:
            pass
        return index


def epochs(workers):
    def prepare():
        torch.manual_seed(0)
        rows = torch.utils.data.TensorDataset(torch.randn(10_000, 64), torch.arange(10_000))
        loader = torch.utils.data.DataLoader(rows, batch_size=32, shuffle=True, num_workers=workers)

        def run(count):
            for _ in range(count):
                for _, y in loader:
                    pass
            return [y[0].item()]

        return run

    return prepare


def busy(workers):
    def prepare():
        loader = torch.utils.data.DataLoader(Busy(), batch_size=4, num_workers=workers)
        return lambda count: [[sum(batch.sum().item() for batch in loader) for _ in range(count)][-1]]

    return prepare


def benchmark_file(name, write):
    """A file for both sides, which is kept for the next time."""
    path = os.path.join(tempfile.gettempdir(), f"flambeau-benchmark-{name}")
    if not os.path.exists(path):
        write(path + ".part")
        os.replace(path + ".part", path)
    return path


def read_csv():
    def write(path):
        random = np.random.default_rng(0)
        table = pd.DataFrame(random.standard_normal((577_000, 8))).add_prefix("x")
        table["k"] = random.integers(0, 1_000_000, len(table))
        table["label"] = random.choice(["setosa", "virginica", "versicolor"], len(table))
        table.to_csv(path, index=False)

    path = benchmark_file("numbers.csv", write)

    def run(count):
        for _ in range(count):
            table = pd.read_csv(path)
        return [len(table), float(np.add.accumulate(table["x0"].to_numpy())[-1])]

    return run


def read_idx():
    def write(path):
        images = np.random.default_rng(0).integers(0, 256, (60_000, 28, 28), dtype=np.uint8)
        with open(path, "wb") as file:
            file.write(np.array([0x803, 60_000, 28, 28], ">u4").tobytes() + images.tobytes())

    path = benchmark_file("images.idx", write)

    def run(count):
        for _ in range(count):
            images = np.fromfile(path, np.uint8, offset=16).reshape(60_000, 28, 28)
        return [int(images[-1, -1, -1])]

    return run


def weights():
    torch.manual_seed(0)
    return {f"layers.{i}.weight": torch.randn(1024, 4096) for i in range(25)}


def peer_path(extension):
    return os.path.join(tempfile.gettempdir(), f"flambeau-benchmark-peer.{extension}")


def flush(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def save_h5py(state, path):
    with h5py.File(path, "w") as file:
        for key, tensor in state.items():
            file[key.replace(".", "/")] = tensor.numpy()


def load_h5py(path):
    with h5py.File(path) as file:
        state = {}

        def take(name, item):
            if isinstance(item, h5py.Dataset):
                state[name.replace("/", ".")] = torch.from_numpy(item[()])

        file.visititems(take)
        return state


def saving(save, extension):
    def prepare():
        state, path = weights(), peer_path(extension)

        def run(count):
            for _ in range(count):
                save(state, path)
                flush(path)
            return [state["layers.0.weight"].sum().item()]

        return run

    return prepare


def loading(save, load, extension):
    def prepare():
        path = peer_path(extension)
        save(weights(), path)

        def run(count):
            for _ in range(count):
                state = load(path)
                total = state["layers.24.weight"][0].sum().item()
            return [total]

        return run

    return prepare


def many_tensors():
    small = {f"layers.{i}.weight": torch.tensor([float(i)]) for i in range(10_000)}
    path = peer_path("small.pt")

    def run(count):
        for _ in range(count):
            torch.save(small, path)
            flush(path)
            last = torch.load(path)["layers.9999.weight"].item()
        return [last]

    return run


H5PY = f"h5py {h5py.__version__}"
SAVING = {
    "saving 400 MB as hdf5": (H5PY, saving(save_h5py, "h5")),
    "loading 400 MB of hdf5": (H5PY, loading(save_h5py, load_h5py, "h5")),
    # PyTorch's own format against the fastest of ours.
    "saving 400 MB as safetensors": ("torch.save", saving(torch.save, "pt")),
    "loading 400 MB of safetensors": ("torch.load", loading(torch.save, torch.load, "pt")),
    "loading 400 MB of another's safetensors": (
        f"safetensors {safetensors.__version__}",
        loading(save_file, load_file, "safetensors"),
    ),
    "saving and loading 10,000 tensors": ("torch.save", many_tensors),
}

LOADING = {
    "epoch of 10,000 rows, 0 workers": epochs(0),
    "epoch of 10,000 rows, 2 workers": epochs(2),
    "200 examples of 1 ms, 0 workers": busy(0),
    "200 examples of 1 ms, 2 workers": busy(2),
}

TRAINING = {
    "training step of the digits": classifier(lambda: mlp(64, 128, 10), (32, 64), adam),
    "training step of an MLP": classifier(lambda: mlp(784, 512, 512, 10), (128, 784), adam),
    "training step of a wide MLP": classifier(lambda: mlp(1024, 4096, 10), (1024, 1024), adam),
    "training step of a CNN": classifier(
        cnn, (64, 1, 28, 28), lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9)
    ),
    "training step of an LSTM": lstm,
    "training step of a GPT": gpt,
}

TORCH = f"torch {torch.__version__.split('+')[0]}"
WORKLOADS = {
    "micrograd's demo, one step": ("micrograd", micrograd_demo),
    "a + b on 4 floats": (TORCH, add(False)),
    "a + b on 4 floats, with gradients": (TORCH, add(True)),
    **{name: (TORCH, training_step(make)) for name, make in TRAINING.items()},
    "Adam step on 10 million": (TORCH, adam_step),
    **{name: (TORCH, prepare) for name, prepare in LOADING.items()},
    **SAVING,
    "reading a CSV file of 100 MB": (f"pandas {pd.__version__}", read_csv),
    "reading an IDX file of 47 MB": (f"numpy {np.__version__}", read_idx),
    **{name: (TORCH, operation(*parts)) for name, parts in OPERATIONS.items()},
    **{name: (TORCH, gradient(*parts)) for name, parts in GRADIENTS.items()},
}


def peak_memory():
    """The most memory that this process has used, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def measure_memory(name):
    """By how many bytes the peak of memory grows as a workload is done three times."""
    peer, prepare = WORKLOADS[name]
    run = prepare()
    before = peak_memory()
    result = run(3)
    print(json.dumps({"peer": peer, "bytes": peak_memory() - before, "result": result}))


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--memory-of":
        return measure_memory(sys.argv[2])
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
