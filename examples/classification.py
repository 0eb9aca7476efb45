"""A neural network tells two moons apart: `python examples/classification.py [--quick] [--out FOLDER]`.

Writes the loss curve, the decision boundary and an animation of the training into a folder. The model has two outputs,
one per class, which a softmax makes probabilities of.
"""

from __future__ import annotations

import sys

import demo
import matplotlib.pyplot as plt
import nn
import numpy as np
from sklearn.datasets import make_moons

import s2sad


@s2sad.differentiate(wrt="model")
def loss(model: nn.Model, x: nn.Array, t: nn.Array) -> np.floating:
    return nn.categorical_cross_entropy(model(x), t)


def accuracy(model: nn.Model, x: nn.Array, t: nn.Array) -> float:
    return float(np.mean(np.argmax(model(x), axis=1) == np.argmax(t, axis=1)))


def draw_boundary(axes: plt.Axes, model: nn.Model, x: nn.Array, t: nn.Array, title: str) -> None:
    """The probability of the second class as colour, the line where it is one half, and the data."""
    across, up = np.meshgrid(np.linspace(-1.8, 2.8, 160), np.linspace(-1.3, 1.8, 120))
    grid = np.column_stack([across.ravel(), up.ravel()])
    probability = nn.softmax(model(grid))[:, 1].reshape(across.shape)
    axes.contourf(across, up, probability, levels=np.linspace(0.0, 1.0, 11), cmap="RdBu", alpha=0.4)
    axes.contour(across, up, probability, levels=[0.5], colors="black", linewidths=1.5)
    for k, colour in enumerate(("#c53030", demo.BLUE)):
        axes.scatter(*x[t[:, k] == 1.0].T, s=10, color=colour, edgecolors="white", linewidths=0.3, label=f"class {k}")
    axes.set(xlim=(-1.8, 2.8), ylim=(-1.3, 1.8), title=title, aspect="equal")
    axes.legend(loc="lower left")


def main() -> None:
    options = demo.options("Tell two moons apart.", epochs=120, quick=40)
    rng = np.random.default_rng(options.seed)
    x, classes = make_moons(n_samples=700, noise=0.18, random_state=options.seed)
    t = np.eye(2)[classes]
    x, held_out, t, t_held_out = x[:500], x[500:], t[:500], t[500:]
    model = nn.perceptron(rng, [2, 24, 24, 2], nn.relu)

    losses, shown = demo.train(loss, nn.SGD(rate=0.1, momentum=0.9), model, x, t, demo.Epochs(options), rng)

    found = accuracy(model, held_out, t_held_out)
    print(f"loss {losses[0]:.4f} -> {losses[-1]:.4f}, accuracy on {len(held_out)} points not trained on: {found:.3f}")
    demo.loss_curve({"cross-entropy": losses}, options.out / "classification_loss.png")
    figure, axes = plt.subplots(figsize=(6.0, 4.2))
    draw_boundary(axes, model, held_out, t_held_out, f"Points not trained on: {100.0 * found:.1f} % right")
    demo.save(figure, options.out / "classification_boundary.png")
    epochs = sorted(shown)

    def draw(k: int, axes: list[plt.Axes]) -> None:
        draw_boundary(axes[0], shown[epochs[k]], x, t, f"epoch {epochs[k]}")

    demo.animation(len(epochs), draw, options.out / "classification.gif")
    if options.quick and found < 0.95:
        sys.exit(f"the network has not learned the moons: accuracy {found:.3f}")


if __name__ == "__main__":
    main()
