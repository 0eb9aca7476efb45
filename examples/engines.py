"""The same programs through four engines: `python examples/engines.py [--quick] [--out FOLDER]`.

A minimal operator-overloading engine (`overloading.py`), HIPS autograd and PyTorch, if they are installed, and s2sad
differentiate the same functions; only what the name `np` stands for differs. Compared are the gradients and the time for
one, which is drawn into a folder. Two of the programs are there because a naive engine gets them wrong without a word.
"""

from __future__ import annotations

import importlib
import sys
import time
import types
from collections.abc import Callable
from typing import Any

import demo
import matplotlib.pyplot as plt
import numpy as np
import overloading

import s2sad

# --- the programs -------------------------------------------------------------------------------------------


def textbook(w1, w2):
    return w1 * w2 + np.sin(w1)


def recurrence(x, n):
    for _ in range(n):
        x = x + 0.01 * np.sin(x) * (1.0 - x)
    return x


def network(w1, b1, w2, b2, x, t):
    hidden = np.tanh(x @ w1 + b1)
    return np.mean((hidden @ w2 + b2 - t) ** 2)


def used_twice(w, x):
    """One weight in two layers: its adjoint has two parts."""
    x = np.tanh(x @ w)
    x = np.tanh(x @ w)
    return np.sum(x)


def scaled_columns(scale, x):
    """A row that multiplication stretches over all rows of x: its adjoint is a sum over them."""
    return np.sum((x * scale) ** 2)


def programs() -> dict[str, tuple[Callable[..., Any], tuple[Any, ...], int]]:
    """By name: a function, its arguments, and how many of these are differentiated."""
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(8, 16)), rng.normal(size=16), rng.normal(size=(16, 1)), rng.normal(size=1)
    return {
        "textbook": (textbook, (2.0, 3.0), 2),
        "recurrence": (recurrence, (0.3, 200), 1),
        "network": (network, (*weights, rng.normal(size=(32, 8)), rng.normal(size=(32, 1))), 4),
        "used_twice": (used_twice, (rng.normal(size=(3, 3)), rng.normal(size=(4, 3))), 1),
        "scaled_columns": (scaled_columns, (rng.normal(size=3), rng.normal(size=(4, 3))), 1),
    }


def with_numpy(function: Callable[..., Any], other: Any) -> Callable[..., Any]:
    """The same function where the name `np` means something else."""
    return types.FunctionType(function.__code__, {**function.__globals__, "np": other})


# --- the engines --------------------------------------------------------------------------------------------

Gradient = Callable[[], tuple[Any, ...]]


def by_s2sad(function: Callable[..., Any], args: tuple[Any, ...], count: int) -> Gradient:
    gradient = s2sad.grad(function, wrt=tuple(range(count)))
    return lambda: gradient(*args)


def by_nodes(function: Callable[..., Any], args: tuple[Any, ...], count: int) -> Gradient:
    program = with_numpy(function, overloading.Functions)
    return lambda: overloading.gradient(program, args, count)


def by_naive_nodes(function: Callable[..., Any], args: tuple[Any, ...], count: int) -> Gradient:
    program = with_numpy(function, overloading.Functions)
    return lambda: overloading.gradient(program, args, count, overloading.Naive)


def by_autograd(function: Callable[..., Any], args: tuple[Any, ...], count: int) -> Gradient:
    autograd = importlib.import_module("autograd")
    gradient = autograd.grad(with_numpy(function, importlib.import_module("autograd.numpy")), tuple(range(count)))
    return lambda: gradient(*args)


def by_pytorch(function: Callable[..., Any], args: tuple[Any, ...], count: int) -> Gradient:
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)  # more only wait for each other on arrays of these sizes
    program = with_numpy(function, torch)
    given = [torch.tensor(a, dtype=torch.float64) if not isinstance(a, int) else a for a in args]
    inputs = given[:count]
    for a in inputs:
        a.requires_grad_(True)
    return lambda: torch.autograd.grad(program(*given), inputs)


ENGINES = {"s2sad": by_s2sad, "nodes": by_nodes, "autograd": by_autograd, "PyTorch": by_pytorch}


