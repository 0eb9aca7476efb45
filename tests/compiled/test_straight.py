"""Statements around and between loops are compiled with them, and those without loops by themselves, where that gains something."""

from __future__ import annotations

import ast
import math
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.compiled import estimate
from s2sad.errors import UnsupportedSyntaxError
from tests.compiled.test_programs import interpreted
from tests.compiled.test_semantics import outcome
from tests.fuzz.check import load_module
from tests.helpers import floats_of

pytest.importorskip("numba")
pytestmark = pytest.mark.filterwarnings("ignore::s2sad.errors.FallbackWarning")
RNG = np.random.default_rng(8)


def formula(x: float, y: float) -> float:
    a = math.sin(x) * y + 0.5
    b = math.exp(-a * a) / (1.0 + y**2)
    return a * b + math.log(x) * b


def chain(x: np.ndarray) -> float:
    y = np.sin(x) * np.exp(-0.5 * x * x)
    z = np.tanh(y + 0.3 * x) / np.sqrt(1.0 + y * y)
    return np.sum(y * z)


def table(x: np.ndarray, w: np.ndarray, c: float) -> float:
    """Rows, columns and numbers meet; sums go along either axis."""
    a = x * w + c
    rows = np.sum(a**2, axis=1)
    b = a / np.sqrt(rows)[:, None]
    return np.sum(b[:, 1:] * w[:-1]) + np.mean(np.abs(b), axis=0)[0]


def normalised(x: np.ndarray) -> float:
    """A sum over everything comes between two passes."""
    e = np.exp(x - 1.0)
    p = e / np.sum(e)
    return np.sum(p * x * p)


def stored(x: np.ndarray, y: np.ndarray) -> float:
    """Stores to arrays of the caller, and to views of them."""
    y[1:] *= x[:-1]
    part = x[1:-1]
    part += 0.5 * y[1:-1]
    x[0] = y[-1] * x[-1]
    return np.sum(x * y) + x[1]


def aliased(x: np.ndarray, y: np.ndarray) -> float:
    z = x
    z[1:] = y[:-1] * 2.0 + z[1:] * z[1:]
    return np.sum(z * x) + np.sum(y)


def chosen(x: np.ndarray, k: int) -> float:
    """Branches stand between."""
    y = x * x + 1.0
    if k > 2:
        y = y * 2.0 + x
        total = np.sum(y)
    else:
        total = y[0] * 3.0
    return total * np.sum(y * x)


def early(x: float, n: int) -> float:
    y = math.sqrt(x) + 1.0
    if n == 0:
        return y * x
    z = y / float(n)
    if z > 10.0:
        return z * z
    return math.cos(z) * y


def powers(x: np.ndarray, n: int) -> float:
    k = n // 2 + n % 3
    return np.sum(x**k) + np.sum(x**3) * float(k) + np.sum(np.where(x > 0.5, x * k, -x))


def between(x: np.ndarray, n: int) -> float:
    """Statements before, between and behind loops that save values for the reverse sweep."""
    y = np.sqrt(x * x + 0.1)
    for k in range(n):
        y[1:] = y[1:] * y[:-1] + x[1:] / (1.0 + k)
    s = np.sum(y**2)
    t = s * 0.01 + 1.0
    steps = 0
    while t < 4.0:
        t = t * 1.3 + 0.1 * math.sin(t)
        steps += 1
    z = y * t - x
    return np.sum(z * y) + t


def branch_values(x: float, y: float) -> float:
    """The reverse sweep reads what a branch has made."""
    if x > 0.0:
        a = math.sin(x)
        b = a * a * y
        if y > 0.0:
            b = b * math.exp(-b) + a * y
        c = a * b
    else:
        b = x * y + math.cos(x) * y
        c = b * b
    return c * math.exp(b) + b * c


def branch_loop(x: np.ndarray, n: int) -> float:
    """A loop in a branch saves values."""
    y = x * 2.0
    if n > 2:
        e = np.exp(y) + x
        s = np.sum(e)
        y = e / s * x
        for _ in range(n):
            y = y * x + s
    return np.sum(y * x * x)


