import torch
import torch.nn.functional as F

from . import kinds
from .kinds import DEVICE, step
from .models import BERT, GPT, VAE, ResidualCNN, cnn, mlp


def adam(parameters):
    return torch.optim.Adam(parameters, lr=1e-3)


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=0.01, momentum=0.9)


def classifier(model, shape, optimizer=adam):
    def make():
        classify = model().to(DEVICE)
        x, y = torch.randn(shape).to(DEVICE), torch.randint(0, 10, shape[:1]).to(DEVICE)
        return optimizer(classify.parameters()), lambda: F.cross_entropy(classify(x), y)

    return step(make)


def recurrent(layer):
    def make():
        model = layer(32, 64).to(DEVICE)
        x = torch.randn(50, 16, 32).to(DEVICE)
        return adam(model.parameters()), lambda: model(x)[0].square().mean()

    return step(make)


def gpt(width, length, batch):
    def make():
        model = GPT(width, length).to(DEVICE)
        x, y = (torch.randint(0, 64, (batch, length)).to(DEVICE) for _ in range(2))
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        return optimizer, lambda: F.cross_entropy(model(x).flatten(0, 1), y.flatten())

    return step(make)


def bert():
    model = BERT().to(DEVICE)
    x, y = (torch.randint(0, 1000, (8, 64)).to(DEVICE) for _ in range(2))
    padding = (torch.arange(64) >= torch.arange(8)[:, None] * 4 + 36).to(DEVICE)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    return optimizer, lambda: F.cross_entropy(model(x, padding).flatten(0, 1), y.flatten())


def vae():
    model = VAE().to(DEVICE)
    x = torch.rand(128, 784).to(DEVICE)
    return adam(model.parameters()), lambda: model.loss(x)


def adam_step():
    torch.manual_seed(0)
    weight = torch.randn(10**7).to(DEVICE).requires_grad_()
    weight.grad = torch.randn(10**7).to(DEVICE)
    # PyTorch's fastest implementation.
    optimizer = torch.optim.Adam([weight], lr=1e-3, fused=True)

    def run(count):
        for _ in range(count):
            optimizer.step()
        return [weight[0].item(), weight[:1000].abs().mean().item()]

    return run


SIZES = [(128, 64, 16), (256, 128, 4), (512, 256, 1), (128, 1024, 1)]
WORKLOADS = {
    "training step of the digits": classifier(lambda: mlp(64, 128, 10), (32, 64)),
    "training step of an MLP": classifier(lambda: mlp(784, 512, 512, 10), (128, 784)),
    "training step of a wide MLP": classifier(lambda: mlp(1024, 4096, 10), (1024, 1024)),
    "training step of a CNN": classifier(cnn, (64, 1, 28, 28), sgd),
    "training step of a residual CNN": classifier(ResidualCNN, (32, 3, 32, 32), sgd),
    "training step of an LSTM": recurrent(torch.nn.LSTM),
    "training step of a GRU": recurrent(torch.nn.GRU),
    **{
        f"training step of a GPT, {width} wide, {length} tokens": gpt(width, length, batch)
        for width, length, batch in SIZES
    },
    "training step of a BERT": step(bert),
    "training step of a VAE": step(vae),
    "Adam step on 10 million": adam_step,
}
if kinds.COMPILER == "jax":
    from .jax_steps import WORKLOADS
