"""What another process pays for a gradient that is on disk already, and what the dispatch of a call costs.

    python benchmarks/stored.py [--rounds N]

Each line is a function in a file of its own. A process imports it and takes the time from `s2sad.grad` to the first result,
less that of a second call: without a cache, when the entry is written, and when it is found. Medians over fresh processes, of
their CPU time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from contestants import installed
from measure import interleaved
from transformation import fifty_lines
from workloads import named

ROOT = Path(__file__).resolve().parent.parent
SMALL = """
import numpy as np

W = np.linspace(-1.0, 1.0, 64).reshape(8, 8)


def layer(v):
    return np.tanh(W @ v)


def simulate(x, u, n):
    for _ in range(n):
        u = layer(u) * x
    return np.sum(u**2)
"""
LOOPS = """
import numpy as np


def simulate(x, u, n):
    u = u.copy()
    for _ in range(10 * n):
        u[1:] -= x * u[1:] * (u[1:] - u[:-1])
    return np.sum(u**2)
"""
NUMBA = """
import time
import numpy as np
start = time.process_time()
import numba
from numba.core.registry import cpu_target
cpu_target.target_context.refresh()
print(time.process_time() - start)
"""
PROCESS = """
import gc, sys, time
import numpy as np
import s2sad
sys.path.insert(0, sys.argv[1])
from program import simulate
args = (0.3, np.linspace(0.0, 1.0, int(sys.argv[2])), 2)
gc.collect()  # what importing has left behind is not part of it
start = time.process_time()
gradient = s2sad.grad(simulate, wrt=("x", "u"), backend=sys.argv[3])
gradient(*args)
first = time.process_time()
gradient(*args)
print((first - start) - (time.process_time() - first))
"""


def seconds(program: Path, size: int, cache: Path | None, backend: str) -> float:
    """The time that a new process takes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "S2SAD_CACHE": "0" if cache is None else "1", "S2SAD_CACHE_DIR": str(cache)}
    command = [sys.executable, "-c", PROCESS, str(program), str(size), backend]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def numba_alone(rounds: int) -> float:
    """The time that a new process takes to import Numba and to make it ready."""
    command = [sys.executable, "-c", NUMBA]
    return statistics.median(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(rounds))


def times(text: str, size: int, rounds: int, backend: str) -> tuple[float, float, float]:
    """Medians without a cache, with an empty one, and with the entry in it."""
    cold, written, found = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        program, cache = Path(folder), Path(folder) / "cache"
        (program / "program.py").write_text(text, encoding="utf-8")
        for _ in range(rounds):
            cold.append(seconds(program, size, None, backend))
            shutil.rmtree(cache, ignore_errors=True)
            written.append(seconds(program, size, cache, backend))
            found.append(seconds(program, size, cache, backend))
    return statistics.median(cold), statistics.median(written), statistics.median(found)


def dispatch(rounds: int) -> dict[str, float]:
    """Seconds of a call of a decorated gradient, of its bare function, and of the emitted function."""
    s2sad = installed("s2sad")
    workload = named("black_scholes")
    gradient = s2sad.differentiate(wrt=workload.selected)(workload.function).grad
    args = workload.args
    bare = gradient.compiled(*args)
    calls = {"gradient": lambda: gradient(*args), "gradient.compiled": lambda: bare(*args)}
    return {name: timing.best for name, timing in interleaved(calls, rounds, 0.02).items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    print(f"{'':24} {'no cache':>12} {'stored':>12} {'found':>12}")
    for name, text, backend in (
        ("12 lines of NumPy", SMALL, "numpy"), ("50 lines", fifty_lines(1), "numpy"), ("a stencil, with Numba", LOOPS, "numba"),
    ):  # fmt: skip
        row = times(text, 8, options.rounds, backend)
        print(f"{name:24} " + " ".join(f"{1e3 * t:9.1f} ms" for t in row))
    print(f"{'Numba itself':24} {'':12} {'':12} {1e3 * numba_alone(options.rounds):9.1f} ms")
    print()
    for name, t in dispatch(options.rounds).items():
        print(f"{name:24} {1e9 * t:9.0f} ns")
    assert np.isfinite(row).all()


if __name__ == "__main__":
    main()
