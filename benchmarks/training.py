"""What a training step of a neural network costs with s2sad, HIPS autograd and PyTorch, and put it into `results.md`.

    python benchmarks/training.py [--quick] [--out FILE]

A step is what `examples/` does for each mini-batch: the value and the gradient of a loss by all weights of a model, and a
step of Adam. s2sad and autograd share `nn.py` of the examples and its Adam; PyTorch has its own layers, losses and Adam
(with `foreach`, the fastest on these sizes), run as they are ("eager"). All compute in double precision, and after one
step from the same weights all have arrived at the same ones. Each tool has one thread. Nothing in the report
is typed by hand.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")  # on these sizes more threads only wait for each other

import numpy as np  # noqa: E402
from environment import environment  # noqa: E402
from measure import Timing, duration, interleaved  # noqa: E402

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "examples"))

import nn  # noqa: E402

import s2sad  # noqa: E402

START, END = "<!-- training -->\n", "<!-- /training -->\n"
BATCHES = (8, 32, 128)
TOOLS = ("s2sad", "autograd", "PyTorch (eager)")
MLP = [16, 64, 64, 4]
GENERATOR, DISCRIMINATOR = [16, 64, 128, 64], [64, 128, 64, 1]
RATE = 1e-3

Step = Callable[[], Any]
Weights = list[np.ndarray]


# --- s2sad --------------------------------------------------------------------------------------------------


@s2sad.differentiate(wrt="model")
def mlp_loss(model: nn.Model, x: nn.Array, t: nn.Array) -> np.floating:
    return nn.categorical_cross_entropy(model(x), t)


@s2sad.differentiate(wrt="discriminator")
def discriminator_loss(discriminator: nn.Model, real: nn.Array, fake: nn.Array) -> np.floating:
    return nn.binary_cross_entropy(discriminator(real), 0.9) + nn.binary_cross_entropy(discriminator(fake), 0.0)


@s2sad.differentiate(wrt="generator")
def generator_loss(generator: nn.Model, discriminator: nn.Model, noise: nn.Array) -> np.floating:
    return nn.binary_cross_entropy(discriminator(generator(noise)), 1.0)


def mlp_s2sad(model: nn.Model, x: nn.Array, t: nn.Array) -> tuple[Step, Callable[[], Weights]]:
    adam = nn.Adam(RATE)

    def step() -> Any:
        value, gradient = mlp_loss.value_and_grad(model, x, t)
        adam.step(model, gradient)
        return value

    return step, lambda: nn.parameters(model)


def gan_s2sad(generator: nn.Model, discriminator: nn.Model, real: nn.Array, noise: nn.Array) -> tuple[Step, Callable[[], Weights]]:
    adams = nn.Adam(RATE), nn.Adam(RATE)

    def step() -> Any:
        d_value, d_bar = discriminator_loss.value_and_grad(discriminator, real, generator(noise))
        adams[0].step(discriminator, d_bar)
        g_value, g_bar = generator_loss.value_and_grad(generator, discriminator, noise)
        adams[1].step(generator, g_bar)
        return d_value, g_value

    return step, lambda: [*nn.parameters(discriminator), *nn.parameters(generator)]


# --- autograd -----------------------------------------------------------------------------------------------


def perceptron(anp: Any, activation: Any, weights: Any, x: Any) -> Any:
    """The same network on a list of its weights and biases, as autograd wants them."""
    for k in range(0, len(weights), 2):
        x = anp.dot(x, weights[k]) + weights[k + 1]
        if k + 2 < len(weights):
            x = activation(x)
    return x


def mlp_autograd(model: nn.Model, x: nn.Array, t: nn.Array) -> tuple[Step, Callable[[], Weights]]:
    import autograd
    import autograd.numpy as anp

    weights, adam = nn.parameters(model), nn.Adam(RATE)

    def loss(weights: Any) -> Any:
        z = perceptron(anp, lambda v: anp.where(v > 0.0, v, 0.0), weights, x)
        z = z - np.max(autograd.tracer.getval(z), axis=1, keepdims=True)
        return anp.sum(t * (anp.log(anp.sum(anp.exp(z), axis=1, keepdims=True)) - z)) / len(x)

    value_and_grad = autograd.value_and_grad(loss)

    def step() -> Any:
        value, gradient = value_and_grad(weights)
        adam.step(weights, gradient)
        return value

    return step, lambda: weights


def gan_autograd(generator: nn.Model, discriminator: nn.Model, real: nn.Array, noise: nn.Array) -> tuple[Step, Callable[[], Weights]]:
    import autograd
    import autograd.numpy as anp

    def leaky_relu(x: Any) -> Any:
        return anp.where(x > 0.0, x, 0.2 * x)

    def made(weights: Any) -> Any:
        return 0.5 + 0.5 * anp.tanh(0.5 * perceptron(anp, leaky_relu, weights, noise))

    def entropy(z: Any, t: float) -> Any:
        return anp.mean(anp.logaddexp(0.0, z) - t * z)

    def d_loss(weights: Any, fake: Any) -> Any:
        return entropy(perceptron(anp, leaky_relu, weights, real), 0.9) + entropy(perceptron(anp, leaky_relu, weights, fake), 0.0)

    def g_loss(weights: Any, others: Any) -> Any:
        return entropy(perceptron(anp, leaky_relu, others, made(weights)), 1.0)

    d_weights, g_weights = nn.parameters(discriminator), nn.parameters(generator)
    d_grad, g_grad = autograd.value_and_grad(d_loss), autograd.value_and_grad(g_loss)
    adams = nn.Adam(RATE), nn.Adam(RATE)

    def step() -> Any:
        d_value, d_bar = d_grad(d_weights, made(g_weights))
        adams[0].step(d_weights, d_bar)
        g_value, g_bar = g_grad(g_weights, d_weights)
        adams[1].step(g_weights, g_bar)
        return d_value, g_value

    return step, lambda: [*d_weights, *g_weights]


# --- PyTorch ------------------------------------------------------------------------------------------------


def torch_network(torch: Any, weights: Weights, activation: Any) -> Any:
    layers: list[Any] = []
    for weight, bias in zip(weights[::2], weights[1::2]):
        layer = torch.nn.Linear(*weight.shape, dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(weight.T))
            layer.bias.copy_(torch.tensor(bias))
        layers += [layer, activation()]
    return torch.nn.Sequential(*layers[:-1])


def torch_weights(network: Any) -> Weights:
    return [p.detach().numpy().T for p in network.parameters()]


def mlp_torch(model: nn.Model, x: nn.Array, t: nn.Array) -> tuple[Step, Callable[[], Weights]]:
    import torch

    torch.set_num_threads(1)
    network = torch_network(torch, nn.parameters(model), torch.nn.ReLU)
    adam = torch.optim.Adam(network.parameters(), lr=RATE, foreach=True)
    rows, classes = torch.tensor(x), torch.tensor(t)

    def step() -> Any:
        adam.zero_grad()
        value = torch.nn.functional.cross_entropy(network(rows), classes)
        value.backward()
        adam.step()
        return value

    return step, lambda: torch_weights(network)


def gan_torch(generator: nn.Model, discriminator: nn.Model, real: nn.Array, noise: nn.Array) -> tuple[Step, Callable[[], Weights]]:
    import torch

    torch.set_num_threads(1)
    makes = torch.nn.Sequential(
        torch_network(torch, nn.parameters(generator), lambda: torch.nn.LeakyReLU(0.2)), torch.nn.Sigmoid()
    )
    tells = torch_network(torch, nn.parameters(discriminator), lambda: torch.nn.LeakyReLU(0.2))
    d_adam = torch.optim.Adam(tells.parameters(), lr=RATE, foreach=True)
    g_adam = torch.optim.Adam(makes.parameters(), lr=RATE, foreach=True)
    entropy = torch.nn.functional.binary_cross_entropy_with_logits
    rows, seeds = torch.tensor(real), torch.tensor(noise)
    t_real, t_fake, t_made = (torch.full((len(real), 1), v, dtype=torch.float64) for v in (0.9, 0.0, 1.0))
    d_parameters = list(tells.parameters())

    def step() -> Any:
        d_adam.zero_grad()
        with torch.no_grad():
            fake = makes(seeds)
        d_value = entropy(tells(rows), t_real) + entropy(tells(fake), t_fake)
        d_value.backward()
        d_adam.step()
        g_adam.zero_grad()
        for p in d_parameters:  # its gradient is not wanted here
            p.requires_grad_(False)
        g_value = entropy(tells(makes(seeds)), t_made)
        g_value.backward()
        for p in d_parameters:
            p.requires_grad_(True)
        g_adam.step()
        return d_value, g_value

    return step, lambda: [*torch_weights(tells), *torch_weights(makes)]


# --- measuring ----------------------------------------------------------------------------------------------

MAKERS: dict[str, dict[str, Any]] = {
    "MLP": {"s2sad": mlp_s2sad, "autograd": mlp_autograd, "PyTorch (eager)": mlp_torch},
    "GAN": {"s2sad": gan_s2sad, "autograd": gan_autograd, "PyTorch (eager)": gan_torch},
}


def arguments(workload: str, batch: int) -> tuple[Any, ...]:
    """New networks and data; always the same ones."""
    rng = np.random.default_rng(0)
    if workload == "MLP":
        return nn.perceptron(rng, MLP, nn.relu), rng.normal(size=(batch, MLP[0])), np.eye(MLP[-1])[rng.integers(0, MLP[-1], batch)]
    generator = nn.Model([nn.perceptron(rng, GENERATOR, nn.leaky_relu), nn.sigmoid])
    discriminator = nn.perceptron(rng, DISCRIMINATOR, nn.leaky_relu)
    return generator, discriminator, rng.uniform(size=(batch, GENERATOR[-1])), rng.normal(size=(batch, GENERATOR[0]))


def steps(workload: str, batch: int) -> dict[str, Step]:
    """A step by each tool that is installed. Raises AssertionError unless all arrive at the same weights."""
    found: dict[str, Step] = {}
    expected: Weights = []
    for tool, make in MAKERS[workload].items():
        try:
            step, weights = make(*arguments(workload, batch))
        except ImportError:
            continue
        for _ in range(3):
            step()
        expected = expected or [w.copy() for w in weights()]
        for w, e in zip(weights(), expected, strict=True):
            np.testing.assert_allclose(w, e, rtol=1e-6, atol=1e-8, err_msg=f"{tool}, {workload}, batch {batch}")
        found[tool] = step
    return found


def report(rounds: int, batch_seconds: float) -> str:
    try:
        torch_version = f" PyTorch {importlib.metadata.version('torch')}."
    except importlib.metadata.PackageNotFoundError:
        torch_version = " PyTorch is not installed."
    lines = [
        "## Training steps",
        "",
        "Written by `python benchmarks/training.py`. " + environment() + torch_version,
        "",
        f"Value, gradient and a step of Adam, in double precision: MLP {MLP}, relu, cross-entropy; GAN with a generator {GENERATOR}, "
        f"a discriminator {DISCRIMINATOR}, a step of each; one thread. Median time ± half the interquartile range over {rounds} interleaved "
        "rounds; in brackets the ratio to s2sad.",
        "",
        f"| step | batch | {' | '.join(TOOLS)} |",
        f"|---|---:|{'---:|' * len(TOOLS)}",
    ]
    for workload in MAKERS:
        for batch in BATCHES:
            timings = interleaved(steps(workload, batch), rounds, batch_seconds)
            lines.append(f"| {workload} | {batch} | {' | '.join(cell(tool, timings) for tool in TOOLS)} |")
            print(lines[-1], flush=True)
    return "\n".join(lines) + "\n"


def cell(tool: str, timings: dict[str, Timing]) -> str:
    if tool not in timings:
        return "not installed"
    ratio = "" if tool == "s2sad" else f" ({timings[tool].median / timings['s2sad'].median:.2f}x)"
    return f"{duration(timings[tool].median)} ±{100.0 * timings[tool].spread:.0f}%{ratio}"


def put_into(path: Path, text: str) -> None:
    """Put the report between its marks, at the end of the file if there are none."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    before, start, rest = old.partition(START)
    after = rest.partition(END)[2] if start else ""
    path.write_text(f"{before.rstrip()}\n\n{START}\n{text}\n{END}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure training steps side by side.")
    parser.add_argument("--quick", action="store_true", help="few short rounds: tries the script, no result")
    parser.add_argument("--out", type=Path, default=HERE / "results.md", help="the report to put the table into")
    options = parser.parse_args()
    rounds, batch = (5, 0.002) if options.quick else (31, 0.02)
    put_into(options.out, report(rounds, batch))
    print(f"\nput into {options.out}")


if __name__ == "__main__":
    main()
