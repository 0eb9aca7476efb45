"""What compiled loops keep of Python and NumPy: exceptions, integers, types, the caller's data; what is not compiled."""

from __future__ import annotations

import math
import pickle
import runpy
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import FallbackWarning, UnsupportedSyntaxError

pytest.importorskip("numba")


def ratios(x: float, y: float, n: int) -> float:
    total = 0.0
    for _ in range(n):
        total += x / y + math.sqrt(x) * math.log(x)
    return total


def powers(x: float, p: float, n: int) -> float:
    total = 0.0
    for _ in range(n):
        total += x**p
    return total


def element_ratios(x: np.ndarray, y: np.ndarray) -> float:
    total = 0.0
    for i in range(len(x)):
        total += x[i] / y[i]
    return total


def checked_sum(x: np.ndarray, limit: float) -> float:
    total = 0.0
    for v in x:
        if v > limit:
            raise ValueError("too large")
        total += v * v
    return total


def out_of_range(x: np.ndarray, n: int) -> float:
    total = 0.0
    for i in range(n):
        total += x[i] ** 2
    return total


def outcome(f: Any, *args: Any) -> Any:
    """The result of a call, or the type of the exception."""
    with np.errstate(all="ignore"):
        try:
            return f(*args)
        except Exception as err:
            return type(err)


def same(one: Any, two: Any) -> bool:
    if isinstance(one, type) or isinstance(two, type):
        return one is two
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(np.atleast_1d(one), np.atleast_1d(two)))


@pytest.mark.parametrize("args", [(2.0, 3.0, 4), (2.0, 0.0, 4), (-1.0, 2.0, 4), (0.0, 2.0, 4), (math.inf, 1.0, 2), (2.0, 0.0, 0)])
def test_numbers_raise_what_python_raises(args: tuple[Any, ...]) -> None:
    assert same(outcome(s2sad.grad(ratios), *args), outcome(s2sad.grad(ratios, backend="numba", strict=True), *args))


@pytest.mark.parametrize("args", [(2.0, 3.0, 4), (0.0, -1.0, 4), (1e200, 2.0, 4), (0.0, 2.0, 3)])
def test_powers_raise_what_python_raises(args: tuple[Any, ...]) -> None:
    assert same(outcome(s2sad.grad(powers), *args), outcome(s2sad.grad(powers, backend="numba", strict=True), *args))


def test_elements_divided_by_zero_give_what_numpy_gives() -> None:
    x, y = np.array([1.0, 0.0, -1.0]), np.array([0.0, 0.0, 2.0])
    assert same(outcome(s2sad.grad(element_ratios), x, y), outcome(s2sad.grad(element_ratios, backend="numba"), x, y))


def test_exceptions_of_the_program_are_raised() -> None:
    compiled = s2sad.grad(checked_sum, backend="numba", strict=True)
    x = np.array([1.0, 2.0, 3.0])
    assert np.array_equal(compiled(x, 5.0), 2.0 * x)
    with pytest.raises(ValueError, match="too large"):
        compiled(x, 2.5)


def test_an_index_out_of_range_is_an_error() -> None:
    with pytest.raises(IndexError):
        s2sad.grad(out_of_range, backend="numba", strict=True)(np.ones(3), 4)


def test_the_compiled_text_says_so() -> None:
    compiled = s2sad.grad(ratios, backend="numba")
    assert "compiled, ratios_sweep()" in compiled.explain(2.0, 3.0, 4)
    assert "@njit" in compiled.source_for(2.0, 3.0, 4)
    assert s2sad.grad(ratios).explain(2.0, 3.0, 4) == "NumPy code: nothing is compiled"


# --- integers -----------------------------------------------------------------------------------------------


def fibonacci(x: float, n: int) -> float:
    a, b, total = 0, 1, 0.0
    for _ in range(n):
        a, b = b, a + b
        total += x * float(a % 1000)
    return total


