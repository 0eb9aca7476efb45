"""Recursive functions that read arrays in parts: their reverse part adds to the adjoint that the caller hands them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad


def halves(x: Any) -> Any:
    if len(x) == 1:
        return math.sin(x[0])
    half = len(x) // 2
    left, right = halves(x[:half]), halves(x[half:])
    return left * right + left


def overlapping(x: Any, depth: int) -> Any:
    if depth == 0 or len(x) < 3:
        return x[0] * x[-1]
    return overlapping(x[1:], depth - 1) * overlapping(x[:-1], depth - 1) + x[len(x) // 2]


def backwards(x: Any, k: int) -> Any:
    return x[0] ** 2 if k == 0 else backwards(x[::-1], k - 1) + 0.5 * x[1]


def whole(x: Any, k: int) -> Any:
    return x[0] if k < 0 else x[k] * whole(x, k - 1) + np.sum(x)


def made_anew(x: Any, k: int) -> Any:
    return x[-1] if k == 0 else made_anew(x[1:] * 2.0, k - 1) * x[0]


def chosen(x: Any, k: int) -> Any:
    if k == 0:
        return np.sum(x[::2])
    y = x if x[0] > 0.5 else x * x
    return chosen(y[:-1], k - 1) + y[0]


def picked(x: Any, k: int) -> Any:
    return x[0] * x[1] if k == 0 else picked(x[[1, 0, 1]], k - 1) + x[2]


def rows(a: Any, k: int) -> Any:
    return a[0] if a.ndim == 1 else a[0, 0] if k == 0 else rows(a[k:], k - 1) * np.sum(a[0]) + a[-1, 0]


def twice(x: Any, y: Any, k: int) -> Any:
    return x[0] * y[1] if k == 0 else twice(y, x, k - 1) + x[k] * y[0]


def even(x: Any, k: int) -> Any:
    return x[0] if k == 0 else odd(x[1:], k - 1) * x[0]


def odd(x: Any, k: int) -> Any:
    return 0.5 * x[0] if k == 0 else even(x[:-1], k - 1) + x[0] ** 2


def in_loops(x: Any, k: int) -> Any:
    total = 0.0
    if k == 0:
        return x[0] ** 3
    for i in range(1, 3):
        total += in_loops(x[i:], k - 1) * x[i - 1]
    return total


def transposed(a: Any, k: int) -> Any:
    return a[0, 1] * a[1, 0] if k == 0 else transposed(a.T, k - 1) + a[1, 0]


def spread(x: Any, k: int) -> Any:
    return x[0] * x[2] if k == 0 else spread(np.broadcast_to(x[1], (3,)), k - 1) + x[0]


def and_number(x: Any, s: Any, k: int) -> Any:
    return s * x[0] if k == 0 else and_number(x[1:], s * x[0], k - 1)


def never_reached(x: Any, k: int) -> Any:
    return k * 1.0 if k > 100 else x[0] if k == 0 else never_reached(x, k - 1)


X = np.array([0.7, -0.4, 0.9, 0.3, 1.1, 0.6, -0.8, 0.5])
A = X[:6].reshape(3, 2)
PROGRAMS: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (halves, (X,)),
    (lambda x: halves(x) * x[2] + halves(x[2:4]), (X,)),
    (lambda x: halves(x * 2.0) + np.sum(x), (X,)),
    (overlapping, (X, 4)),
    (backwards, (X, 3)),
    (whole, (X, 5)),
    (made_anew, (X, 4)),
    (chosen, (X, 4)),
    (picked, (X[:3], 3)),
    (rows, (A, 1)),
    (lambda x, k: twice(x, x, k), (X, 4)),
    (lambda x, k: twice(x[:5], x[2:], k), (X, 3)),
    (even, (X, 3)),
    (in_loops, (X, 3)),
    (transposed, (A[:2], 3)),
    (spread, (X[:3], 2)),
    (lambda x, k: and_number(x, x[1], k), (X, 3)),
    (never_reached, (X, 3)),
]


def stored_before(x: Any, k: int) -> Any:
    y = x.copy()
    y[1:] *= y[:-1]
    r = whole(y, k) + whole(y[1:], k - 1)
    y[0] = 3.0 * y[2]
    return r * y[0] + halves(y[:4])


def in_each_trip(x: Any, k: int) -> Any:
    r = 0.0
    for i in range(k):
        r += halves(x[i : i + 2]) * x[i]
        if r > 0.8:
            break
    return r


def inactive(x: Any, k: int) -> Any:
    c = np.linspace(0.1, 0.9, 8)
    return whole(c, k) * twice(c, x, k)


PROGRAMS += [(stored_before, (X, 3)), (in_each_trip, (X, 4)), (in_each_trip, (X, 0)), (inactive, (X, 2))]


@pytest.mark.parametrize("case", range(len(PROGRAMS)))
def test_gradients(case: int) -> None:
    f, args = PROGRAMS[case]
    s2sad.check_grad(f, *args)
    before = s2sad.grad(f)(*args)
    again = s2sad.value_and_grad(f)
    value, gradient = again(*args)
    assert np.array_equal(gradient, before) and value == pytest.approx(f(*args))


@pytest.mark.parametrize("case", range(len(PROGRAMS)))
def test_along_a_direction(case: int) -> None:
    f, args = PROGRAMS[case]
    v = np.cos(np.arange(args[0].size)).reshape(args[0].shape)
    gradient = s2sad.grad(f)
    value, dot = s2sad.jvp(f, args[:1] + args[1:], (v, *(None for _ in args[1:]))) if len(args) == 1 else (None, None)
    if dot is not None:
        assert dot == pytest.approx(float(np.sum(gradient(*args) * v)))


@pytest.mark.parametrize(("recursive", "k"), [(overlapping, 3), (whole, 3), (in_loops, 2)])
def test_second_derivatives(recursive: Callable[..., Any], k: int) -> None:
    def f(x: Any) -> Any:
        return recursive(x, k)

    v, h = np.sin(np.arange(8.0)), 1e-5
    gradient = s2sad.grad(f)
    expected = (gradient(X + h * v) - gradient(X - h * v)) / (2 * h)
    np.testing.assert_allclose(s2sad.hvp(f)(X, v), expected, rtol=1e-6, atol=1e-7)


def swap(x: Any, y: Any, k: int) -> Any:
    r = x[0] * y[1]
    if k > 0:
        r = swap(y, x, k - 1) + 2.0 * x[1]
    return r


def always_back(x: Any, k: int) -> Any:
    return forth(x[1:], k - 1) * x[0]


def forth(x: Any, k: int) -> Any:
    return x[0] if k <= 0 else always_back(x, k - 1) + x[1]


def three(x: Any, y: Any, z: Any, k: int) -> Any:
    if k == 0:
        return x[0] * y[1] + z[2]
    return three(y, z, x, k - 1) * x[1] + three(z, y, x, k - 1)


@pytest.mark.parametrize("k", range(5))
def test_functions_that_rest_on_one_another(k: int) -> None:
    c = np.linspace(0.1, 0.9, 8)
    s2sad.check_grad(lambda x: swap(c, x, k), X)
    s2sad.check_grad(lambda x: swap(x, c, k), X)
    s2sad.check_grad(lambda x: three(c, x, c, k), X)
    s2sad.check_grad(lambda x: always_back(x, k), X)
    s2sad.check_grad(lambda x, n: swap(c, x, n), X, k)
    s2sad.check_grad(lambda x, n: three(c, x, c, n), X, k)
    s2sad.check_grad(lambda x, n: three(c, c, x, n) * swap(x, c, n), X, k)
    s2sad.check_grad(always_back, X, k)


def test_single_precision_stays() -> None:
    gradient = s2sad.grad(halves)(X.astype(np.float32))
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, s2sad.grad(halves)(X), rtol=1e-4)


def test_no_array_is_made_on_the_way_down() -> None:
    gradient = s2sad.value_and_grad(halves)
    gradient(X)
    assert gradient.source.count("zeros_like") == 1
