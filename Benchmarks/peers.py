"""The workloads of Benchmarks/Workloads in the libraries that Flambeau is compared with.

Each function prepares a workload and returns a function that runs it a given number of times and returns the
last result. A request on standard input, a line of JSON, names a workload and a count. With --memory-of NAME,
only the workload's memory is measured.

Operations and training run on --device; random numbers are drawn on the CPU first, so that both sides have the
same. Workloads that need more than PyTorch are in other_peers.py.
"""

import argparse
import json
import resource
import sys
import time

import torch

F = torch.nn.functional
torch.set_num_threads(2)
# As in Flambeau, float32 products use full precision.
torch.backends.cudnn.allow_tf32 = False
DEVICE = torch.device("cpu")


def add(requires_grad):
    def prepare():
        a = torch.tensor([1.0, 2, 3, 4], device=DEVICE, requires_grad=requires_grad)
        b = torch.tensor([5.0, 6, 7, 8], device=DEVICE, requires_grad=requires_grad)

        def run(count):
            for _ in range(count):
                total = a + b
            return total.tolist()

        return run

    return prepare


def training_step(make):
    """Training steps of a model, an optimizer and a loss that are made after seed 0."""

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
        model = torch.nn.Sequential(*layers()).to(DEVICE)
        x, y = torch.randn(*shape).to(DEVICE), torch.randint(0, 10, shape[:1]).to(DEVICE)
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
    model = torch.nn.LSTM(32, 64).to(DEVICE)
    x = torch.randn(50, 16, 32).to(DEVICE)
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
        self.mask = nn.Transformer.generate_square_subsequent_mask(64, device=DEVICE)

    def forward(self, x):
        y = self.embedding(x) + self.positions(torch.arange(x.shape[1], device=x.device))
        for layer in self.layers:
            y = layer(y, src_mask=self.mask, is_causal=True)
        return self.head(self.norm(y))


def gpt():
    model = GPT().to(DEVICE)
    x, y = (torch.randint(0, 64, (16, 64)).to(DEVICE) for _ in range(2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    return optimizer, lambda: F.cross_entropy(model(x).flatten(0, 1), y.flatten())


def adam_step():
    torch.manual_seed(0)
    weight = torch.randn(10**7).to(DEVICE).requires_grad_()
    weight.grad = torch.randn(10**7).to(DEVICE)
    # PyTorch's fastest implementation.
    optimizer = torch.optim.Adam([weight], lr=1e-3, fused=True)

    def run(count):
        for _ in range(count):
            optimizer.step()
        return [weight[0].item(), weight.abs().mean().item()]

    return run


def operation(make, function):
    """A single operation on tensors that `make` draws after seed 0."""

    def prepare():
        torch.manual_seed(0)
        inputs = [tensor.to(DEVICE) for tensor in make()]

        def run(count):
            for _ in range(count):
                result = function(*inputs)
            return result.flatten()[:1].tolist() + [result.double().abs().sum().item()]

        return run

    return prepare


def drawn(draw, *shapes):
    return lambda: [draw(*shape) for shape in shapes]


def halves(*shape):
    return torch.randn(*shape).to(torch.bfloat16)


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
    "variance over dim 1, 1000²": (drawn(torch.rand, SQUARE), lambda a: a.var(1)),
    "std, 1000²": (drawn(torch.rand, SQUARE), torch.std),
    "norm, 1 million": (drawn(torch.randn, [10**6]), torch.linalg.vector_norm),
    "add of bfloat16, 1 million": (drawn(halves, [10**6], [10**6]), torch.add),
    "gelu of bfloat16, 1 million": (drawn(halves, [10**6]), F.gelu),
    "sum of bfloat16, 1000²": (drawn(halves, SQUARE), torch.sum),
    "mean over dim 1 of bfloat16, 1000²": (drawn(halves, SQUARE), lambda a: a.mean(1)),
    "softmax of bfloat16, 1000²": (drawn(halves, SQUARE), lambda a: a.softmax(-1)),
    "softmax, 1000²": (drawn(torch.randn, SQUARE), lambda a: a.softmax(-1)),
    "matmul, 1000²": (drawn(torch.rand, SQUARE, SQUARE), torch.matmul),
    "matmul, 32×64×128": (drawn(torch.rand, [32, 64], [64, 128]), torch.matmul),
    "matmul, 64 times 64³": (drawn(torch.rand, [64] * 3, [64] * 3), torch.matmul),
    "conv2d of int64, 8×16×28×28 to 16": (
        lambda: [torch.randint(-9, 9, (8, 16, 28, 28)), torch.randint(-9, 9, (16, 16, 3, 3))],
        F.conv2d,
    ),
    "linspace, 1 million": (
        drawn(torch.zeros, [1]),
        lambda a: torch.linspace(0, 1, 10**6, device=a.device),
    ),
    "rand, 1 million": (drawn(torch.zeros, [10**6]), torch.rand_like),
    "randn, 1 million": (drawn(torch.zeros, [10**6]), torch.randn_like),
    "rows by index, 100,000": (
        lambda: [torch.rand(10**4, 64), torch.randint(0, 10**4, (10**5,))],
        lambda table, index: table[index],
    ),
    "jvp of an MLP, 64×256": (
        drawn(torch.randn, [64, 256], [64, 256], [512, 256], [10, 512]),
        lambda x, v, a, b: torch.func.jvp(lambda x: (x @ a.T).tanh() @ b.T, (x,), (v,))[1],
    ),
    "jacobian, 1000 of 8": (
        drawn(torch.randn, [8], [1000, 8]),
        lambda x, w: torch.func.jacfwd(lambda x: (w @ x).tanh())(x),
    ),
    "hessian of 32": (
        drawn(torch.randn, [32], [64, 32]),
        lambda x, w: torch.func.hessian(lambda x: (w @ x).tanh().square().sum())(x),
    ),
}

def gradient(shapes, function, dtype=torch.float32):
    """Backward from the sum of a result's elements to all inputs, which are drawn after seed 0."""

    def prepare():
        torch.manual_seed(0)
        inputs = [torch.randn(*shape).to(DEVICE, dtype) for shape in shapes]
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
    "batchNorm backward, 64×32×28×28": (
        [[64, 32, 28, 28], [32]],
        lambda x, w: F.batch_norm(x, None, None, w, training=True) * x,
    ),
    "variance backward, 1000²": ([[1000, 1000], [1000]], lambda x, w: x.var(1) * w),
    "gelu of bfloat16 backward, 1 million": (
        [[10**6], [1]],
        lambda x, w: F.gelu(x) * w,
        torch.bfloat16,
    ),
    "softmax of bfloat16 backward, 1000²": (
        [[1000, 1000], [1000, 1000]],
        lambda x, w: x.softmax(-1) * w,
        torch.bfloat16,
    ),
    "layerNorm of bfloat16 backward, 1024×512": (
        [[1024, 512], [512]],
        lambda x, w: F.layer_norm(x, (512,), w),
        torch.bfloat16,
    ),
    "attention backward, 16×4×64×32": (
        [[16, 4, 64, 32]] * 2,
        lambda q, k: F.scaled_dot_product_attention(q, k, k),
    ),
    "crossEntropy backward, 1024×1000": (
        [[1024, 1000], [1]],
        lambda x, w: F.cross_entropy(x, torch.arange(1024, device=x.device) % 1000) * w,
    ),
}