def seconds(call: Gradient, batch: float) -> float:
    """The time of one call: the fastest of several batches."""
    count, best = 1, np.inf
    for _ in range(5):
        while True:
            start = time.perf_counter()
            for _ in range(count):
                call()
            spent = time.perf_counter() - start
            best = min(best, spent / count)
            if spent > batch:
                break
            count *= 2
    return best


def same(found: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
    pairs = [(np.asarray(f), np.asarray(e)) for f, e in zip(found, expected)]
    return all(f.shape == e.shape and np.allclose(f, e, rtol=1e-8, atol=1e-10) for f, e in pairs)


def compare(batch: float) -> tuple[dict[str, dict[str, float]], list[str]]:
    """The seconds of each engine for each program, and the programs that the naive engine gets wrong."""
    times: dict[str, dict[str, float]] = {}
    wrong = []
    missing = set()
    print(f"{'gradient of':16s}" + "".join(f"{name:>14s}" for name in [*ENGINES, "naive nodes"]))
    for name, (function, args, count) in programs().items():
        s2sad.check_grad(function, *args, wrt=tuple(range(count)))
        expected = by_s2sad(function, args, count)()
        times[name] = {}
        cells = []
        for engine, make in ENGINES.items():
            try:
                call = make(function, args, count)
            except ImportError:
                missing.add(engine)
                cells.append("–")
                continue
            if not same(call(), expected):
                sys.exit(f"{engine} and s2sad differ on {name}")
            times[name][engine] = seconds(call, batch)
            cells.append(f"{1e6 * times[name][engine]:.1f} µs")
        right = same(by_naive_nodes(function, args, count)(), expected)
        if not right:
            wrong.append(name)
        print(f"{name:16s}" + "".join(f"{cell:>14s}" for cell in [*cells, "right" if right else "WRONG"]))
    for engine in sorted(missing):
        print(f"{engine} is not installed")
    return times, wrong


def show_mistakes() -> None:
    """What the naive engine says, and what is right."""
    all_programs = programs()
    function, args, count = all_programs["used_twice"]
    naive, right = by_naive_nodes(function, args, count)()[0], by_s2sad(function, args, count)()[0]
    print("\nused_twice: a weight in two matrix products, whose parts are assigned and not added up")
    print(f"  naive: {np.round(naive[0], 4)} ...    right: {np.round(right[0], 4)} ...")
    function, args, count = all_programs["scaled_columns"]
    naive, right = by_naive_nodes(function, args, count)()[0], by_s2sad(function, args, count)()[0]
    print("scaled_columns: a row that is stretched over four, whose adjoint is not summed over them")
    print(f"  naive: an array of shape {naive.shape}    right: shape {right.shape}, {np.round(right, 4)}")


def draw(axes: plt.Axes, times: dict[str, dict[str, float]]) -> None:
    engines = [e for e in ENGINES if any(e in found for found in times.values())]
    colours = dict(zip(ENGINES, (demo.BLUE, demo.GREY, demo.ORANGE, "#b83280")))
    width = 0.8 / len(engines)
    for k, engine in enumerate(engines):
        places = np.arange(len(times)) + (k - (len(engines) - 1) / 2) * width
        axes.bar(places, [1e6 * found[engine] for found in times.values()], width, color=colours[engine], label=engine)
    axes.set(yscale="log", ylabel="time of a gradient (µs)", title="The same programs, the same gradients")
    axes.set_xticks(range(len(times)), [name.replace("_", " ") for name in times])
    axes.grid(True, axis="y", alpha=0.3)
    axes.legend(frameon=False)


def main() -> None:
    options = demo.folder_options("Compare engines.")
    times, wrong = compare(0.002 if options.quick else 0.05)
    show_mistakes()
    figure, axes = plt.subplots(figsize=(8.0, 4.0))
    draw(axes, times)
    demo.save(figure, options.out / "engines.png")
    if options.quick:
        if wrong != ["used_twice", "scaled_columns"]:
            sys.exit(f"the naive engine is wrong on {wrong}")
        slower = [name for name, found in times.items() if min(found, key=lambda e: found[e]) != "s2sad"]
        if slower:
            sys.exit(f"s2sad is not the fastest on {slower}")


if __name__ == "__main__":
    main()
