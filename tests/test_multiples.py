"""Arrays whose sizes are multiples of each other, such as the gates of a recurrent network: lean code for them, right code for others."""

from __future__ import annotations

import math
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.analysis.multiples import ratio, slice_size
from s2sad.analysis.types import Symbols, literal_dim
from s2sad.ir.nodes import Lit, Var
from tests.compiled.test_programs import interpreted

PROGRAM = '''\
import numpy as np

def gated(W, b, xs, h):
    m = h.shape[1]
    for x in xs:
        z = x @ W + b
        open_ = np.tanh(z[:, m : 2 * m])
        h = open_ * h + z[:, :m] * np.tanh(z[:, 2 * m :])
    return np.sum(h * h)
'''


def loaded(path: Path) -> Any:
    module = types.ModuleType("gates")
    module.__file__ = str(path)
    exec(compile(PROGRAM, str(path), "exec"), module.__dict__)
    return module


def gated(W: np.ndarray, b: np.ndarray, xs: np.ndarray, h: np.ndarray) -> Any:
    m = h.shape[1]
    for x in xs:
        z = x @ W + b
        open_ = np.tanh(z[:, m : 2 * m])
        h = open_ * h + z[:, :m] * np.tanh(z[:, 2 * m :])
    return np.sum(h * h)


def drawn(units: int, columns: int, inputs: int = 2, batch: int = 5, steps: int = 3) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(columns)
    sizes = ((inputs, columns), (columns,), (steps, batch, inputs), (batch, units))
    return tuple(rng.normal(size=s) for s in sizes)


def check(gradient: Any, args: tuple[np.ndarray, ...]) -> None:
    """Against finite differences along one direction."""
    rng = np.random.default_rng(1)
    value, bars = gradient(*args)
    assert value == pytest.approx(gated(*args), rel=1e-12)
    steps = [1e-6 * rng.normal(size=a.shape) for a in args]
    forward, back = gated(*[a + s for a, s in zip(args, steps)]), gated(*[a - s for a, s in zip(args, steps)])
    assert sum(np.sum(g * s) for g, s in zip(bars, steps)) == pytest.approx(0.5 * (forward - back), rel=1e-5)
    assert [g.shape for g in bars] == [a.shape for a in args]


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("columns", [[12, 9], [9, 12]])
@pytest.mark.filterwarnings("ignore::s2sad.errors.FallbackWarning")
def test_other_sizes_are_right(columns: list[int], backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 9 columns, the last part has one, which is repeated: another program than with 12, which no slice cuts short."""
    if backend == "numba":
        pytest.importorskip("numba")
        monkeypatch.setattr("s2sad.compiled.emit.njit", interpreted)
    gradient = s2sad.value_and_grad(gated, ("W", "b", "xs", "h"), backend=backend)
    for n in (*columns, *columns):
        check(gradient, drawn(4, n))
    check(gradient, drawn(6, 18, steps=0))
    check(gradient, drawn(1, 3))


def test_text_for_multiples() -> None:
    gradient = s2sad.grad(gated, "W")
    assert "unbroadcast" not in gradient.source_for(*drawn(4, 12))
    assert "unbroadcast" in gradient.source_for(*drawn(4, 9))
    assert "unbroadcast" not in gradient.source_for(*drawn(7, 21))


def test_other_arguments_of_the_same_name_are_told_apart() -> None:
    """Keywords select a variant, too."""
    gradient = s2sad.value_and_grad(gated, ("W", "b", "xs", "h"))
    for n in (12, 9, 12):
        W, b, xs, h = drawn(4, n)
        one, two = gradient(W, b, xs, h), gradient(W, h=h, xs=xs, b=b)
        assert all(np.array_equal(x, y) for x, y in zip(one[1], two[1]))


def test_stored_variants_say_what_they_take_for_granted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S2SAD_CACHE", "1")
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path / "entries"))
    (tmp_path / "gates.py").write_text(PROGRAM)
    texts = []
    for n in (12, 9, 12, 9):  # each time as in another process
        gradient = s2sad.value_and_grad(loaded(tmp_path / "gates.py").gated, ("W", "b", "xs", "h"))
        check(gradient, drawn(4, n))
        texts.append(gradient.source)
    assert texts[0] == texts[2] != texts[1] == texts[3]


def test_gates_are_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr("s2sad.compiled.emit.njit", interpreted)
    monkeypatch.setattr("s2sad.compiled.units.DEFECTS", ())
    gradient = s2sad.value_and_grad(gated, ("W", "b", "xs", "h"), backend="numba", strict=True)
    for units in (4, 2, 3):
        check(gradient, drawn(units, 3 * units))


def test_sizes_of_slices() -> None:
    symbols = Symbols()
    m, n = symbols.fresh(4), symbols.fresh(12)
    twice, thrice = (tuple(c * k for k in m) for c in (2, 3))

    def bound(sizes: Any) -> Var:
        v = Var("k")
        v.type = types.SimpleNamespace(ints=sizes)  # type: ignore[assignment]
        return v

    assert slice_size(thrice, bound(m), bound(twice)) == m
    assert slice_size(thrice, Lit(None), bound(twice)) == twice
    assert slice_size(thrice, bound(twice), Lit(None)) == m
    assert slice_size(twice, bound(m), bound(thrice)) == m  # cut short
    assert slice_size(twice, bound(thrice), Lit(None)) == literal_dim(0)
    assert slice_size(n, Lit(0), bound(m)) is None
    assert slice_size(thrice, Lit(1), bound(m)) is None
    assert ratio(n, (bound(twice), Lit(None)), {4: m, 12: n}) == (12, 3, 4)
    assert ratio(n, (bound(m), Lit(None)), {4: m, 12: n}) is None
    assert ratio(n, (bound(twice), Lit(None)), {5: m, 12: n}) is None


def test_symbols_are_never_in_proportion() -> None:
    symbols = Symbols()
    given = [symbols.fresh(7)[:-1] for _ in range(2000)]
    assert len(set(given)) == len(given)
    assert all(math.gcd(*sizes) == 1 for sizes in given)