def counted(x: np.ndarray, n: int) -> float:
    count, total = 0, 0.0
    for i in range(n):
        for j in range(i):
            if (i + j) % 3 == 0:
                count += 1
                total += x[(i * j + count) % len(x)] ** 2 * count
    return total


def steps(x: float, n: int) -> float:
    for k in range(3):
        x = x * x * float(k + n % 7)
    return x


def test_an_integer_that_outgrows_64_bits_is_not_compiled() -> None:
    with pytest.raises(UnsupportedSyntaxError, match="may not fit in 64 bits"):
        s2sad.grad(fibonacci, backend="numba", strict=True)(2.0, 200)
    with pytest.warns(FallbackWarning, match="64 bits"):
        assert s2sad.grad(fibonacci, backend="numba")(2.0, 200) == s2sad.grad(fibonacci)(2.0, 200)


def test_counts_are_compiled() -> None:
    x = np.linspace(0.5, 1.5, 7)
    assert np.array_equal(s2sad.grad(counted, backend="numba", strict=True)(x, 12), s2sad.grad(counted)(x, 12))


def test_large_integers_are_left_to_numpy() -> None:
    compiled = s2sad.grad(steps, backend="numba", strict=True)
    assert compiled(1.1, 2**70) == s2sad.grad(steps)(1.1, 2**70)
    assert compiled(1.1, 5) == s2sad.grad(steps)(1.1, 5)


# --- types --------------------------------------------------------------------------------------------------


def shifted(u: np.ndarray, n: int) -> float:
    u = u.copy()
    for _ in range(n):
        u[1:] = 0.5 * u[1:] * u[:-1]
    return np.sum(u)


def test_single_precision_stays_single() -> None:
    u = np.linspace(1.0, 2.0, 5, dtype=np.float32)
    with pytest.warns(FallbackWarning, match="float32"):
        found = s2sad.grad(shifted, backend="numba")(u, 3)
    assert found.dtype == np.float32
    assert np.array_equal(found, s2sad.grad(shifted)(u, 3))


@pytest.mark.parametrize("u", [np.linspace(1.0, 2.0, 12)[::2], np.linspace(1.0, 2.0, 6)[::-1], np.array([1.5]), np.zeros(0)])
def test_layouts_and_sizes(u: np.ndarray) -> None:
    compiled = s2sad.value_and_grad(shifted, backend="numba")
    before = u.copy()
    for a, b in zip(compiled(u, 3), s2sad.value_and_grad(shifted)(u, 3)):
        assert np.array_equal(a, b)
    assert np.array_equal(u, before)


# --- falling back -------------------------------------------------------------------------------------------


def listed(x: float, n: int) -> float:
    found = []
    for k in range(n):
        found.append(x**k)
    return sum(found)


