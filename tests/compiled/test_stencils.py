"""Random programs of stencils: statements on parts of arrays that overlap, with values used more than once, at all small sizes."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.compiled.test_programs import interpreted
from tests.fuzz.check import load_module
from tests.helpers import floats_of

pytest.importorskip("numba")
pytestmark = pytest.mark.filterwarnings("ignore")
SEEDS = 60
COMPILED = 3

# slices of equal length; those with a step have negative numbers
SLICES = {1: ["1:", ":-1"], 2: ["2:", "1:-1", ":-2"], 0: [":"], 3: ["3:", "1:-2", "2:-1", ":-3"], -1: ["::2"], -2: ["1:-1:2", ":-2:2", "2::2"]}


class Writer:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.ndim = self.rng.choice([1, 1, 1, 2, 2, 3])
        self.dtype = self.rng.choice([float] * 6 + [np.float32, complex])
        self.names = ["u", "v"]
        self.temporary: list[tuple[str, tuple[int, ...]]] = []
        self.count = 0

    def text(self) -> str:
        body = [line for _ in range(self.rng.randint(2, 6)) for line in self.statement()]
        loop = "".join(f"        {line}\n" for line in body)
        size = "np.sum(np.abs(u) ** 2) + np.sum(np.abs(v) ** 2)" if self.dtype is complex else "np.sum(u * u) + np.sum(u * v)"
        return (
            "import numpy as np\n\n\ndef f(u, v, c, steps):\n    u = u.copy()\n    v = v.copy()\n    total = 0.0\n"
            f"    for _ in range(steps):\n{loop}    return {size} + total\n"
        )

    def kind(self) -> tuple[int, ...]:
        """How much shorter than the array a part is, axis by axis."""
        return tuple(self.rng.choice([0, 1, 2, 2, 2, 3, 3, -2]) for _ in range(self.ndim))

    def part(self, kind: tuple[int, ...], name: str = "") -> str:
        name = name or self.rng.choice(self.names)
        return f"{name}[{', '.join(self.rng.choice(SLICES[k]) for k in kind)}]"

    def operand(self, kind: tuple[int, ...]) -> str:
        known = [name for name, k in self.temporary if k == kind]
        if known and self.rng.random() < 0.6:
            return self.rng.choice(known)
        return self.part(kind) if self.rng.random() < 0.85 else self.rng.choice(["c", "0.5"])

    def value(self, kind: tuple[int, ...]) -> str:
        first, *more = self.part(kind), *(self.operand(kind) for _ in range(self.rng.randint(0, 2)))
        text = first
        for m in more:
            text = f"({text} {self.rng.choice(['+', '-', '*', '*'])} {m})"
        if self.dtype is not complex and self.rng.random() < 0.2:
            other = self.part(kind)
            return self.rng.choice([f"np.maximum({text}, {other})", f"np.where({other} > 0.0, {text}, 0.5)", f"np.minimum({text}, 0.4)"])
        return self.rng.choice([text, f"0.3 * {text}", f"-{text}", f"c * {text}", f"{text} / 1.7", f"np.abs({text})"])

    def statement(self) -> list[str]:
        kind = self.kind()
        roll = self.rng.random()
        if roll < 0.35:
            self.count += 1
            line = f"t{self.count} = {self.value(kind)}"
            self.temporary.append((f"t{self.count}", kind))
            return [line]
        if roll < 0.45:
            term = f"{self.operand(kind)} * {self.part(kind)}"
            return [f"total += c * np.sum({f'np.abs({term})' if self.dtype is complex else term})"]
        if roll < 0.5 and self.dtype is not complex:
            return self.reduction(kind)
        if roll < 0.55:
            name = self.rng.choice(["u", "v"])
            other = "v" if name == "u" else "u"
            return [f"{name} = 0.5 * {other} + {name}"] if self.rng.random() < 0.5 else [f"{name} = {name} * c"]
        if roll < 0.6:
            return [f"if c > {self.rng.choice(['0.0', '9.0'])}:", f"    {self.part(kind)} *= 0.5"]
        if roll < 0.75:
            return self.next_state(kind)
        op = self.rng.choice(["=", "=", "+=", "-=", "*="])
        return [f"{self.part(kind)} {op} 0.4 * {self.value(kind)}"]


    def reduction(self, kind: tuple[int, ...]) -> list[str]:
        """Sums and means over axes, and what is made of them."""
        name, f = self.rng.choice(self.names[:2]), self.rng.choice(["sum", "mean"])
        axis = self.rng.choice([*range(self.ndim), -1, tuple(range(self.ndim))[:2]])
        if self.rng.random() < 0.25:
            return [f"total += c * np.mean({self.operand(kind)} * {self.part(kind)})"]
        if self.rng.random() < 0.5:
            return [f"{name} = 0.9 * {name} + 0.05 * {name}.{f}(axis={axis}, keepdims=True)"]
        self.count += 1
        r = f"t{self.count}"
        if self.ndim == 1:
            return [f"{self.part((1,))} -= 0.1 * np.{f}({self.value((2,))})"]
        lines = [f"{r} = np.{f}({name} * {self.value((0,) * self.ndim)}, axis=0)", f"{name} = {name} + 0.1 * {r}"]
        return [*lines, f"total += np.sum(np.sqrt({r} * {r} + 1.0))"]

    def next_state(self, kind: tuple[int, ...]) -> list[str]:
        """An array of its own for the next step, or for the last one."""
        name = self.rng.choice(self.names[:2])
        self.names.append("w")
        if self.rng.random() < 0.3:
            return [f"w = {name}.copy()", f"{self.part(kind, name)} = 0.4 * {self.value(kind)} + {self.part(kind, 'w')}"]
        lines = [f"w = {self.rng.choice([f'{name}.copy()', f'0.9 * {name}', f'np.zeros_like({name})'])}"]
        lines += [f"{self.part(kind, 'w')} {self.rng.choice(['=', '+='])} 0.4 * {self.value(kind)}" for _ in range(self.rng.randint(1, 2))]
        if self.rng.random() < 0.2:
            return [*lines, f"{name}, w = w, {name}"]
        return [*lines, f"{name} = w"]


def check(seed: int) -> str:
    """Compare; what is compiled."""
    writer = Writer(seed)
    text = writer.text()
    f = load_module(text).f
    wrt = ("u", "v", "c")
    plain, other = s2sad.value_and_grad(f, wrt), s2sad.value_and_grad(f, wrt, backend="numba")
    rng = np.random.default_rng(seed)
    for n in (6, 2, 1, 3, 4, 5, 0):
        shape = (n, n + 1, n)[: writer.ndim]
        u, v = ((rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(writer.dtype) for _ in range(2))
        args = (u, v, 0.7, 3)
        expected, found = outcome(plain, args), outcome(other, args)
        if isinstance(expected, type):
            assert expected is found, f"seed {seed}, {n}:\n{text}\n{other.source}"
            continue
        one = floats_of(expected)
        if not np.all(np.isfinite(one)):  # the mean of nothing
            continue
        if found is ZeroDivisionError and "mean" in text:  # of nothing, in Python's numbers
            continue
        two = floats_of(found)
        scale, exact = float(np.max(np.abs(one), initial=1.0)), 1e-4 if writer.dtype is np.float32 else 1e-11
        np.testing.assert_allclose(two, one, rtol=exact, atol=0.01 * exact * scale, err_msg=f"seed {seed}, {n}:\n{text}\n{other.source}")
        assert [a.dtype for a in expected[1][:2]] == [a.dtype for a in found[1][:2]] == [np.dtype(writer.dtype)] * 2
    assert not other._given_up
    return str(other.explain())


def outcome(g: Any, args: tuple[Any, ...]) -> Any:
    with np.errstate(all="ignore"):
        try:
            return g(*args)
        except Exception as err:
            return type(err)


def test_random_stencils(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as Python: Numba would take seconds for each program."""
    monkeypatch.setattr("s2sad.compiled.emit.njit", interpreted)
    monkeypatch.setattr("s2sad.compiled.units.DEFECTS", ())
    compiled = sum("compiled, " in check(seed) for seed in range(SEEDS))
    assert compiled >= SEEDS // 2


def test_loops_in_parallel_may_run_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numba runs ranges by steps of one in parallel, and no others."""

    def prange(*ends: int) -> Any:
        assert len(ends) < 3
        return random.Random(0).sample(range(*ends), len(range(*ends)))

    monkeypatch.setattr("s2sad.compiled.emit.njit", interpreted)
    monkeypatch.setattr("s2sad.compiled.emit.prange", lambda: prange)
    monkeypatch.setattr("s2sad.compiled.arrays.LARGE", 1)
    monkeypatch.setattr("s2sad.compiled.units.DEFECTS", ())
    assert sum("in parallel" in check(seed) for seed in range(2000, 2000 + SEEDS // 3)) >= SEEDS // 6


def test_random_stencils_compiled() -> None:
    assert sum("compiled, " in check(seed) for seed in range(1000, 1000 + COMPILED))
