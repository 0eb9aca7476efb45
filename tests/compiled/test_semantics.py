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


def triangle(A: np.ndarray) -> float:
    total = 0.0
    for i in range(len(A)):
        for j in range(i + 1):
            total += A[i, j] * A[j, i] * A[i, i - 1]
    return total


def upper(A: np.ndarray) -> float:
    total = 0.0
    n = len(A)
    for i in range(n - 1):
        for j in range(i + 1, n):
            for k in range(j - i):
                total += A[i, j] * A[n - 1, k + i] * A[-1, 0]
    return total


def test_bounds_are_checked_where_an_index_may_be_out_of_them() -> None:
    A = np.random.default_rng(2).normal(size=(5, 5))
    compiled = s2sad.grad(triangle, backend="numba", strict=True)
    assert np.array_equal(compiled(A), s2sad.grad(triangle)(A))
    assert "in_bounds(i - 1, A.shape[1])" in compiled.source_for(A)  # i - 1 from -1
    assert np.allclose(s2sad.grad(upper, backend="numba")(A), s2sad.grad(upper)(A), rtol=1e-14)
    assert "in_bounds" not in s2sad.grad(checked_sum, backend="numba").source_for(np.ones(3), 2.0)
    with pytest.raises(IndexError):
        compiled(np.ones((5, 4)))
    with pytest.raises(IndexError):
        s2sad.grad(triangle)(np.ones((5, 4)))


def from_below(x: np.ndarray, start: int) -> float:
    total = 0.0
    for i in range(start, len(x)):
        total += x[i] ** 2
    return total


def nested_from_below(x: np.ndarray, start: int) -> float:
    total = 0.0
    for i in range(start, len(x)):
        for j in range(i, len(x) - 1):
            total += x[j] * x[j + 1]
    return total


@pytest.mark.parametrize("f", [from_below, nested_from_below])
def test_indices_from_below_are_checked(f: Any) -> None:
    x = np.linspace(1.0, 2.0, 4)
    compiled = s2sad.grad(f, backend="numba", strict=True)
    for start in (-3, 0, 2):
        assert np.array_equal(compiled(x, start), s2sad.grad(f)(x, start))
    assert "in_bounds(" in compiled.source
    with pytest.raises(IndexError):
        compiled(x, -9)


def grown(x: float, limit: float) -> float:
    """More steps than there is room for at first."""
    total = 0.0
    while total < limit:
        x = x * (1.0 + 1e-3 * math.sin(total))
        if x > 1.0:
            x = 0.9 * x
        total += x
    return x * total


def test_tapes_grow_together() -> None:
    compiled = s2sad.grad(grown, backend="numba", strict=True)
    for limit in (0.0, 1.0, 70.0, 500.0):
        assert compiled(0.8, limit) == pytest.approx(s2sad.grad(grown)(0.8, limit), rel=1e-12)
    assert compiled.source.count("_size += 1") == compiled.source.count("_size = 0") < compiled.source.count("np.empty(64")


def smallest(x: np.ndarray, n: int) -> float:
    """Arrays that are complete when they are saved, and such as change afterwards."""
    for k in range(n):
        y = x.copy()
        y[1:] *= x[:-1]
        y[0] = y[0] * y[-1]
        x = y
    return np.sum(x**2)


def changed_later(x: np.ndarray, n: int) -> float:
    total, before = 0.0, np.zeros_like(x)
    for _ in range(n):
        y = x * x
        total += np.sum(y * before)
        before[1:] = y[:-1]
        before = y
        x = 0.5 * y + x
        y[0] = 2.0
    return total


@pytest.mark.parametrize("f", [smallest, changed_later])
def test_saved_arrays(f: Any) -> None:
    x = np.linspace(0.3, 1.2, 6)
    np.testing.assert_allclose(s2sad.grad(f, backend="numba")(x, 4), s2sad.grad(f)(x, 4), rtol=1e-13)
    assert s2sad.check_grad(f, x, 4) < 1e-6


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


def squares_of_integers(x: np.ndarray, scale: float) -> float:
    total = 0.0
    for i in range(len(x)):
        k = int(x[i] * scale)
        total += x[i] * float(k * k % 7)
    return total


def test_products_of_integers_made_of_floats_are_not_compiled() -> None:
    x = np.linspace(0.5, 3.1, 50)
    with pytest.raises(UnsupportedSyntaxError, match="may not fit in 64 bits"):
        s2sad.grad(squares_of_integers, backend="numba", strict=True)(x, 1e12)
    with pytest.warns(FallbackWarning, match="64 bits"):
        value, bar = s2sad.value_and_grad(squares_of_integers, backend="numba")(x, 1e12)
    assert value == squares_of_integers(x, 1e12)
    assert np.array_equal(bar, s2sad.grad(squares_of_integers)(x, 1e12))


