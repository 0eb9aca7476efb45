"""What differentiating costs, apart from the gradient itself: the cold transformation and the cached call."""

from __future__ import annotations

import importlib.util
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from contestants import installed
from measure import Timing, interleaved, summarise
from workloads import named

LINES = 50


def fifty_lines(variant: int) -> str:
    """A module with one function of 50 lines: arithmetic, branches, a loop, NumPy calls and stores.

    `variant` changes a constant, so that no cache knows the text.
    """
    head = [
        "def simulate(x, u, n):",
        f"    c = {variant}.5",
        "    s = 0.0",
        "    v = u.copy()",
    ]
    block = [
        "    a{k} = c * x + {k}.0",
        "    b{k} = np.sin(a{k}) * np.exp(-x * x)",
        "    if b{k} > 0.1:",
        "        s = s + a{k} * b{k}",
        "    else:",
        "        s = s - b{k}",
        "    for i in range(n):",
        "        v[1:-1] = 0.5 * v[1:-1] + 0.25 * (v[:-2] + v[2:])",
        "        s = s + np.sum(v * b{k}) / (1.0 + s * s)",
        "    w{k} = np.tanh(v) * np.sqrt(1.0 + v * v)",
        "    s = s + np.mean(w{k}) * a{k}",
    ]
    body = [line.format(k=k) for k in range(4) for line in block]
    tail = ["    t = s * s + x", "    return t"]
    function = head + body + tail
    assert len(function) == LINES, len(function)
    return "import numpy as np\n\n\n" + "\n".join(function) + "\n"


def _load(path: Path) -> Callable[..., Any]:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.simulate


def transformation_time(rounds: int) -> Timing:
    """Seconds from a function never seen before to a callable gradient, first call included.

    The second call is subtracted, so that what remains is source lookup, all passes, emission and loading.
    """
    import numpy as np

    s2sad = installed("s2sad")
    args = (0.3, np.linspace(0.0, 1.0, 16), 2)
    samples = []
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, S2SAD_CACHE_DIR=str(Path(folder) / "cache")):
        for k in range(rounds + 1):
            path = Path(folder) / f"simulate_{k}.py"
            path.write_text(fifty_lines(k + 1), encoding="utf-8")
            function = _load(path)
            start = time.perf_counter()
            gradient = s2sad.grad(function, wrt=("x", "u"))
            gradient(*args)
            first = time.perf_counter()
            gradient(*args)
            samples.append((first - start) - (time.perf_counter() - first))
    return summarise(samples[1:])  # the first one also imports and warms up the compiler


def cached_call(rounds: int, batch: float) -> tuple[Timing, Timing]:
    """A cached decorated call and the emitted function called directly, both on the formula of Black and Scholes."""
    s2sad = installed("s2sad")
    workload = named("black_scholes")
    gradient = s2sad.differentiate(wrt=workload.selected)(workload.function).grad
    direct, args = gradient.compiled(*workload.args), workload.args
    calls = {"decorated": lambda: gradient(*args), "direct": lambda: direct(*args)}
    found = interleaved(calls, rounds, batch)
    return found["decorated"], found["direct"]
