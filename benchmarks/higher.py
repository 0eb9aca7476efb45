"""Forward mode, Jacobians, Hessians and products with them, and put it into `results.md`.

    python benchmarks/higher.py [--quick] [--out FILE]

Every number is compared with another way to compute it before it is timed: batches with single directions, Hessian products
with differences of gradients, sparse Hessians with products. Times are medians, ratios are those within this run.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from environment import environment
from measure import duration

import s2sad

HERE = Path(__file__).resolve().parent
START, END = "<!-- higher -->\n", "<!-- /higher -->\n"


def rosenbrock(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def banded(x: Any) -> Any:
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2) + np.sum(np.sin(x[2:] * x[:-2]))


def relaxed(x: Any, sweeps: int) -> Any:
    y = x.copy()
    for _ in range(sweeps):
        for j in range(1, len(y) - 1):
            y[j] = 0.5 * (y[j - 1] + y[j + 1]) - 0.1 * y[j] ** 3
    return np.sum(y**2)


def recurrence(x: Any) -> Any:
    y = x.copy()
    for i in range(1, len(y)):
        y[i] = np.sin(y[i - 1]) * x[i]
    return y


def network(p: Any, x: Any, t: Any) -> Any:
    h = x
    for w, b in p[:-1]:
        h = np.tanh(h @ w + b)
    w, b = p[-1]
    return np.mean((h @ w + b - t) ** 2)


def median(run: Callable[[], Any], rounds: int) -> float:
    """Seconds of a call, the median of some rounds, after one that does not count."""
    run()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def products(rounds: int, quick: bool) -> list[str]:
    """A value with its tangent, and Hessian times vector, against the value and the gradient."""
    rng = np.random.default_rng(0)
    sizes = [16, 64, 64, 4]
    p = [(rng.normal(size=(a, b)) / np.sqrt(a), np.zeros(b)) for a, b in zip(sizes, sizes[1:])]
    v = [(rng.normal(size=w.shape), rng.normal(size=b.shape)) for w, b in p]
    data = rng.normal(size=(32, 16)), rng.normal(size=(32, 4))
    n = 10_000 if not quick else 100
    x, u = rng.normal(size=n), rng.normal(size=n)
    small, d = rng.normal(size=60), rng.normal(size=60)
    cases: list[tuple[str, Callable[..., Any], tuple[Any, ...], Any]] = [
        (f"Rosenbrock, n = {n}", rosenbrock, (x,), u),
        ("stores in a loop, n = 60, 5 sweeps", relaxed, (small, 5), d),
        ("network, batch 32", network, (p, *data), v),
    ]
    rows = []
    for name, f, args, direction in cases:
        gradient, product = s2sad.value_and_grad(f), s2sad.hvp(f)
        rest = (None,) * (len(args) - 1)
        _, slope = s2sad.jvp(f, args, (direction, *rest))
        inner = sum(float(np.sum(a * b)) for a, b in zip(flat(gradient(*args)[1]), flat(direction)))
        assert abs(slope - inner) <= 1e-9 * (1.0 + abs(inner)), name
        step = 1e-5
        ahead, behind = (flat(gradient(moved(args[0], direction, s), *args[1:])[1]) for s in (step, -step))
        for found, a, b in zip(flat(product(*args, direction)), ahead, behind):
            np.testing.assert_allclose(found, (a - b) / (2 * step), rtol=1e-3, atol=1e-3 * float(np.max(np.abs(found))))
        value = median(lambda f=f, args=args: f(*args), rounds)  # type: ignore[misc]
        times = [
            median(run, rounds)
            for run in (
                lambda f=f, args=args, t=(direction, *rest): s2sad.jvp(f, args, t),  # type: ignore[misc]
                lambda g=gradient, args=args: g(*args),  # type: ignore[misc]
                lambda h=product, args=args, t=direction: h(*args, t),  # type: ignore[misc]
            )
        ]
        cells = " | ".join(f"{duration(t)} ({t / value:.1f}x)" for t in times)
        rows.append(f"| {name} | {duration(value)} | {cells} |")
    return rows


def flat(p: Any) -> list[Any]:
    return [leaf for item in p for leaf in flat(item)] if isinstance(p, (list, tuple)) else [np.asarray(p)]


def moved(p: Any, v: Any, step: float) -> Any:
    if isinstance(p, (list, tuple)):
        return type(p)(moved(a, b, step) for a, b in zip(p, v))
    return p + step * v


def matrices(rounds: int, quick: bool) -> list[str]:
    """Whole Jacobians and Hessians."""
    n = 200 if not quick else 20
    x = np.linspace(0.1, 1.0, n)
    batched, single = s2sad.jacfwd(recurrence), s2sad.jacfwd(recurrence)
    single._batches = False
    np.testing.assert_allclose(batched(x), single(x), rtol=1e-12, atol=1e-300)
    one, many = median(lambda: single(x), rounds), median(lambda: batched(x), rounds)
    rows = [
        f"| Jacobian of a loop of {n} stores, {n} inputs, one direction after the other | {duration(one)} |",
        f"| the same, 64 directions at a time | {duration(many)} |",
    ]
    try:
        import scipy.sparse  # noqa: F401
    except ImportError:
        return rows
    size = 10_000 if not quick else 200
    z, u = np.random.default_rng(1).normal(size=size), np.random.default_rng(2).normal(size=size)
    sparse = s2sad.sparse_hessian(banded)
    start = time.perf_counter()
    found = sparse(z)
    first = time.perf_counter() - start
    np.testing.assert_allclose(found @ u, s2sad.hvp(banded)(z, u), rtol=1e-8, atol=1e-8)
    again = median(lambda: sparse(z), max(rounds // 5, 1))
    what = f"sparse Hessian of a banded function, n = {size}, {found.nnz} entries, {sparse.colors} colors"
    return [*rows, f"| {what}, first call with compilation (target 2 s) | {duration(first)} |", f"| the same, again | {duration(again)} |"]


def report(quick: bool) -> str:
    rounds = 3 if quick else 25
    lines = [
        "## Forward mode and higher derivatives", "", f"Written by `python benchmarks/higher.py`. {environment()}", "",
        "In brackets the ratio to the value alone.", "",
        "| function | value | value and tangent (`jvp`) | value and gradient | Hessian times vector (`hvp`) |", "|---|---:|---:|---:|---:|",
        *products(rounds, quick), "", "| matrix | time |", "|---|---:|", *matrices(rounds, quick),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, few rounds, nothing is written")
    parser.add_argument("--out", type=Path, default=HERE / "results.md")
    options = parser.parse_args()
    text = report(options.quick)
    print(text)
    if not options.quick:
        before = options.out.read_text() if options.out.exists() else ""
        section = f"{START}\n{text}\n{END}"
        if START in before:
            head, _, rest = before.partition(START)
            before = head + section + rest.partition(END)[2]
        else:
            before = before.rstrip("\n") + "\n\n" + section
        options.out.write_text(before)
    return 0


if __name__ == "__main__":
    sys.exit(main())
