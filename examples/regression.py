"""A neural network fits a noisy curve: `python examples/regression.py [--quick] [--out FOLDER]`.

Writes the loss curve, the fit and an animation of the training into a folder. The gradient of the loss is with respect
to the whole model, and is a model itself.
"""

from __future__ import annotations

import sys

import demo
import matplotlib.pyplot as plt
import nn
import numpy as np

import s2sad

NOISE = 0.15


@s2sad.differentiate(wrt="model")
def loss(model: nn.Model, x: nn.Array, t: nn.Array) -> np.floating:
    return nn.mean_squared_error(model(x), t)


def curve(x: nn.Array) -> nn.Array:
    return np.sin(3.0 * x) + 0.3 * x**2


def draw_fit(axes: plt.Axes, model: nn.Model, x: nn.Array, t: nn.Array, title: str) -> None:
    grid = np.linspace(-2.2, 2.2, 300)[:, None]
    axes.scatter(x, t, s=8, color=demo.GREY, alpha=0.6, label="data")
    axes.plot(grid, curve(grid), color=demo.ORANGE, linestyle="--", label="truth")
    axes.plot(grid, model(grid), color=demo.BLUE, linewidth=2.0, label="network")
    axes.set(xlabel="x", ylabel="y", xlim=(-2.2, 2.2), ylim=(-1.6, 2.6), title=title)
    axes.legend(loc="upper center", frameon=False, ncols=3)


def main() -> None:
    options = demo.options("Fit a noisy curve.", epochs=600, quick=400)
    rng = np.random.default_rng(options.seed)
    x = rng.uniform(-2.0, 2.0, (256, 1))
    t = curve(x) + NOISE * rng.normal(size=x.shape)
    model = nn.perceptron(rng, [1, 32, 32, 1], nn.tanh)

    losses, shown = demo.train(loss, nn.Adam(rate=5e-3), model, x, t, demo.Epochs(options), rng)

    grid = np.linspace(-2.0, 2.0, 200)[:, None]
    error = float(np.sqrt(np.mean((model(grid) - curve(grid)) ** 2)))
    print(f"loss {losses[0]:.4f} -> {losses[-1]:.4f} (the noise alone is {NOISE**2:.4f})")
    print(f"root mean square distance from the curve: {error:.4f}")
    demo.loss_curve({"mean squared error": losses}, options.out / "regression_loss.png")
    figure, axes = plt.subplots(figsize=(6.0, 4.0))
    draw_fit(axes, model, x, t, "A network with 2 x 32 tanh units")
    demo.save(figure, options.out / "regression_fit.png")
    epochs = sorted(shown)

    def draw(k: int, axes: list[plt.Axes]) -> None:
        draw_fit(axes[0], shown[epochs[k]], x, t, f"epoch {epochs[k]}")

    demo.animation(len(epochs), draw, options.out / "regression.gif")
    nn.save(options.out / "regression.npz", model)
    if options.quick and (losses[-1] > 0.04 or error > 0.1):
        sys.exit(f"the network has not learned the curve: loss {losses[-1]:.4f}, distance {error:.4f}")


if __name__ == "__main__":
    main()
