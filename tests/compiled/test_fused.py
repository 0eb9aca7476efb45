"""Random programs of loops over elements that read and store to each other's elements: joined, they give what they gave apart."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.compiled.test_programs import interpreted
from tests.compiled.test_semantics import outcome
from tests.fuzz.check import load_module
from tests.helpers import floats_of

pytest.importorskip("numba")
pytestmark = pytest.mark.filterwarnings("ignore")
SEEDS = 80
RANGES = ["range(n)", "range(n)", "range(n)", "range(1, n)", "range(n - 1)", "range(n - 1, -1, -1)", "reversed(range(1, n))", "range(0, n, 2)"]
PARTS = [("1:", ":-1"), (":-1", "1:"), (":", ":"), ("1:-1", "2:"), ("::2", "::2"), (":2", ":2")]


class Writer:
    """Writes one program on three arrays of n elements and one matrix with n rows."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def text(self) -> str:
        body = "".join(f"    {line}\n" for _ in range(self.rng.randint(2, 6)) for line in self.statement())
        alias = self.rng.choice(["u.copy()", "u.copy()", "u", "np.zeros_like(u)"])
        return (
            "import numpy as np\n\n\ndef f(u, v, A, c):\n    n = len(u)\n    u = u.copy()\n    v = v.copy()\n    A = A.copy()\n"
            f"    w = {alias}\n    s = 0.0\n{body}    return np.sum(u * v) + np.sum(w) * c + np.sum(A * A) + s\n"
        )

    def index(self) -> str:
        return self.rng.choice(["i", "i", "i", "i", "i - 1", "i + 1", "0", "-1", "n - 1"])

    def element(self) -> str:
        if self.rng.random() < 0.2:
            return f"A[{self.index()}, {self.rng.choice(['0', '1', '-1'])}]"
        return f"{self.rng.choice('uvw')}[{self.index()}]"

    def statement(self) -> list[str]:
        kind = self.rng.random()
        if kind < 0.55:
            lines = [self.store() for _ in range(self.rng.randint(1, 2))]
            return [f"for i in {self.rng.choice(RANGES)}:", *(f"    {line}" for line in lines)]
        if kind < 0.65:
            inner = f"A[i, j] {self.rng.choice(['=', '+='])} {self.rng.choice(['c', '0.5'])} * A[i, j - 1] + {self.element()}"
            return ["for i in range(n):", "    for j in range(2):", f"        {inner}"]
        if kind < 0.7:
            return [f"s = s + {self.rng.choice('uvw')}[{self.rng.choice(['0', '-1', '1'])}] * c"]
        if kind < 0.75:
            return [f"A[{self.rng.choice(['0', '-1', ':', '1:'])}] *= {self.rng.choice(['c', '0.5'])}"]
        one, two = self.rng.choice(PARTS)
        a, b, d = (self.rng.choice("uvw") for _ in range(3))
        return [f"{a}[{one}] {self.rng.choice(['=', '+=', '-=', '*='])} {b}[{two}] * c + {d}[{two}]"]

    def store(self) -> str:
        if self.rng.random() < 0.2:
            return f"s += {self.element()} * {self.element()}"
        return f"{self.element()} {self.rng.choice(['=', '=', '+=', '*='])} {self.element()} * {self.rng.choice(['c', '0.5'])} + {self.element()}"


def check(seed: int) -> str:
    """What is reported of a program; fails if that gives something else than the NumPy code."""
    text = Writer(seed).text()
    f = load_module(text).f
    plain, compiled = s2sad.value_and_grad(f, ("u", "v", "A", "c")), s2sad.value_and_grad(f, ("u", "v", "A", "c"), backend="numba")
    rng = np.random.default_rng(seed)
    for n in (1, 2, 3, 6):
        args = rng.normal(size=n), rng.normal(size=n), rng.normal(size=(n, 2)), 0.7
        expected, found = outcome(plain, *args), outcome(compiled, *args)
        if isinstance(expected, type) or isinstance(found, type):
            assert expected is found, f"seed {seed}, n = {n}: {expected} {found}\n{text}\n{compiled.source}"
            continue
        one, two = floats_of(expected), floats_of(found)
        scale = float(np.max(np.abs(one)))
        assert np.allclose(one, two, rtol=1e-11, atol=1e-11 * scale), f"seed {seed}, n = {n}:\n{text}\n{compiled.source}"
    return str(compiled.explain())


def test_random_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as Python: Numba would take seconds for each program."""
    monkeypatch.setattr("s2sad.compiled.emit.njit", interpreted)
    monkeypatch.setattr("s2sad.compiled.units.DEFECTS", ())
    assert sum("compiled, f_sweeps()" in check(seed) for seed in range(SEEDS)) >= SEEDS // 2


@pytest.mark.parametrize("seed", [1001, 1002])
def test_random_loops_compiled(seed: int) -> None:
    assert "compiled, " in check(seed)


def shifted(u: Any, k: int) -> Any:
    """What the second loop reads is stored by another iteration of the first, the last one for `u[-1]`. Bounds are checked by calls."""
    n = len(u)
    y = np.zeros_like(u)
    for i in range(n):
        y[i] = u[i] * u[i]
    z = np.zeros_like(u)
    for i in range(n):
        z[i] = y[i - k] * u[i]
    return np.sum(z * u)


@pytest.mark.parametrize("k", [0, 1, -1])
def test_loops_that_may_not_be_joined(k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("s2sad.compiled.emit.njit", interpreted)
    u = np.array([0.5, -1.5, 2.0, 3.0])
    for given in (u, u[:1]):
        one, two = s2sad.grad(shifted), s2sad.grad(shifted, backend="numba")
        expected, found = outcome(one, given, k), outcome(two, given, k)
        assert found is expected if isinstance(expected, type) else np.allclose(found, expected, rtol=1e-14)
