"""Forward against reverse mode: `python examples/modes.py [--quick] [--out FOLDER]`.

First by numbers, on y = w1*w2 + sin(w1) at (2, 3): what a seed is, and what each mode computes from it. Then by time: a
Jacobian takes one forward sweep for each input, or one reverse sweep for each output, so the better mode is the one
that has fewer sweeps to make. The times are written as a picture into a folder.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial

import demo
import matplotlib.pyplot as plt
import numpy as np
from walkthrough import AT, heading, y

import s2sad

FEW = 2


def table() -> None:
    """The two forward sweeps and the reverse sweep, statement by statement."""
    first = s2sad.graph(y, *AT, along={"w1": 1.0})
    second = s2sad.graph(y, *AT, along={"w2": 1.0})
    reverse = s2sad.graph(y, *AT)
    print(f"{'statement':18s}{'value':>10s}{'tangent, seed w1':>18s}{'tangent, seed w2':>18s}{'adjoint':>10s}")
    for a, b, c in zip(first.root.nodes(), second.root.nodes(), reverse.root.nodes()):
        print(f"{a.label:18s}{a.forward:>10s}{a.backward:>18s}{b.backward:>18s}{c.backward:>10s}")


def explain_seeds() -> None:
    heading("Seeds")
    print("Forward mode starts with a tangent of the inputs, the seed: a direction in which they move. Seed (1, 0)")
    print("moves w1 only, and the tangent that arrives at y is dy/dw1; any other seed gives that combination.\n")
    for seed in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0)):
        _, tangent = s2sad.jvp(y, AT, seed)
        print(f"jvp with seed {seed}: {float(tangent):.6f}")
    print("\nReverse mode starts with an adjoint of the result: how much the final answer varies with y. Seed 1 gives")
    print("the gradient itself, by all inputs at once; another seed scales it, as a later function of y would.\n")
    _, back = s2sad.vjp(y, *AT)
    for y_bar in (1.0, 0.5):
        print(f"vjp with seed {y_bar}: ({', '.join(f'{float(v):.6f}' for v in back(y_bar))})")
    heading(f"Both modes at {AT}")
    table()


def mix(x, outputs):
    """A recurrence over all inputs and outputs, whatever their numbers."""
    out = np.zeros(outputs)
    state = 0.5
    for k in range(max(len(x), outputs)):
        state = np.sin(state + x[k % len(x)])
        out[k % outputs] += state
    return out


def forward_jacobian(x: np.ndarray, outputs: int) -> np.ndarray:
    """One sweep for each input: its seed is a unit vector, its tangent a column."""
    return np.stack([s2sad.jvp(mix, (x, outputs), (seed, None))[1] for seed in np.eye(len(x))], axis=1)


def reverse_jacobian(x: np.ndarray, outputs: int) -> np.ndarray:
    """One sweep for each output: its seed is a unit vector, its adjoint a row."""
    _, back = s2sad.vjp(mix, x, outputs)
    return np.stack([back(seed)[0] for seed in np.eye(outputs)])


def seconds(call: Callable[[], object]) -> float:
    """The fastest of a few calls."""
    best = np.inf
    for _ in range(3):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def measure(sizes: list[tuple[int, int]]) -> tuple[list[float], list[float]]:
    """Seconds in each mode for these numbers of inputs and outputs. Raises AssertionError unless both modes agree."""
    times: tuple[list[float], list[float]] = ([], [])
    for inputs, outputs in sizes:
        x = np.linspace(0.0, 1.0, inputs)
        expected = s2sad.jacobian(mix)(x, outputs)
        for found, jacobian in zip(times, (forward_jacobian, reverse_jacobian)):
            np.testing.assert_allclose(jacobian(x, outputs), expected, rtol=1e-10, atol=1e-14)
            found.append(seconds(partial(jacobian, x, outputs)))
    return times


def draw(axes: list[plt.Axes], sizes: list[tuple[int, int]], times: tuple[list[float], list[float]], many: str) -> None:
    across = [max(s) for s in sizes]
    sweeps = [s[0] for s in sizes], [s[1] for s in sizes]
    for name, count, spent, colour in zip(("forward", "reverse"), sweeps, times, (demo.BLUE, demo.ORANGE)):
        axes[0].plot(across, count, "o-", color=colour, label=name)
        axes[1].plot(across, [1e3 * t for t in spent], "o-", color=colour, label=name)
    few = "outputs" if many == "inputs" else "inputs"
    axes[0].set(title=f"{FEW} {few}, more and more {many}", ylabel="sweeps")
    axes[1].set(xlabel=many, ylabel="time of the Jacobian (ms)")
    for a in axes:
        a.set(xscale="log", yscale="log", xticks=across, xticklabels=across)
        a.minorticks_off()
        a.yaxis.set_major_formatter("{x:g}")
        a.grid(True, alpha=0.3)
        a.legend(frameon=False)


def main() -> None:
    options = demo.folder_options("Compare forward and reverse mode.")
    explain_seeds()
    heading("Time")
    figure, axes = plt.subplots(2, 2, figsize=(9.0, 6.0), sharex="col")
    many = [2, 8, 32, 128] if options.quick else [2, 4, 8, 16, 32, 64, 128, 256]
    for column, what in enumerate(("outputs", "inputs")):
        sizes = [(FEW, n) if what == "outputs" else (n, FEW) for n in many]
        times = measure(sizes)
        draw([axes[0][column], axes[1][column]], sizes, times, what)
        inputs, outputs = sizes[-1]
        forward, reverse = times[0][-1], times[1][-1]
        better = "forward" if forward < reverse else "reverse"
        ratio = max(forward, reverse) / min(forward, reverse)
        if options.quick and (ratio < 3.0 or (better == "forward") != (inputs < outputs)):
            sys.exit(f"{inputs} inputs, {outputs} outputs: {better} mode was {ratio:.1f} times faster")
        print(f"{inputs} inputs, {outputs} outputs: {inputs} forward or {outputs} reverse sweeps; {better} is {ratio:.0f} times faster")
    figure.tight_layout()
    demo.save(figure, options.out / "modes.png")


if __name__ == "__main__":
    main()
