"""Functions of numbers give in compiled code what they give in NumPy and Python, special values and errors included."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.compiled import checked, scalars

numba = pytest.importorskip("numba")

VALUES = [0.0, -0.0, 0.3, -0.3, 1.0, -1.0, 2.5, -2.5, 800.0, -800.0, 1e300, math.inf, -math.inf, math.nan]
NUMPY = sorted(scalars.NUMPY, key=lambda f: f.__name__)
PYTHON = sorted(scalars._CHECKED, key=lambda f: f.__name__)


def outcome(f: Callable[..., Any], *args: float) -> Any:
    """The result, or the type of the exception."""
    with np.errstate(all="ignore"):
        try:
            return float(f(*args))
        except (ValueError, OverflowError, ZeroDivisionError) as err:
            return type(err)


def points(f: Any) -> list[tuple[float, ...]]:
    count = getattr(f, "nin", 2 if f in (math.hypot, math.pow) else 1)
    return [(v,) for v in VALUES] if count == 1 else [(v, w) for v in VALUES for w in VALUES]


def agree(one: Any, two: Any) -> bool:
    if isinstance(one, type) or isinstance(two, type):
        return one is two
    return bool(np.isclose(one, two, rtol=1e-13, atol=0.0, equal_nan=True))


def differing(expected: Callable[..., Any], found: Callable[..., Any], at: list[tuple[float, ...]]) -> list[Any]:
    table = [(a, outcome(expected, *a), outcome(found, *a)) for a in at]
    return [row for row in table if not agree(row[1], row[2])]


def compiled(f: Any, count: int) -> Any:
    """`f` called from compiled code."""
    space = {"f": f}
    names = ", ".join("xyz"[:count])
    exec(f"def call({names}):\n    return f({names})\n", space)
    return numba.njit(error_model="numpy")(space["call"])


@pytest.mark.parametrize("f", NUMPY, ids=lambda f: f.__name__)
def test_functions_of_numpy(f: Any) -> None:
    assert not differing(f, compiled(f, f.nin), points(f))


@pytest.mark.parametrize("f", PYTHON, ids=lambda f: f.__name__)
def test_functions_of_math(f: Any) -> None:
    stand_in = numba.njit(scalars._CHECKED[f])
    large = 1e14 if f in (math.floor, math.ceil) else math.inf  # compiled code makes no larger integers
    at = [a for a in points(f) if all(not large < abs(v) < math.inf for v in a)]
    assert not differing(f, compiled(stand_in, len(at[0])), at)


@pytest.mark.parametrize("f", sorted(scalars._TOTAL, key=lambda f: f.__name__), ids=lambda f: f.__name__)
def test_functions_of_math_without_errors(f: Any) -> None:
    count = 2 if f in (math.atan2, math.copysign) else 1
    at = [(v,) for v in VALUES] if count == 1 else [(v, w) for v in VALUES for w in VALUES]
    assert not differing(f, compiled(f, count), at)


def test_powers_and_divisions() -> None:
    at = [(v, w) for v in VALUES for w in VALUES]
    real = [a for a in at if not isinstance(outcome_of_power(*a), complex)]
    assert not differing(lambda x, y: x**y, numba.njit(checked.power), real)
    assert not differing(lambda x: x**2, numba.njit(checked.squared), [(v,) for v in VALUES])
    assert not differing(lambda x: x**3, numba.njit(checked.cubed), [(v,) for v in VALUES])
    assert not differing(lambda x, y: x / y, numba.njit(checked.divided), at)
    finite = [a for a in at if all(map(math.isfinite, a))]
    assert not differing(lambda x, y: x // y, numba.njit(checked.floor_divided), finite)
    assert not differing(lambda x, y: x % y, numba.njit(checked.remainder), finite)
    assert not differing(int, numba.njit(checked.truncated), [(v,) for v in VALUES if not 1e14 < abs(v) < math.inf])
    assert numba.njit(checked.floor_divided)(-7, 2) == -4 and numba.njit(checked.remainder)(-7, 2) == 1


@pytest.mark.parametrize("k", [-3, -2, -1, 0, 1, 2, 3, 30])
def test_powers_of_integers(k: int) -> None:
    values = [(v,) for v in [*VALUES, 1e-200, -1e-160]]
    of_numpy, of_python = numba.njit(checked.whole_power), numba.njit(checked.power)
    assert not differing(lambda x: np.float64(x) ** k, lambda x: of_numpy(x, k), values)
    assert not differing(lambda x: x**k, lambda x: of_python(x, k), values)


def inverses(x: np.ndarray, k: int) -> float:
    total = 0.0
    y = 0.5 * x**-1 + x**-2
    for i in range(len(x)):
        total += x[i] ** k + y[i] * x[i] ** -3 + x[i] ** -1
    return total


def test_inverse_powers_of_elements_are_infinite_at_zero() -> None:
    plain, compiled = s2sad.value_and_grad(inverses), s2sad.value_and_grad(inverses, backend="numba", strict=True)
    for x in (np.array([0.5, -2.0, 1e-200]), np.array([0.5, 0.0, 3.0]), np.array([-0.0, 1.0])):
        for k in (-2, 0, 3):
            with np.errstate(all="ignore"):
                (one, bar), (two, found) = plain(x, k), compiled(x, k)
            np.testing.assert_allclose([two, *found], [one, *bar], rtol=1e-13)


def integer_powers(x: float, k: np.ndarray) -> float:
    total = 0.0
    for i in range(len(k)):
        total += x * np.power(3, k[i]) + x * k[i] ** k[0]
    return total


@pytest.mark.filterwarnings("ignore::s2sad.errors.FallbackWarning")
def test_negative_powers_of_integers_stay_an_error() -> None:
    compiled = s2sad.grad(integer_powers, backend="numba")
    assert compiled(0.5, np.array([2, 1, 0])) == s2sad.grad(integer_powers)(0.5, np.array([2, 1, 0]))
    with pytest.raises(ValueError, match="negative integer powers"):
        compiled(0.5, np.array([2, -1, 0]))


def test_complex_divisions() -> None:
    values = [0.0, 1.5, -2.0, math.inf, math.nan, 1e300]
    divided = numba.njit(checked.complex_divided)
    with np.errstate(all="ignore"):
        for a, b, c, d in itertools.product(values, repeat=4):
            expected, found = np.complex128(complex(a, b)) / np.complex128(complex(c, d)), divided(complex(a, b), complex(c, d))
            assert agree(expected.real, found.real) and agree(expected.imag, found.imag), (a, b, c, d)


def outcome_of_power(x: float, y: float) -> Any:
    try:
        return x**y
    except (OverflowError, ZeroDivisionError):
        return 0.0