def test_counts_are_compiled() -> None:
    x = np.linspace(0.5, 1.5, 7)
    assert np.array_equal(s2sad.grad(counted, backend="numba", strict=True)(x, 12), s2sad.grad(counted)(x, 12))


def test_large_integers_are_left_to_numpy() -> None:
    compiled = s2sad.grad(steps, backend="numba", strict=True)
    assert compiled(1.1, 2**70) == s2sad.grad(steps)(1.1, 2**70)
    assert compiled(1.1, 5) == s2sad.grad(steps)(1.1, 5)


class Box:
    def __init__(self, n: int) -> None:
        self.n = n


def squares_of_items(x: float, t: Any) -> float:
    n = t.n if isinstance(t, Box) else t["n"] if isinstance(t, dict) else t[0]
    total = 0.0
    for _ in range(3):
        total += x * (n * n % 1000003)
    return total


def squares_of_defaults(x: float, n: int = 10**12, sizes: Any = (10**12, 2)) -> float:
    total = 0.0
    for _ in range(3):
        total += x * (n * sizes[0] % 1000003)
    return total


def squares_of_powers(x: float, n: int, way: int) -> float:
    k = 1
    for _ in range(n):
        k = k * 3
    m = n**13 if way == 0 else math.factorial(n) if way == 1 else 1 << n + 20 if way == 2 else k
    total = 0.0
    for _ in range(3):
        total += x * (m * m % 1000003)
    return total


def from_a_square_on(x: float, n: int) -> float:
    k, total = n * n, 0.0
    for _ in range(3):
        total += x * (k * 8 % 1000003)
        k += 1
    return total


def test_integers_of_large_floats_are_left_to_numpy() -> None:
    """`int(x)` is as large as it has to be in Python, and an error for an infinite number."""

    def f(x: np.ndarray, c: float) -> float:
        total = 0.0
        for i in range(len(x)):
            total += x[i] * (int(x[i] * c) % 7) + x[i] * math.floor(c) * 1e-17
        return total

    x = np.linspace(0.3, 1.7, 50)
    compiled, plain = s2sad.value_and_grad(f, backend="numba"), s2sad.value_and_grad(f)
    for c in (1.0, 3e14, 1e17, 5.0):
        assert all(map(np.array_equal, compiled(x, c), plain(x, c)))
    assert all(map(np.array_equal, s2sad.jvp(f, (x, 1e17), (x, None), backend="numba"), s2sad.jvp(f, (x, 1e17), (x, None))))
    with pytest.raises(OverflowError, match="infinity"):
        compiled(x, math.inf)
    assert "compiled" in compiled.explain(x, 1.0)


@pytest.mark.parametrize("given", [Box(10**12), {"n": 10**12}, (10**12, 3), [10**12]])
def test_large_integers_inside_of_arguments_are_left_to_numpy(given: Any) -> None:
    compiled = s2sad.grad(squares_of_items, backend="numba")
    assert compiled(1.5, given) == s2sad.grad(squares_of_items)(1.5, given) == 3.0 * (10**24 % 1000003)
    small = Box(7) if isinstance(given, Box) else {"n": 7} if isinstance(given, dict) else type(given)((7, 3)[: len(given)])
    assert compiled(1.5, small) == 3.0 * 49
    assert "compiled, " in compiled.explain()


@pytest.mark.filterwarnings("ignore::s2sad.errors.FallbackWarning")
def test_large_integers_that_no_argument_shows_are_left_to_numpy() -> None:
    for args in [(1.5,), (1.5, 10**9)]:
        assert s2sad.grad(squares_of_defaults, backend="numba")(*args) == s2sad.grad(squares_of_defaults)(*args)
    for n in (3, 13, 25, 70):
        for way in range(4):
            assert s2sad.grad(squares_of_powers, backend="numba")(1.5, n, way) == s2sad.grad(squares_of_powers)(1.5, n, way)
    assert s2sad.grad(from_a_square_on, backend="numba")(1.5, 2**31 - 1) == s2sad.grad(from_a_square_on)(1.5, 2**31 - 1)


# --- types --------------------------------------------------------------------------------------------------


def shifted(u: np.ndarray, n: int) -> float:
    u = u.copy()
    for _ in range(n):
        u[1:] = 0.5 * u[1:] * u[:-1]
    return np.sum(u)


