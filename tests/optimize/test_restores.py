"""Restores of elements that nobody reads again are dropped, and no others."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.helpers import numeric_gradient

X = np.linspace(0.4, 1.3, 6)


def recurrence(x: Any, n: int) -> Any:
    y = np.zeros(len(x))
    y[0] = x[0]
    for i in range(1, n):
        y[i] = np.sin(y[i - 1]) * x[i]
    return np.sum(y[:n])


def each_once(x: Any, n: int) -> Any:
    y = np.empty(n)
    for i in range(n):
        y[i] = np.exp(x[i]) * x[0]
    return np.sum(y)


def backwards(x: Any, n: int) -> Any:
    y = x * 1.0
    for i in range(n - 2, -1, -1):
        y[i] = y[i] * np.sin(y[i + 1])
    return np.sum(y)


def table(x: Any, n: int) -> Any:
    D = np.zeros((n + 1, n + 1))
    for i in range(1, n + 1):
        for j in range(1, n + 1):
            D[i, j] = np.sin(D[i - 1, j]) + D[i, j - 1] * x[i - 1] + np.cos(D[i - 1, j - 1] * x[j - 1])
    return D[n, n]


def rows(x: Any, n: int) -> Any:
    D = np.zeros((n + 1, 6))
    D[0] = x
    for i in range(1, n + 1):
        D[i] = np.sin(D[i - 1]) * x
    return np.sum(D[n] ** 2)


def downwards(x: Any, n: int) -> Any:
    y = np.zeros(n + 1)
    y[n] = x[0]
    for i in reversed(range(n)):
        y[i] = np.sin(y[i + 1]) * x[i]
    return np.sum(y)


def guarded(x: Any, n: int) -> Any:
    y = np.zeros(n)
    for i in range(n):
        if i > 0:
            s = np.sin(y[i - 1])
        else:
            s = 1.0
        y[i] = s * x[i]
    return np.sum(y)


DROPPED: list[Callable[..., Any]] = [recurrence, each_once, table, rows, downwards, guarded]


def wraps_around(x: Any, n: int) -> Any:
    y = x * 1.0
    for i in range(n):
        y[i] = np.sin(y[i - 1]) * y[i]
    return np.sum(y)


def reads_ahead(x: Any, n: int) -> Any:
    y = x * 1.0
    for i in range(n - 1):
        y[i] = np.sin(y[i + 1]) * x[i]
    return np.sum(y)


def reads_ahead_downwards(x: Any, n: int) -> Any:
    y = x * 1.0
    for i in reversed(range(1, n)):
        y[i] = np.sin(y[i - 1]) * x[i]
    return np.sum(y)


def reads_ahead_by_a_negative_step(x: Any, n: int) -> Any:
    y = x * 1.0
    for i in range(n - 1, 0, -1):
        y[i] = np.sin(y[i - 1]) * x[i]
    return np.sum(y)


def guarded_too_late(x: Any, n: int) -> Any:
    y = x * 1.0
    for i in range(n):
        s = 1.0
        if i >= 0:
            s = np.sin(y[i - 1])
        y[i] = s * x[i]
    return np.sum(y)


def stored_twice(x: Any, n: int) -> Any:
    y = np.zeros(n)
    for i in range(n):
        y[i] = x[i] ** 2
        if i > 0:
            y[i] *= np.sin(y[i] + y[i - 1])
    return np.sum(y)


def reads_itself(x: Any, n: int) -> Any:
    y = x * 1.0
    for i in range(1, n):
        y[i] = np.sin(y[i]) * y[i - 1]
    return np.sum(y)


def twice(x: Any, n: int) -> Any:
    y = x * 1.0
    for _ in range(2):
        for i in range(1, n):
            y[i] = np.sin(y[i - 1]) * x[i]
    return np.sum(y)


def every_other(x: Any, n: int) -> Any:
    y = x * 1.0
    for i in range(1, n):
        y[2 * i % 6] = np.sin(y[i - 1]) * x[i]
    return np.sum(y)


def read_afterwards(x: Any, n: int) -> Any:
    y = x * 1.0
    s = np.sin(y[2]) * y[3]
    for i in range(1, n):
        y[i] = y[i - 1] ** 2 * x[i]
    return np.sum(y) * s


def through_a_view(x: Any, n: int) -> Any:
    y = x * 1.0
    v = y[1:]
    for i in range(1, n):
        y[i] = np.sin(y[i - 1]) * v[i - 1]
    return np.sum(y)


def diagonal(x: Any, n: int) -> Any:
    D = np.outer(x, x)
    for i in range(1, n):
        for j in range(1, n):
            D[i, j] = np.sin(D[i - 1, j]) * D[i, j - 1] + D[i - 1, i]
    return np.sum(D)


def on_the_diagonal(x: Any, n: int) -> Any:
    D = np.outer(x, x)
    for i in range(1, n):
        for _ in range(2):
            D[i, i] = np.sin(D[i - 1, i]) * D[i - 1, i - 1]
    return np.sum(D)


KEPT: list[Callable[..., Any]] = [
    wraps_around, reads_ahead, reads_ahead_downwards, reads_ahead_by_a_negative_step, guarded_too_late, stored_twice, reads_itself, twice, every_other, read_afterwards, through_a_view, diagonal,
    on_the_diagonal, backwards,
]  # fmt: skip


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 6])
@pytest.mark.parametrize("f", [*DROPPED, *KEPT], ids=lambda f: f.__name__)
def test_right(f: Callable[..., Any], n: int) -> None:
    if n == 0 and f in (table, rows, recurrence):
        n = 1
    assert s2sad.check_grad(f, X, n) < 1e-6


@pytest.mark.parametrize("f", DROPPED, ids=lambda f: f.__name__)
def test_nothing_is_saved_that_is_not_read(f: Callable[..., Any]) -> None:
    assert "_saved" not in s2sad.differentiate(f).source_for(X, 4)


def test_sizes_of_one() -> None:
    for f in (wraps_around, recurrence, each_once):
        assert s2sad.check_grad(f, X[:1], 1) < 1e-6


def test_of_two_stores_to_an_element_the_first_needs_no_save() -> None:
    source = s2sad.differentiate(stored_twice).source_for(X, 4)
    assert source.count("y[i] = ") + source.count("y[i] *= ") == 2


def stored_deep(a: Any, k: int) -> Any:
    a[k] = a[k] * a[0] + a[2]
    if k == 0:
        return np.sum(a * a)
    return stored_deep(a, k - 1) * a[k]


def read_in_a_recursive_function(x: Any, n: int) -> Any:
    d = x * 1.0
    s = 0.0
    for i in range(n):
        s = s + stored_deep(d, i)
        d[i] = 0.3 * d[i]
    return s + stored_deep(d, 0)


def test_recursive_functions_read_what_they_have_saved() -> None:
    assert s2sad.check_grad(read_in_a_recursive_function, np.array([0.7, -0.4, 1.3]), 3) < 1e-6


INDEX = np.array([0, 1])
MASK = np.array([[True, False, False], [False, True, True], [False, False, True]])


def behind_a_new_axis(x: Any) -> Any:
    a = x * 1.0
    s = 0.0
    for i in range(2):
        v = a[INDEX, None, i + 1]
        a[0, 2, i] = np.sin(a[0, i, i])
        s = s + np.sum(v * v)
    return s + np.sum(a)


def behind_a_mask(x: Any) -> Any:
    a = x * 1.0
    s = 0.0
    mask = MASK * 1 > 0
    for i in range(2):
        v = a[mask, i]
        a[1, i + 1] = 0.5 * a[0, i]
        s = s + np.sum(v * v)
    return s + np.sum(a)


def behind_an_ellipsis(x: Any) -> Any:
    a = np.stack([x[:2], x[1:]])
    index = INDEX + 0
    s = 0.0
    for i in range(2):
        v = a[index, ..., i]
        a[0, 1, i + 1] = 0.5 * a[0, 0, i]
        s = s + np.sum(v * v)
    return s + np.sum(a)


@pytest.mark.parametrize("f", [behind_a_new_axis, behind_a_mask, behind_an_ellipsis])
def test_the_same_place_in_two_indices_may_be_two_axes(f: Callable[..., Any]) -> None:
    assert s2sad.check_grad(f, np.linspace(0.3, 1.4, 27).reshape(3, 3, 3)) < 1e-6


# --- zeros in adjoints --------------------------------------------------------------------------------------

STEPS = [
    "y[i] = y[i - 1] * x[i] + y[i]",
    "y[i] = np.sin(y[i + 1]) * x[i]",
    "y[i + 1] = y[i] * x[i]; y[i] = x[i]",
    "y[i] = x[i]; y[i] = y[i] * y[i - 1]",
    "t = y[i]; y[i] = x[i] * t; y[i] = y[i] + t",
    "y[i - 1] = x[i]; y[i] = y[i - 1] * 2.0",
    "z[i] = y[i] * x[i]; y[i] = z[i - 1]; z[i] = z[i] + y[i] ** 2",
    "z[i] = y[i - 1] + y[i + 1]; y[i] = z[i] * x[i]",
    "y[i] = 3.0 * x[i - 1]; y[i] = y[i] ** 2 if x[i] > 0.5 else y[i]",
    "z[i] = x[i]; z[i + 1] = z[i] * y[i]",
]
ENDS = ["np.sum(y**2) + np.sum(z * x)", "y[-1] * z[1] + z[-2]", "y[2] + z[2] * x[0]"]


@pytest.mark.parametrize("order", ["range(1, n - 1)", "reversed(range(1, n - 1))", "range(1, n - 1, 2)"])
@pytest.mark.parametrize("step", STEPS)
def test_zeros_that_are_left_out(step: str, order: str) -> None:
    x = np.array([0.4, 1.2, -0.7, 0.9, 0.3, 1.5])
    for end in ENDS:
        lines = ["def f(x):", "    n, y, z = len(x), x * 1.5, np.ones(len(x))", f"    for i in {order}:", f"        {step}", f"    return {end}", ""]
        text, name = "\n".join(lines), f"<zeros {step} {order} {end}>"
        linecache.cache[name] = (len(text), None, text.splitlines(True), name)
        found: dict[str, Any] = {"np": np}
        exec(compile(text, name, "exec"), found)
        f = found["f"]
        np.testing.assert_allclose(s2sad.grad(f)(x), numeric_gradient(f, (x,), "x"), rtol=1e-5, atol=1e-7, err_msg=end)
