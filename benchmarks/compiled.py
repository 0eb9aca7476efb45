"""Measure gradients whose loops Numba compiles beside the same gradients as NumPy code, and JAX; write `compiled.md`.

    python benchmarks/compiled.py [--quick] [--only NAME ...] [--out FILE]

The workloads are the loops and stencils of `workloads.py`, each at its own size and at a larger one. Results are compared
before they are timed. The first call of a compiled gradient transforms, compiles and runs: it has a column of its own.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import contestants
import numpy as np
from measure import Timing, duration, interleaved
from run import environment
from workloads import Workload, workloads

import s2sad

HERE = Path(__file__).resolve().parent


def larger(workload: Workload) -> Workload:
    """The same work on more data."""
    rng = np.random.default_rng(1)
    args: dict[str, tuple[Any, ...]] = {
        "logistic": (3.2, 0.3, 100_000),
        "smooth": (np.sin(np.linspace(0.0, 3.0, 20_000)) + 1.5, 200),
        "burgers": (0.1 * np.sin(np.linspace(0.0, 3.0, 20_000)) + 0.15, 0.05, 200),
        "seidel": (rng.normal(size=(60, 60)), 20),
    }
    return replace(workload, args=args[workload.function.__name__])


def compiled(workload: Workload) -> tuple[Callable[[], Any], float]:
    """The call of a gradient with compiled loops, and how long its first call took."""
    gradient = s2sad.value_and_grad(workload.function, workload.selected, backend="numba")
    start = time.perf_counter()
    gradient(*workload.args)
    return lambda: gradient(*workload.args), time.perf_counter() - start


def row(workload: Workload, rounds: int, batch: float) -> str:
    """One line of the table."""
    plain = s2sad.value_and_grad(workload.function, workload.selected)
    fast, first = compiled(workload)
    calls: dict[str, Callable[[], Any]] = {"numpy": lambda: plain(*workload.args), "numba": fast}
    expected, found = contestants.leaves(calls["numpy"]()), contestants.leaves(fast())
    for a, b in zip(expected, found, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-10, atol=1e-12)
    reason = ""
    try:
        calls["jax"] = contestants.checked("JAX (jit)", workload, True)
    except contestants.NotMeasured as why:
        reason = contestants.reason_of(why).split(":")[0]
    timings = interleaved(calls, rounds, batch)
    ratio = ratios(timings)
    jax = duration(timings["jax"].best) if "jax" in timings else f"– ({reason})"
    sizes = ", ".join("×".join(map(str, a.shape)) if isinstance(a, np.ndarray) else f"{a:g}" for a in workload.args)
    times = [duration(timings[k].best) for k in ("numpy", "numba")]
    return f"| `{workload.name}`({sizes}) | {' | '.join(times)} | {jax} | {ratio} | {duration(first)} |"


def ratios(timings: dict[str, Timing]) -> str:
    against = [timings["numba"].best / timings[k].best for k in ("numpy", "jax") if k in timings]
    return " | ".join([f"{r:.3f}" for r in against] + ["–"] * (2 - len(against)))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure gradients with compiled loops.")
    parser.add_argument("--quick", action="store_true", help="few short rounds: tries the script, no result")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these workloads only")
    parser.add_argument("--out", type=Path, default=HERE / "compiled.md", help="where the report goes")
    options = parser.parse_args()
    rounds, batch = (5, 0.002) if options.quick else (21, 0.02)
    chosen = [w for w in workloads() if w.kind in ("loop", "stencil") and (not options.only or w.name in options.only)]
    lines = [
        "| workload | NumPy code | compiled loops | JAX (jit) | of NumPy | of JAX | first call |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    warnings.simplefilter("ignore", s2sad.errors.FallbackWarning)
    with tempfile.TemporaryDirectory(prefix="s2sad-benchmark-") as cache:
        os.environ["S2SAD_CACHE_DIR"] = cache
        for workload in chosen:
            for sized in (workload, larger(workload)):
                lines.append(row(sized, rounds, batch))
                print(lines[-1], flush=True)
    text = (
        "# Compiled loops\n\nWritten by `python benchmarks/compiled.py`. " + environment() + "\n\nValue and gradient; the time of "
        "the fastest of interleaved rounds, for the machine is shared. JAX gets the workloads as rewritten for it.\n\n"
    )
    options.out.write_text(text + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