def test_one_warning_names_the_construct() -> None:
    compiled = s2sad.grad(listed, backend="numba")
    with pytest.warns(FallbackWarning, match="line .*") as caught:
        assert compiled(2.0, 4) == s2sad.grad(listed)(2.0, 4)
    assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compiled(2.0, 5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        s2sad.grad(listed, backend="auto")(2.0, 4)


def test_an_error_of_numba_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from numba.core.errors import TypingError

    def broken(*args: Any, **options: Any) -> Any:
        def fails(*given: Any) -> Any:
            raise TypingError("cannot compile this\nFile nowhere")

        return fails

    monkeypatch.setattr("numba.njit", broken)
    with pytest.warns(FallbackWarning, match="cannot compile this"):
        assert s2sad.grad(steps, backend="numba")(1.1, 5) == s2sad.grad(steps)(1.1, 5)
    with pytest.raises(UnsupportedSyntaxError, match="cannot compile this"):
        s2sad.grad(steps, backend="numba", strict=True)(1.1, 5)


def test_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("s2sad.compiled.numba.AVAILABLE", False)
    with pytest.warns(FallbackWarning, match="not installed"):
        compiled = s2sad.grad(steps, backend="numba")
    assert compiled(1.1, 5) == s2sad.grad(steps)(1.1, 5)
    assert s2sad.grad(steps, backend="auto")(1.1, 5) == s2sad.grad(steps)(1.1, 5)
    with pytest.raises(UnsupportedSyntaxError, match="not installed"):
        s2sad.grad(steps, backend="numba", strict=True)


def test_auto_compiles_what_takes_long() -> None:
    compiled = s2sad.grad(powers, backend="auto")
    assert "too little" in compiled.explain(1.5, 2.0, 3)
    assert "compiled, powers_reverse_sweep()" in s2sad.grad(powers, backend="auto").explain(1.5, 2.0, 100_000)


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(UnsupportedSyntaxError, match="numbast"):
        s2sad.grad(steps, backend="numbast")


# --- in other places ----------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::s2sad.errors.FallbackWarning")
def test_gradients_of_compiled_gradients() -> None:
    compiled = s2sad.grad(s2sad.grad(steps, backend="numba"), backend="numba")
    assert compiled(1.1, 5) == pytest.approx(s2sad.grad(s2sad.grad(steps))(1.1, 5), rel=1e-13)


def test_decorated_and_pickled() -> None:
    energy = s2sad.differentiate(steps, backend="numba", strict=True)
    assert energy.grad(1.1, 5) == s2sad.grad(steps)(1.1, 5)
    again = pickle.loads(pickle.dumps(s2sad.grad(steps, backend="numba", strict=True)))
    assert again.backend == "numba" and again.strict and again(1.1, 5) == energy.grad(1.1, 5)


def test_the_command_line_prints_it(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(
        "import math\n\n\ndef f(x, n):\n    power = 2.0\n    for _ in range(n):\n        x = math.sin(x) ** power\n    return x\n"
    )
    argv = [sys.executable, "-m", "s2sad", "grad", f"{path}:f", "--signature", "x: float, n: int", "--backend", "numba"]
    text = subprocess.run([*argv, "--standalone"], capture_output=True, text=True, check=True).stdout
    assert "s2sad" not in text and "@njit" in text
    out = tmp_path / "written.py"
    out.write_text(text)
    space: dict[str, Any] = {}
    exec(path.read_text(), space)
    assert runpy.run_path(str(out))["f_grad"](0.7, 3) == pytest.approx(s2sad.grad(from_text(path))(0.7, 3), rel=1e-14)
    argv[3:] = ["explain", f"{path}:f", "--signature", "x: float, n: int"]
    found = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert "line 6: compiled, f_sweep()" in found and "line 6, reverse sweep: compiled, f_reverse_sweep()" in found


def from_text(path: Path) -> Any:
    from s2sad.files import import_file

    return import_file(path).f


# --- in parallel --------------------------------------------------------------------------------------------


def diffused(u: np.ndarray, n: int) -> float:
    u = u.copy()
    for _ in range(n):
        u[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])
        u[1:] -= 0.1 * u[:-1]
    return np.sum(u**2)


def test_large_independent_loops_run_in_parallel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("s2sad.compiled.arrays.LARGE", 50)
    u = np.random.default_rng(3).normal(size=(9, 8))
    compiled = s2sad.grad(diffused, backend="numba", strict=True)
    assert np.array_equal(compiled(u, 3), s2sad.grad(diffused)(u, 3))
    assert "in parallel" in compiled.explain(u, 3)
    text = compiled.source_for(u, 3)
    assert "parallel=True" in text and "in prange(1, len(u_bar) - 1)" in text
    monkeypatch.setattr("s2sad.compiled.arrays.LARGE", 100)
    assert "parallel" not in s2sad.grad(diffused, backend="numba").source_for(u, 3)
    # rows that are read after they were stored to are done in order
    assert "for i in range(len(u) - 1, 0, -1)" in s2sad.value_and_grad(diffused, backend="numba").source_for(u, 3)