def branch_in_loop(x: np.ndarray, n: int) -> float:
    """Some iterations save more values than others."""
    total, scale = 0.0, np.sum(x)
    for i in range(n):
        v = x[i % len(x)] * scale
        if v > 0.3:
            angle = math.sqrt(v)
            total += math.sin(angle) / angle
        else:
            total += v * v
    return total * scale


def unassigned(x: float, n: int) -> float:
    if n > 1:
        y = math.sin(x) * x + math.exp(x) * n
    return y * x + math.cos(x) * math.exp(-x)


def mixed(x: np.ndarray) -> float:
    """What cannot be compiled cuts the rest in two."""
    y = x * x * 0.5 + x
    y = np.sort(y)
    z = y * y - 2.0 * y
    return np.sum(z * y)


CASES: list[tuple[Any, tuple[Any, ...], tuple[str, ...]]] = [
    (formula, (0.7, 1.3), ("x", "y")),
    (formula, (np.float64(0.7), np.float32(1.3)), ("x", "y")),
    (chain, (RNG.normal(size=9),), ("x",)),
    (chain, (RNG.normal(size=9).astype(np.float32),), ("x",)),
    (chain, (np.zeros(0),), ("x",)),
    (chain, (np.array([0.4]),), ("x",)),
    (chain, (RNG.normal(size=18)[::2],), ("x",)),
    (table, (RNG.normal(size=(4, 3)), RNG.normal(size=3), 0.3), ("x", "w", "c")),
    (table, (RNG.normal(size=(3, 3)).T, RNG.normal(size=3), 0.3), ("x", "w", "c")),
    (table, (RNG.normal(size=(1, 4)), RNG.normal(size=4), 2.0), ("x", "w", "c")),
    (table, (RNG.normal(size=(0, 4)), RNG.normal(size=4), 2.0), ("x", "w", "c")),
    (normalised, (RNG.normal(size=6),), ("x",)),
    (stored, (RNG.normal(size=6), RNG.normal(size=6)), ("x", "y")),
    (stored, (RNG.normal(size=6).astype(np.float32), RNG.normal(size=6).astype(np.float32)), ("x", "y")),
    (aliased, (RNG.normal(size=5), RNG.normal(size=5)), ("x", "y")),
    (chosen, (RNG.normal(size=5), 3), ("x",)),
    (chosen, (RNG.normal(size=5), 1), ("x",)),
    (early, (0.6, 0), ("x",)),
    (early, (0.6, 2), ("x",)),
    (early, (900.0, 2), ("x",)),
    (powers, (np.linspace(0.2, 1.4, 6), 5), ("x",)),
    (between, (RNG.normal(size=6), 3), ("x",)),
    (between, (RNG.normal(size=6), 0), ("x",)),
    (branch_values, (0.7, 0.4), ("x", "y")),
    (branch_values, (0.7, -0.4), ("x", "y")),
    (branch_values, (-0.7, 0.4), ("x", "y")),
    (branch_loop, (RNG.normal(size=4), 4), ("x",)),
    (branch_loop, (RNG.normal(size=4), 1), ("x",)),
    (branch_in_loop, (RNG.normal(size=4), 9), ("x",)),
    (unassigned, (0.3, 2), ("x",)),
    (mixed, (RNG.normal(size=6),), ("x",)),
]
IDS = [f"{f.__name__}-{k}" for k, (f, _, _) in enumerate(CASES)]


