"""Three ways to a derivative: automatic, numerical and symbolic: `python examples/three_ways.py [--quick] [--out FOLDER]`.

Measured and drawn into a folder: the error of difference quotients against their step, how formulas swell with the depth
of nesting when they are differentiated symbolically, and what a gradient costs as the number of inputs grows.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from functools import partial

import demo
import matplotlib.pyplot as plt
import numpy as np
import sympy

import s2sad

POINT = 0.7


def seconds(call: Callable[[], object]) -> float:
    """The fastest of a few calls."""
    best = np.inf
    for _ in range(5):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


# --- error against step -------------------------------------------------------------------------------------


def smooth(x: float) -> float:
    return math.exp(x) * math.sin(3.0 * x) / (1.0 + x * x)


def exact_slope() -> float:
    """The derivative of `smooth` at POINT, from its formula in 40 digits, rounded once."""
    x = sympy.Symbol("x")
    formula = sympy.exp(x) * sympy.sin(3 * x) / (1 + x * x)
    return float(sympy.diff(formula, x).evalf(40, subs={x: sympy.Float(POINT, 40)}))


def draw_errors(axes: plt.Axes) -> bool:
    """The relative errors of both quotients and of s2sad; whether they are as theory has it."""
    exact = exact_slope()
    steps = 10.0 ** np.arange(-15.0, 0.0, 0.25)
    forward = [abs((smooth(POINT + h) - smooth(POINT)) / h - exact) / abs(exact) for h in steps]
    central = [abs((smooth(POINT + h) - smooth(POINT - h)) / (2.0 * h) - exact) / abs(exact) for h in steps]
    automatic = abs(s2sad.grad(smooth)(POINT) - exact) / abs(exact)
    tiny = np.finfo(float).eps / 4.0  # where a result without any error is drawn
    axes.loglog(steps, np.maximum(forward, tiny), ".-", color=demo.BLUE, label="forward difference")
    axes.loglog(steps, np.maximum(central, tiny), ".-", color=demo.ORANGE, label="central difference")
    axes.axhline(max(automatic, tiny), color="black", linestyle="--", label="s2sad")
    axes.text(1e-15, 3e-8, "round-off\ntakes over", color=demo.GREY)
    axes.text(2e-3, 3e-10, "truncation\ngrows", color=demo.GREY)
    axes.set(xlabel="step", ylabel="relative error", title="Error against step")
    axes.legend(frameon=False, fontsize=9)
    best = min(forward), min(central)
    print(f"smallest relative errors: forward difference {best[0]:.0e}, central {best[1]:.0e}, s2sad {automatic:.0e}")
    return best[1] < best[0] < 1e-7 and automatic < 1e-15


# --- swell against depth ------------------------------------------------------------------------------------


def nested(x: float, depth: int) -> float:
    """The logistic map, again and again."""
    for _ in range(depth):
        x = 3.7 * x * (1.0 - x)
    return x


def symbolic_size(depth: int) -> tuple[int, float, float]:
    """The operations in the formula of the derivative, its value at POINT, and the seconds that it took to derive it."""
    x = sympy.Symbol("x")
    start = time.perf_counter()
    slope = sympy.diff(nested(x, depth), x)
    spent = time.perf_counter() - start
    return int(sympy.count_ops(slope)), float(slope.subs(x, POINT)), spent


def draw_swell(size: plt.Axes, spent: plt.Axes, deepest: int) -> bool:
    """The size of the derivative and the time to get it; whether the formula swells and the program does not."""
    gradient = s2sad.grad(nested)
    start = time.perf_counter()
    gradient(POINT, 1)  # writes and compiles the one function that serves all depths
    written = time.perf_counter() - start
    lines = len(gradient.source.splitlines())
    depths = range(1, deepest + 1)
    operations, derived, ran = [], [], []
    for depth in depths:
        count, value, seconds_taken = symbolic_size(depth)
        np.testing.assert_allclose(gradient(POINT, depth), value, rtol=1e-8)
        operations.append(count)
        derived.append(seconds_taken)
        ran.append(seconds(partial(gradient, POINT, depth)))
    size.semilogy(depths, operations, "o-", color=demo.ORANGE, label="operations in SymPy's formula")
    size.semilogy(depths, [lines] * len(depths), "o-", color=demo.BLUE, label="lines that s2sad writes")
    size.set(xlabel="depth of nesting", ylabel="size", title="Size of the derivative")
    spent.semilogy(depths, [1e3 * t for t in derived], "o-", color=demo.ORANGE, label="SymPy: to derive it")
    spent.semilogy(depths, [1e3 * t for t in ran], "o-", color=demo.BLUE, label="s2sad: to compute it")
    spent.axhline(1e3 * written, color=demo.BLUE, linestyle="--", label="s2sad: to write and compile it, once")
    spent.set(xlabel="depth of nesting", ylabel="time (ms)", title="Time for the derivative")
    size.legend(frameon=False, fontsize=9)
    spent.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(0.0, 0.35))
    print(f"depth {deepest}: a formula of {operations[-1]} operations, or {lines} lines of code at any depth")
    return operations[-1] > 50 * operations[0] and lines < 30


# --- cost against inputs ------------------------------------------------------------------------------------


def energy(x):
    """A chain of coupled oscillators."""
    return np.sum(np.cos(x[1:] - x[:-1])) + 0.5 * np.sum(x**2)


def differences(x: np.ndarray) -> np.ndarray:
    """The gradient by central differences: two calls for each input."""
    step, out = 6e-6, np.empty_like(x)
    for i in range(len(x)):
        ahead, behind = x.copy(), x.copy()
        ahead[i] += step
        behind[i] -= step
        out[i] = (energy(ahead) - energy(behind)) / (2.0 * step)
    return out


def symbolic_gradient(n: int) -> Callable[[np.ndarray], np.ndarray]:
    """The gradient as a function made of SymPy's formulas."""
    x = sympy.symbols(f"x:{n}")
    formula = sum(sympy.cos(b - a) for a, b in zip(x, x[1:])) + sum(v**2 for v in x) / 2
    function = sympy.lambdify(x, [sympy.diff(formula, v) for v in x], "math")
    return lambda values: np.array(function(*values.tolist()))


