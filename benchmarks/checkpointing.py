"""Time against memory of gradients of long loops, with fewer and fewer snapshots, and put it into `results.md`.

    python benchmarks/checkpointing.py [--quick] [--out FILE]

Two loops: a field of numbers that a stencil advances, and a million steps of a few numbers. Each gradient has to be equal
to that of the loop without checkpoints before it is measured. Peaks are those of `tracemalloc`, of memory beside the
arguments, in a run of their own. Times are those of the processor: of one run for a million steps, else the best of three.
The number of steps is that of the schedule, which runs no more than it must.
"""

from __future__ import annotations

import argparse
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
from environment import environment
from measure import duration

import s2sad
from s2sad import checkpointed
from s2sad.runtime_checkpoints import checkpoint_actions

HERE = Path(__file__).resolve().parent
START, END = "<!-- checkpointing -->\n", "<!-- /checkpointing -->\n"


def field(u: Any, k: float, n: int) -> Any:
    for _ in range(n):
        flux = k * (u[1:] - u[:-1]) * (1.0 + u[1:] * u[:-1])
        u = u.copy()
        u[1:-1] += flux[1:] - flux[:-1]
    return np.sum(u**2)


def field_checkpointed(u: Any, k: float, n: int, slots: int) -> Any:
    for _ in checkpointed(range(n), slots=slots):
        flux = k * (u[1:] - u[:-1]) * (1.0 + u[1:] * u[:-1])
        u = u.copy()
        u[1:-1] += flux[1:] - flux[:-1]
    return np.sum(u**2)


def pendulum(x: float, v: float, n: int, dt: float) -> float:
    for _ in range(n):
        v = v - dt * (x - x**3 / 6.0 + 0.01 * v)
        x = x + dt * v
    return x * x + v * v


def pendulum_checkpointed(x: float, v: float, n: int, dt: float, slots: int) -> float:
    for _ in checkpointed(range(n), slots=slots):
        v = v - dt * (x - x**3 / 6.0 + 0.01 * v)
        x = x + dt * v
    return x * x + v * v


@dataclass(frozen=True)
class Case:
    """A loop with and without checkpoints; the last argument of the former is the number of snapshots."""

    title: str
    plain: Callable[..., Any]
    marked: Callable[..., Any]
    wrt: tuple[str, ...]
    args: tuple[Any, ...]
    steps: int
    slots: tuple[int, ...]


def cases(quick: bool) -> list[Case]:
    cells, n, many = (2_000, 200, 20_000) if quick else (20_000, 1_000, 1_000_000)
    u = np.sin(np.linspace(0.0, 3.0, cells))
    few = (n // 2, 100, 30, 10, 3)
    long = (100, 10) if quick else (1_000, 30)
    return [
        Case(f"{n:,} steps of a field of {cells:,} cells ({u.nbytes / 1e6:.3g} MB)", field, field_checkpointed, ("u", "k"), (u, 0.2, n), n, few),
        Case(f"{many:,} steps of two numbers", pendulum, pendulum_checkpointed, ("x", "v"), (0.5, 0.0, many, 1e-3), many, long),
    ]


def timed(call: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """Seconds of the processor that a call takes, the best of some, and its result."""
    best, found = float("inf"), None
    for _ in range(runs):
        started = time.process_time()
        found = call()
        best = min(best, time.process_time() - started)
    return best, found


def peak(call: Callable[[], Any]) -> int:
    tracemalloc.start()
    call()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def steps_run(n: int, slots: int) -> int:
    """Steps of the loop that are run in all, those in front of their adjoints included; checked against the binomial optimum."""
    advanced = sum(rest[0] - i for kind, i, *rest in checkpoint_actions(n, slots) if kind == "advance")
    kept = min(slots, max(n - 1, 1))
    runs = next(r for r in range(n + 1) if comb(kept + r, kept) >= n)
    assert advanced == runs * n - comb(kept + runs, kept + 1)
    return advanced + 1 + n


def amount(size: float) -> str:
    unit, scale = next((u, s) for u, s in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1.0)) if size >= s or u == "B")
    return f"{size / scale:.3g} {unit}"


def measured(case: Case) -> list[str]:
    """The rows of a table."""
    runs = 3 if case.steps < 100_000 else 1
    primal = timed(lambda: case.plain(*case.args), runs)[0]
    gradient = s2sad.grad(case.plain, case.wrt, backend="numpy")
    marked = s2sad.grad(case.marked, case.wrt, backend="numpy")
    first = (*case.args[:2], 3, *case.args[3:])
    gradient(*first)
    marked(*first, 2)
    seconds, expected = timed(lambda: gradient(*case.args), runs)
    most = peak(lambda: gradient(*case.args))
    rows = [f"| none: all on tapes | {amount(most)} | {case.steps:,} | {duration(seconds)} | {seconds / primal:.3g} |"]
    for slots in case.slots:
        seconds, found = timed(lambda slots=slots: marked(*case.args, slots), runs)  # type: ignore[misc]
        assert all(np.array_equal(a, b) for a, b in zip(found, expected)), (case.title, slots)
        most = peak(lambda slots=slots: marked(*case.args, slots))  # type: ignore[misc]
        rows.append(f"| {slots:,} | {amount(most)} | {steps_run(case.steps, slots):,} | {duration(seconds)} | {seconds / primal:.3g} |")
        print(rows[-1], file=sys.stderr, flush=True)
    return rows


def report(quick: bool) -> str:
    lines = ["## Checkpoints: time against memory\n"]
    lines.append("Gradients of long loops by the number of snapshots; every one equals the first, bit for bit.\n")
    for case in cases(quick):
        lines += [f"{case.title}:\n", "| snapshots | peak of memory | steps run | processor time | times the primal |", "|---|---|---|---|---|"]
        lines += [*measured(case), ""]
    lines.append(f"Printed by `python benchmarks/checkpointing.py`. {environment()}\n")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller loops, and print only")
    parser.add_argument("--out", type=Path, default=HERE / "results.md")
    options = parser.parse_args()
    text = report(options.quick)
    print(text)
    if options.quick:
        return
    old = options.out.read_text() if options.out.exists() else ""
    before, _, rest = old.partition(START)
    after = rest.partition(END)[2]
    options.out.write_text(f"{before}{'' if before.endswith(chr(10)) or not before else chr(10)}{START}{text}{END}{after}")


if __name__ == "__main__":
    main()