def test_single_precision_stays_single() -> None:
    u = np.linspace(1.0, 2.0, 5, dtype=np.float32)
    found = s2sad.grad(shifted, backend="numba", strict=True)(u, 3)
    assert found.dtype == np.float32
    assert np.array_equal(found, s2sad.grad(shifted)(u, 3))


def mixed_precision(x: np.ndarray, y: np.ndarray, c: float, n: int) -> float:
    """Numbers of Python's take the type of a `float32`, others make it a double."""
    x, y, total = x.copy(), y.copy(), x[0] * y[0]
    for k in range(n):
        x[1:] = c * x[:-1] + 0.1 * x[1:]
        x[0] *= 1.1
        y[:] = y * 0.5 + x
        total = total + x[k] * c + y[k] + np.sum(np.sqrt(np.abs(x) + 0.1)) * 0.1 + (x[0] if x[1] > 0.3 else x[1])
    return total + np.sum(y)


def running(x: np.ndarray, c: float) -> float:
    state = np.float32(0.5)
    for v in x:
        state = state * np.float32(0.5) + v * c
        state = np.sin(state) + math.cos(v)
    return state


@pytest.mark.parametrize("kinds", [(np.float32, np.float32), (np.float32, float), (float, np.float32)])
def test_precisions_that_meet(kinds: tuple[Any, Any]) -> None:
    rng = np.random.default_rng(5)
    x, y = (rng.normal(size=6).astype(kind) for kind in kinds)
    compiled, plain = s2sad.value_and_grad(mixed_precision, ("x", "y", "c"), backend="numba"), s2sad.value_and_grad(mixed_precision, ("x", "y", "c"))
    found, expected = compiled(x, y, 0.7, 4), plain(x, y, 0.7, 4)
    assert "compiled, mixed_precision_sweep" in compiled.explain()
    exact = 1e-5 if np.float32 in kinds else 1e-12
    assert found[0] == pytest.approx(expected[0], rel=exact)
    for a, b in zip(found[1], expected[1]):
        assert isinstance(b, float | np.floating) or a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=exact, atol=exact)


def test_numbers_of_single_precision() -> None:
    x = np.linspace(-1.0, 2.0, 7, dtype=np.float32)
    compiled = s2sad.value_and_grad(running, ("x", "c"), backend="numba")
    found, expected = compiled(x, 0.3), s2sad.value_and_grad(running, ("x", "c"))(x, 0.3)
    assert "compiled, running_sweep" in compiled.explain()
    assert type(found[0]) is type(expected[0]) and found[0] == pytest.approx(expected[0], rel=1e-5)
    assert found[1][0].dtype == np.float32
    np.testing.assert_allclose(found[1][0], expected[1][0], rtol=1e-4)


def julia(a: complex, n: int) -> float:
    z, total = 0.1 + 0.2j, 0.0
    for _ in range(n):
        z = z * z + a / 2.0
        total += abs(z) + (z * np.conj(a)).real
    return total


def rotated(z: np.ndarray, n: int) -> float:
    z = z.copy()
    for k in range(n):
        z[1:-1] = (z[:-2] - 1j * z[2:]) * 0.5
        z[0] += 0.1 * k * z[-1]
    return np.sum(np.abs(z) ** 2)


def test_complex_numbers() -> None:
    compiled, plain = s2sad.grad(julia, backend="numba"), s2sad.grad(julia)
    assert compiled(0.2 - 0.3j, 6) == pytest.approx(plain(0.2 - 0.3j, 6), rel=1e-12)
    assert "reverse sweep: compiled, julia_sweeps()" in compiled.explain()
    z = np.exp(1j * np.arange(7.0)) * np.arange(7.0)
    compiled, plain = s2sad.grad(rotated, backend="numba", strict=True), s2sad.grad(rotated)
    found = compiled(z, 4)
    assert found.dtype == complex and np.allclose(found, plain(z, 4), rtol=1e-13)


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
    assert "line 6: compiled, f_sweeps()" in found and "line 6, reverse sweep: compiled, f_sweeps()" in found


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
    assert np.allclose(compiled(u, 3), s2sad.grad(diffused)(u, 3), rtol=1e-14)
    assert "in parallel" in compiled.explain(u, 3)
    text = compiled.source_for(u, 3)
    assert "parallel=True" in text and "in prange(1, len(u) - 1)" in text
    monkeypatch.setattr("s2sad.compiled.arrays.LARGE", 100)
    assert "parallel" not in s2sad.grad(diffused, backend="numba").source_for(u, 3)
    # rows that are read after they were stored to are done in order
    assert "for i in range(len(u) - 1, 0, -1)" in s2sad.value_and_grad(diffused, backend="numba").source_for(u, 3)