class Busy(torch.utils.data.Dataset):
    """A dataset in which reading an example takes a millisecond of processor time."""

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
    "a + b on 4 floats": (TORCH, add(False)),
    "a + b on 4 floats, with gradients": (TORCH, add(True)),
    **{name: (TORCH, training_step(make)) for name, make in TRAINING.items()},
    "Adam step on 10 million": (TORCH, adam_step),
    **{name: (TORCH, prepare) for name, prepare in LOADING.items()},
    **{name: (TORCH, operation(*parts)) for name, parts in OPERATIONS.items()},
    **{name: (TORCH, gradient(*parts)) for name, parts in GRADIENTS.items()},
}


def workload(name):
    """The peer's name, and the function that prepares the workload."""
    if name in WORKLOADS:
        return WORKLOADS[name]
    import other_peers

    return other_peers.WORKLOADS[name]


def peak_memory():
    """The peak memory of this process, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def measure_memory(name):
    """Measures the growth of peak memory during three repetitions of a workload, in bytes."""
    peer, prepare = workload(name)
    run = prepare()
    before = peak_memory()
    result = run(3)
    print(json.dumps({"peer": peer, "bytes": peak_memory() - before, "result": result}))


def main():
    global DEVICE
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory-of", metavar="NAME")
    parser.add_argument("--device", type=torch.device, default=DEVICE)
    options = parser.parse_args()
    DEVICE = options.device
    if options.memory_of:
        return measure_memory(options.memory_of)
    prepared = {}
    for line in sys.stdin:
        question = json.loads(line)
        name = question["name"]
        peer, prepare = workload(name)
        if question["fresh"] or name not in prepared:
            prepared[name] = prepare()
        start = time.perf_counter()
        result = prepared[name](question["count"])
        seconds = time.perf_counter() - start
        print(json.dumps({"peer": peer, "seconds": seconds, "result": result}), flush=True)


main()
