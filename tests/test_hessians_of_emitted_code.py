"""Hessian products: what emitted code does with lists, with tuples that may be None, and with values of unknown type."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import errors, runtime

X = np.array([0.5, 1.2, 0.7])
V = np.array([1.0, 2.0, -1.0])


def copied_numbers(x: Any, n: int) -> Any:
    items = []
    for i in range(n):
        items.append(x[i] * 2.0)
    others = deepcopy(items)
    others[0] = others[1] * others[0]
    return sum(others) * items[0]


def copied_arrays(x: Any, n: int) -> Any:
    items = []
    for i in range(n):
        items.append(x * i)
    others = deepcopy(items)
    return sum(np.sum(y**2) for y in others) * items[1][0]


def copied_while_empty(x: Any, n: int) -> Any:
    items: list[float] = []
    kept = deepcopy(items)
    for i in range(n):
        items.append(x[i] ** 2)
    return sum(items) ** 2 + len(kept)


def of_a_slice(x: Any, n: int) -> Any:
    items = [x]
    for _ in range(n):
        items.append(np.sin(items[-1]) + 0.1 * items[0])
    return np.sum(np.array(items[1:]) ** 2)


def of_windows(x: Any, n: int) -> Any:
    slopes = [x * (1.0 - x)]
    for _ in range(n):
        window = slopes[-2:]
        x = x + 0.1 * window[0] if len(window) < 2 else x + 0.1 * (1.5 * window[1] - 0.5 * window[0])
        slopes.append(x * (1.0 - x))
    return np.sum(x**2)


def of_unlike_lists(x: Any, n: int) -> Any:
    total = x
    for _ in range(n):
        items = [total, x]
        total = total + 0.1 * sum(a * b for a, b in zip(items, [x, x * x]))
        items = [total]
        total = np.tanh(total + 0.1 * items[0] * x)
    return np.sum(total)


def of_companions(x: Any, n: int) -> Any:
    """The views that the paths choose are kept beside what the store overwrites."""
    a, y = np.outer(x, x), x.copy()
    for i in range(n):
        value = x[1:] if y[i] > 0.6 else a[1:, i]
        y[:2] = value
        y[2] *= x[0]
    return np.sum(a**2) * y[0] + y @ y


@pytest.mark.parametrize("f", [of_companions, copied_numbers, copied_arrays, copied_while_empty, of_a_slice, of_windows, of_unlike_lists])
def test_products(f: Callable[..., Any]) -> None:
    assert s2sad.check_grad(f, X, 3) < 1e-7
    gradient = s2sad.grad(f)
    expected = (gradient(X + 1e-5 * V, 3) - gradient(X - 1e-5 * V, 3)) / 2e-5
    np.testing.assert_allclose(s2sad.hvp(f)(X, 3, V), expected, rtol=1e-7, atol=1e-8)


def test_arrays_in_a_deep_copy_that_may_be_one() -> None:
    def f(x: Any, n: int) -> Any:
        items = []
        for _ in range(n):
            items.append(x)
        others = deepcopy(items)
        others[1][0] = 3.0 * x[1]
        return sum(np.sum(y**2) for y in others)

    with pytest.raises(errors.AmbiguousMemoryError, match="deep copy"):
        s2sad.grad(f)(X, 3)
    along = (f(X + 1e-6 * V, 3) - f(X - 1e-6 * V, 3)) / 2e-6
    assert s2sad.jvp(f, (X, 3), (V, None))[1] == pytest.approx(along, rel=1e-6)


def test_a_gradient_that_checks_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S2SAD_CHECK", "1")

    def f(x: Any, n: int) -> Any:
        items = []
        y = x.copy()
        for i in range(n):
            items.append(y[i] * x[i])
            y[i] = x[0]
        return sum(items) ** 2 + np.sum(y**2)

    gradient = s2sad.grad(f)
    expected = (gradient(X + 1e-5 * V, 3) - gradient(X - 1e-5 * V, 3)) / 2e-5
    assert "check_restored" in gradient.source
    np.testing.assert_allclose(s2sad.hvp(f)(X, 3, V), expected, rtol=1e-7)


def maybe_a_pair(x: Any, flag: bool) -> Any:
    if flag:
        pair = x * 2.0, (x * x, 3)
    else:
        pair = None
    return np.sum(x) if pair is None else np.sum(pair[0] * pair[1][0]) * pair[1][1]


@pytest.mark.parametrize("flag", [True, False])
def test_a_tuple_or_none(flag: bool) -> None:
    """Forward mode follows it; reverse mode says that it cannot."""
    along = (maybe_a_pair(X + 1e-6 * V, flag) - maybe_a_pair(X - 1e-6 * V, flag)) / 2e-6
    assert s2sad.jvp(maybe_a_pair, (X, np.bool_(flag)), (V, None))[1] == pytest.approx(along, rel=1e-6)


def test_a_tuple_or_something_else_behind_other_paths() -> None:
    def f(x: Any, n: int) -> Any:
        pair: Any = None
        total = x[0]
        for i in range(n):
            if pair is not None:
                total = total + pair[0]
            if x[i] > 1.0:
                pair = x[i], x[0]
            else:
                pair = None
        return total

    with pytest.raises(s2sad.DifferentiationError):
        s2sad.grad(f)(X, 3)
    try:
        found = s2sad.jvp(f, (X, 3), (V, None))[1]
    except s2sad.DifferentiationError:
        return
    assert found == pytest.approx((f(X + 1e-6 * V, 3) - f(X - 1e-6 * V, 3)) / 2e-6, rel=1e-6)


def test_the_kind_of_a_dtype_is_known() -> None:
    def f(x: Any) -> Any:
        if x.dtype.kind not in "fc" or x.dtype.itemsize < 4:
            return 0.0
        return np.sum(x**2)

    np.testing.assert_allclose(s2sad.grad(f)(X), 2.0 * X)


def test_stores_of_unknown_kind_do_not_cut_off() -> None:
    runtime.require_floats(np.zeros(2))
    runtime.require_floats([1, 2])
    with pytest.raises(ValueError, match="array of integers"):
        runtime.require_floats(np.zeros(2, int))
    assert runtime.zeros_of_kind(3) == 0.0 and runtime.zeros_of_kind("a") is None
