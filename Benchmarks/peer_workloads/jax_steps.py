"""Steps that jax.jit has compiled, from the same weights and inputs as PyTorch's."""

from functools import partial

import jax
import jax.numpy as jnp
import torch

from .models import GPT, cnn, mlp

NAME = f"jax.jit {jax.__version__}"


def array(tensor):
    return jnp.asarray(tensor.detach().numpy())


def cross_entropy(logits, y):
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[..., None], -1).mean()


def linear(p, name, x):
    return x @ p[name + ".weight"].T + p[name + ".bias"]


def mlp_logits(p, x):
    last = max(int(name.split(".")[0]) for name in p)
    for place in range(0, last, 2):
        x = jax.nn.relu(linear(p, str(place), x))
    return linear(p, str(last), x)


def cnn_logits(p, x):
    for place in "03":
        x = jax.lax.conv_general_dilated(x, p[place + ".weight"], (1, 1), "SAME")
        x = jax.nn.relu(x + p[place + ".bias"][:, None, None])
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
    return linear(p, "7", x.reshape(len(x), -1))


def layer_norm(p, name, x):
    x = x - x.mean(-1, keepdims=True)
    scale = jax.lax.rsqrt(jnp.square(x).mean(-1, keepdims=True) + 1e-5)
    return x * scale * p[name + ".weight"] + p[name + ".bias"]


def attention(p, name, x, heads=4):
    mixed = x @ p[name + ".in_proj_weight"].T + p[name + ".in_proj_bias"]
    q, k, v = (part.reshape(*x.shape[:2], heads, -1) for part in jnp.split(mixed, 3, -1))
    y = jax.nn.dot_product_attention(q, k, v, is_causal=True)
    return linear(p, name + ".out_proj", y.reshape(x.shape))


def gpt_logits(p, x):
    y = p["embedding.weight"][x] + p["positions.weight"]
    for place in range(4):
        layer = f"layers.{place}."
        y += attention(p, layer + "self_attn", layer_norm(p, layer + "norm1", y))
        hidden = linear(p, layer + "linear1", layer_norm(p, layer + "norm2", y))
        y += linear(p, layer + "linear2", jax.nn.gelu(hidden, approximate=False))
    return linear(p, "head", layer_norm(p, "norm", y))


def adam(p, g, state, decay=0.0, lr=1e-3):
    t, m, v = state
    t += 1
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)

    def update(p, m, v):
        change = m / (1 - 0.9**t) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)
        return p * (1 - lr * decay) - lr * change

    return jax.tree.map(update, p, m, v), (t, m, v)


def sgd(p, g, state):
    t, m, v = state
    m = jax.tree.map(lambda m, g: 0.9 * m + g, m, g)
    return jax.tree.map(lambda p, m: p - 0.01 * m, p, m), (t, m, v)


def step(model, draw, logits, optimizer):
    @partial(jax.jit, donate_argnums=(0, 1))
    def update(p, state, x, y):
        loss, gradients = jax.value_and_grad(lambda p: cross_entropy(logits(p, x), y))(p)
        return loss, *optimizer(p, gradients, state)

    def prepare():
        torch.manual_seed(0)
        p = {name: array(tensor) for name, tensor in model().named_parameters()}
        x, y = map(array, draw())
        state = 0.0, jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p)

        def run(count):
            nonlocal p, state
            for _ in range(count):
                loss, p, state = update(p, state, x, y)
                last = loss.item()
            return [last]

        return run

    return NAME, prepare


def classifier(model, shape, logits, optimizer=adam):
    draw = lambda: (torch.randn(shape), torch.randint(0, 10, shape[:1]))
    return step(model, draw, logits, optimizer)


def gpt(width, length, batch):
    draw = lambda: [torch.randint(0, 64, (batch, length)) for _ in range(2)]
    optimizer = partial(adam, decay=0.01)
    return step(lambda: GPT(width, length), draw, gpt_logits, optimizer)


def mlp_step(sizes, batch):
    return classifier(lambda: mlp(*sizes), (batch, sizes[0]), mlp_logits)


WORKLOADS = {
    "training step of the digits": mlp_step((64, 128, 10), 32),
    "training step of an MLP": mlp_step((784, 512, 512, 10), 128),
    "training step of a wide MLP": mlp_step((1024, 4096, 10), 1024),
    "training step of a CNN": classifier(cnn, (64, 1, 28, 28), cnn_logits, sgd),
    **{
        f"training step of a GPT, {width} wide, {length} tokens": gpt(width, length, batch)
        for width, length, batch in [(128, 64, 16), (256, 128, 4), (512, 256, 1), (128, 1024, 1)]
    },
}