def draw_costs(axes: plt.Axes, sizes: list[int], symbolic_up_to: int) -> bool:
    """The time of a gradient relative to that of the function; whether only that of s2sad stays flat."""
    gradient = s2sad.grad(energy)
    small = [n for n in sizes if n <= symbolic_up_to]
    automatic, numerical, derived = [], [], []
    for n in sizes:
        x = np.linspace(0.1, 2.0, n)
        np.testing.assert_allclose(differences(x), gradient(x), rtol=1e-6, atol=1e-6)
        primal = seconds(partial(energy, x))
        automatic.append(seconds(partial(gradient, x)) / primal)
        numerical.append(seconds(partial(differences, x)) / primal)
        if n in small:
            start = time.perf_counter()
            function = symbolic_gradient(n)
            derived.append((time.perf_counter() - start) / primal)
            np.testing.assert_allclose(function(x), gradient(x), rtol=1e-12, atol=1e-12)
    axes.loglog(sizes, automatic, "o-", color=demo.BLUE, label="s2sad")
    axes.loglog(sizes, numerical, "o-", color=demo.GREY, label="central differences")
    axes.loglog(small, derived, "o-", color=demo.ORANGE, label="SymPy: to derive and compile it")
    axes.set(xlabel="inputs", ylabel="gradient / function", title="Cost of a gradient")
    axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(0.38, 0.36))
    print(f"{sizes[-1]} inputs: s2sad takes {automatic[-1]:.1f} times the function, differences {numerical[-1]:.0f} times")
    return automatic[-1] < 20.0 and numerical[-1] > 10.0 * automatic[-1]


def main() -> None:
    options = demo.folder_options("Compare three ways to a derivative.")
    figure, axes = plt.subplots(2, 2, figsize=(10.0, 7.6))
    as_expected = draw_errors(axes[0, 0])
    as_expected &= draw_swell(axes[0, 1], axes[1, 0], 8 if options.quick else 10)
    sizes = [4, 32, 256] if options.quick else [4, 8, 16, 32, 64, 128, 256, 512, 1024]
    as_expected &= draw_costs(axes[1, 1], sizes, 32 if options.quick else 64)
    for a in axes.flat:
        a.grid(True, alpha=0.3)
    figure.tight_layout()
    demo.save(figure, options.out / "three_ways.png")
    if options.quick and not as_expected:
        sys.exit("the three ways did not compare as expected")


if __name__ == "__main__":
    main()
