"""What the demos share: their options, the progress bar, the loss curve and the animation of training."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")  # on arrays of these sizes more threads only wait for each other

import matplotlib

matplotlib.use("Agg")  # pictures are written to files, no window is opened

import matplotlib.pyplot as plt
import nn
import numpy as np
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

BLUE, ORANGE, GREY = "#2b6cb0", "#dd6b20", "#718096"


def options(description: str, epochs: int, quick: int) -> argparse.Namespace:
    """The options of a training demo; `quick` is the number of epochs with --quick."""
    parser = _parser(description)
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers (default: 0)")
    parser.add_argument("--epochs", type=int, help=f"passes over the data (default: {epochs}, with --quick {quick})")
    found = parser.parse_args()
    if found.epochs is None:
        found.epochs = quick if found.quick else epochs
    if found.epochs < 1:
        parser.error("--epochs must be at least 1")
    found.out.mkdir(parents=True, exist_ok=True)
    return found


def folder_options(description: str) -> argparse.Namespace:
    """The options of a demo that only draws."""
    found = _parser(description).parse_args()
    found.out.mkdir(parents=True, exist_ok=True)
    return found


def _parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="a short run, as the tests make it")
    parser.add_argument("--out", type=Path, default=Path("pictures"), help="folder for the pictures (default: pictures)")
    return parser


class Epochs:
    """The numbers of the epochs, counted behind a progress bar that shows what `report` was last given.

    `shown` has those that the animation shows: more of the early ones, in which more happens.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.count: int = options.epochs
        frames = 14 if options.quick else 30
        self.shown = {round((self.count - 1) * (k / (frames - 1)) ** 2) for k in range(frames)}
        self.text = ""

    def report(self, **numbers: float) -> None:
        self.text = "  ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in numbers.items())

    def __iter__(self) -> Iterator[int]:
        columns = TextColumn("epoch {task.completed:.0f}/{task.total:.0f}"), BarColumn(), TimeRemainingColumn(), TextColumn("{task.description}")
        with Progress(*columns) as progress:
            task = progress.add_task("", total=self.count)
            for epoch in range(self.count):
                yield epoch
                progress.update(task, advance=1, description=self.text)


def train(
    loss: Any, optimiser: Any, model: nn.Model, x: nn.Array, t: nn.Array, epochs: Epochs, rng: np.random.Generator
) -> tuple[list[float], dict[int, nn.Model]]:
    """The mean loss of each epoch, and the models of those epochs that the animation shows."""
    losses: list[float] = []
    shown: dict[int, nn.Model] = {}
    for epoch in epochs:
        if epoch in epochs.shown:
            shown[epoch] = nn.copy(model)
        total = 0.0
        for rows in nn.minibatches(rng, len(x), 32):
            value, gradient = loss.value_and_grad(model, x[rows], t[rows])
            optimiser.step(model, gradient)
            total += float(value) * len(rows)
        losses.append(total / len(x))
        epochs.report(loss=losses[-1])
    shown[epochs.count] = model
    return losses, shown


def save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=120, bbox_inches="tight")
    plt.close(figure)
    print(f"wrote {path}")


def loss_curve(curves: dict[str, Sequence[float]], path: Path, log: bool = True) -> None:
    """The losses by epoch, one line each, with their names."""
    figure, axes = plt.subplots(figsize=(6.0, 3.6))
    for (name, values), colour in zip(curves.items(), (BLUE, ORANGE, GREY)):
        axes.plot(range(1, len(values) + 1), values, color=colour, label=name)
    axes.set(xlabel="epoch", ylabel="loss", yscale="log" if log else "linear", title="Training")
    axes.grid(True, which="both", alpha=0.25)
    if len(curves) > 1:
        axes.legend(frameon=False)
    save(figure, path)


def animation(frames: int, draw: Callable[[int, Sequence[Axes]], None], path: Path, panels: int = 1, width: float = 5.0) -> None:
    """A GIF of `frames` pictures; `draw` puts one of them on cleared axes."""
    figure, found = plt.subplots(1, panels, figsize=(width, 3.6), squeeze=False)
    axes = list(found[0])

    def show(k: int) -> list[Axes]:
        for a in axes:
            a.clear()
        draw(k, axes)
        return axes

    show(0)
    figure.tight_layout()
    made = FuncAnimation(figure, show, frames=[*range(frames), *[frames - 1] * 6], blit=False)
    made.save(path, writer=PillowWriter(fps=8), dpi=80)
    plt.close(figure)
    print(f"wrote {path}")