def copied(args: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(a.copy(order="K") if isinstance(a, np.ndarray) else a for a in args)


def compare(f: Any, args: tuple[Any, ...], wrt: tuple[str, ...]) -> str:
    """The text that is compiled, whose results are those of the NumPy code in value and type."""
    plain, compiled = s2sad.value_and_grad(f, wrt), s2sad.value_and_grad(f, wrt, backend="numba")
    given = copied(args)
    expected, found = plain(*copied(args)), compiled(*given)
    assert not compiled._given_up
    assert type(found[0]) is type(expected[0])
    single = any(getattr(a, "dtype", None) == np.float32 for a in args)
    np.testing.assert_allclose(floats_of(found), floats_of(expected), rtol=2e-5 if single else 1e-12, atol=1e-5 if single else 1e-13)
    for a, b in zip(found[1], expected[1]):
        assert type(a) is type(b) and np.asarray(a).dtype == np.asarray(b).dtype and np.shape(a) == np.shape(b)
    for a, b in zip(args, given):
        assert np.array_equal(a, b)
    return compiled.source_for(*args)


@pytest.mark.parametrize("on", [True, False], ids=["on", "off"])
@pytest.mark.parametrize(("f", "args", "wrt"), CASES, ids=IDS)
def test_same_in_python(f: Any, args: tuple[Any, ...], wrt: tuple[str, ...], on: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to be compiled is right as it stands, with and without these statements, with loops joined or not."""
    monkeypatch.setattr("s2sad.compiled.emit.njit", interpreted)
    monkeypatch.setattr("s2sad.compiled.units.DEFECTS", ())
    monkeypatch.setattr("s2sad.compiled.units.STRAIGHT", on)
    text = compare(f, args, wrt)
    assert f in (mixed, between, branch_loop, branch_in_loop) or ("_sweep" in text) is on
    if on:
        monkeypatch.setattr("s2sad.compiled.fused.ENABLED", False)
        compare(f, args, wrt)


@pytest.mark.parametrize(("f", "args", "wrt"), CASES, ids=IDS)
def test_same_compiled(f: Any, args: tuple[Any, ...], wrt: tuple[str, ...]) -> None:
    assert "@njit" in compare(f, args, wrt)


@pytest.mark.parametrize("f", [formula, chain, table, normalised, chosen, early, stored, powers, between, branch_values, branch_loop, branch_in_loop])
def test_whole_functions_are_one(f: Any) -> None:
    """The emitted function makes results, calls the compiled one, and gives numbers their types."""
    args, wrt = next((args, wrt) for g, args, wrt in CASES if g is f)
    text = s2sad.value_and_grad(f, wrt, backend="numba").source_for(*args)
    body = ast.parse(text).body[-1].body[1:]
    calls = [ast.unparse(n.func) for s in body for n in ast.walk(s) if isinstance(n, ast.Call)]
    assert calls.count(f"{f.__name__}_sweeps") + calls.count(f"{f.__name__}_sweep") == 1
    assert set(calls) <= {f"{f.__name__}_sweeps", f"{f.__name__}_sweep", "np.empty", "np.empty_like", "np.float64"}
    assert not any(isinstance(n, (ast.BinOp, ast.For, ast.If)) for s in body for n in ast.walk(s))


def test_the_same_array_twice() -> None:
    x = RNG.normal(size=5)
    for f in (stored, aliased):
        one, two = s2sad.value_and_grad(f, ("x", "y")), s2sad.value_and_grad(f, ("x", "y"), backend="numba")
        expected = outcome(one, x.copy(), x.copy())
        same = x.copy()
        assert np.allclose(floats_of(outcome(one, same, same)), floats_of(outcome(two, same, same)), rtol=1e-13)
        assert np.array_equal(same, x)
        assert np.allclose(floats_of(outcome(two, x.copy(), x.copy())), floats_of(expected), rtol=1e-13)


@pytest.mark.parametrize("args", [(-1.0, 1.0), (0.0, 1.0), (1.0, 1e200), (math.inf, 1.0), (math.nan, 1.0)])
def test_numbers_raise_what_python_raises(args: tuple[float, ...]) -> None:
    one, two = s2sad.grad(formula, wrt=("x", "y")), s2sad.grad(formula, wrt=("x", "y"), backend="numba", strict=True)
    assert "formula_sweeps" in two.source_for(*args)
    expected, found = outcome(one, *args), outcome(two, *args)
    assert found is expected if isinstance(expected, type) else np.allclose(found, expected, rtol=1e-14, equal_nan=True)


def test_a_name_that_is_not_assigned_is_an_error() -> None:
    found = outcome(s2sad.grad(unassigned, backend="numba"), 0.3, 0)
    assert found is outcome(s2sad.grad(unassigned), 0.3, 0) and issubclass(found, (UnboundLocalError, TypeError))


def invariants(x: np.ndarray, n: int) -> float:
    total = 0.0
    for k in range(n, 0, -1):
        root = math.sqrt(n)
        third, large = n // 3, n > 2
        total += x[k] * x[k] * root * third if large else x[0] * root
        while total > 1.0:
            part = math.exp(-n)
            total *= total * part
    return total * x[1]


def test_what_a_loop_makes_anew_is_no_name_that_is_not_assigned() -> None:
    x = RNG.normal(size=5) + 1.0
    plain, compiled = s2sad.value_and_grad(invariants), s2sad.value_and_grad(invariants, backend="numba", strict=True)
    for n in (4, 2, 0, -3):
        (one, bar), (two, found) = plain(x, n), compiled(x, n)
        assert np.isclose(one, two, rtol=1e-13) and np.allclose(bar, found, rtol=1e-13)
    text = compiled.source
    assert "for k in range(1, n + 1):" in text and "large = n > 2" in text


def test_sizes_that_do_not_fit_are_an_error() -> None:
    compiled = s2sad.value_and_grad(table, ("x", "w"), backend="numba")
    compiled(np.ones((4, 3)), np.ones(3), 1.0)
    with pytest.raises(ValueError, match="broadcast"):
        table(np.ones((4, 3)), np.ones(2), 1.0)
    with pytest.raises(ValueError, match="broadcast"):
        compiled(np.ones((4, 3)), np.ones(2), 1.0)
    with pytest.raises(IndexError):
        s2sad.grad(stored, backend="numba")(np.zeros(0), np.zeros(0))


def test_elements_have_numpys_infinities() -> None:
    x = np.array([0.0, 1.0, -1.0, np.inf])
    ratio = lambda x: np.sum(np.sqrt(x) / x * np.log(x) - 1.0 / x)
    assert np.array_equal(outcome(s2sad.grad(ratio), x), outcome(s2sad.grad(ratio, backend="numba"), x), equal_nan=True)


# --- what is emitted ----------------------------------------------------------------------------------------


def test_a_chain_is_one_loop_without_arrays() -> None:
    text = s2sad.value_and_grad(chain, backend="numba").source_for(np.ones(5))
    assert text.count("for i in range(len(x))") == 1 and text.count("np.empty") == 1
    assert text.index("sum_ += y * z") < text.index("# reverse sweep") < text.index("x_bar[i] =")


def test_long_chains(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some hundred operations, one on the other, are kept in between; what is kept becomes one loop again."""
    monkeypatch.setattr("s2sad.compiled.emit.njit", interpreted)
    monkeypatch.setattr("s2sad.compiled.units.DEFECTS", ())
    lines = [f"    y = y * {0.5 + 0.001 * k} + x\n" for k in range(300)]
    f = load_module(f"import numpy as np\n\ndef f(x):\n    y = x * x\n{''.join(lines)}    return np.sum(y * x)\n").f
    x = RNG.normal(size=4)
    compiled = s2sad.value_and_grad(f, backend="numba")
    assert all(np.allclose(a, b, rtol=1e-12) for a, b in zip(compiled(x), s2sad.value_and_grad(f)(x)))
    assert compiled.source.count("for i in range(len(x))") == 1


def test_a_sum_separates_two_loops() -> None:
    text = s2sad.grad(normalised, backend="numba").source_for(np.ones(5))
    assert text.count("for i in range(") == 3  # the sum, the adjoint of it, and what adds to that


def test_rows_and_columns() -> None:
    text = s2sad.grad(table, wrt=("x", "w"), backend="numba").source_for(np.ones((4, 3)), np.ones(3), 0.1)
    assert "for j in range(x.shape[1])" in text


def test_what_gains_nothing_stays() -> None:
    compiled = s2sad.grad(square, backend="numba", strict=True)
    assert compiled(3.0) == 6.0 and "njit" not in compiled.source
    assert compiled.explain() == "statements, reverse sweep: not compiled: it would not be faster"
    two = s2sad.grad(two_operations, backend="numba", strict=True)
    assert two(3.0) == 2.5 and "njit" not in two.source
    assert "not compiled: it would not be faster" in two.explain()


def square(x: float) -> float:
    return x * x


def two_operations(x: float) -> float:
    return x * 0.5 + x * 2.0


def test_functions_that_numpy_computes_faster_stay() -> None:
    compiled = s2sad.grad(logarithms, backend="numba", strict=True)
    x = np.linspace(0.1, 2.0, 20_000)
    assert np.allclose(compiled(x), s2sad.grad(logarithms)(x), rtol=1e-13)
    assert "    tanh = np.tanh(x)\n" in compiled.source and "_sweep(tanh, " in compiled.source
    assert "np.tanh(x_item)" in s2sad.grad(logarithms, backend="numba").source_for(x[:100])
    assert "njit" not in s2sad.grad(logarithms, backend="auto").source_for(x[:100])


def logarithms(x: np.ndarray) -> float:
    return np.sum(np.log(x) + np.log1p(x) + np.tanh(x))


def test_auto_compiles_what_gains() -> None:
    compiled = s2sad.grad(arithmetic, backend="auto")
    assert "njit" not in compiled.source_for(np.ones(10)) and "too little" in compiled.explain()
    assert "arithmetic_sweeps" in s2sad.grad(arithmetic, backend="auto").source_for(np.ones(100_000))


def arithmetic(x: np.ndarray) -> float:
    y = x * x + 0.5 * x - 1.0
    z = y * y - x * y + 2.0 * x
    return np.sum(z * y * y + x)


def test_large_sums_run_in_parallel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("s2sad.compiled.arrays.LARGE", 50)
    x = RNG.normal(size=(31, 7))
    compiled = s2sad.value_and_grad(squares, backend="numba", strict=True)
    found, expected = compiled(x), s2sad.value_and_grad(squares)(x)
    assert "prange" in compiled.source and "in parallel" in compiled.explain()
    assert np.allclose(found[0], expected[0], rtol=1e-14) and np.allclose(found[1], expected[1], rtol=1e-14)


def squares(x: np.ndarray) -> float:
    y = x * x - 1.0
    return np.sum(y * y * x) + np.sum(y)


def test_estimates_grow_with_elements() -> None:
    assert estimate.Gain(100.0, 50.0, 2).worthwhile(False) and not estimate.Gain(100.0, 50.0, 2).worthwhile(True)
    assert not estimate.Gain(50.0, 100.0, 2).worthwhile(False)


def test_strict_asks_for_loops_only() -> None:
    assert np.allclose(s2sad.grad(mixed, backend="numba", strict=True)(np.ones(3)), s2sad.grad(mixed)(np.ones(3)))
    with pytest.raises(UnsupportedSyntaxError, match="loop"):
        s2sad.grad(sorting, backend="numba", strict=True)(np.ones(3), 2)


def sorting(x: np.ndarray, n: int) -> float:
    for _ in range(n):
        x = np.sort(x * x)
    return np.sum(x * x + x)


def test_the_report_names_lines() -> None:
    compiled = s2sad.value_and_grad(chain, backend="numba")
    first = chain.__code__.co_firstlineno
    assert compiled.explain(np.ones(4)) == f"lines {first + 1} to {first + 3}, both sweeps: compiled, chain_sweeps()"


def test_printed_modules_need_no_s2sad(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text("import numpy as np\n\n\ndef f(x, c):\n    y = np.sin(x) * c\n    return np.sum(y * y / (1.0 + x * x))\n")
    argv = [sys.executable, "-m", "s2sad", "grad", f"{path}:f", "--signature", "x: f8[n], c: float", "--backend", "numba", "--standalone"]
    text = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert "s2sad" not in text and "def f_sweeps(" in text
    out = tmp_path / "written.py"
    out.write_text(text)
    space: dict[str, Any] = {}
    exec(path.read_text(), space)
    y = lambda x: np.sum((np.sin(x) * 0.7) ** 2 / (1.0 + x * x))
    assert np.allclose(runpy.run_path(str(out))["f_grad"](np.linspace(0.0, 1.0, 5), 0.7), s2sad.grad(y)(np.linspace(0.0, 1.0, 5)), rtol=1e-13)
