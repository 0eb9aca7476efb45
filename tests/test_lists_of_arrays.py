"""Lists whose items are arrays that are stored to, through the list and through names of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

X = np.array([0.7, 1.3, 0.4])


def rows_updated_in_the_list(x: np.ndarray) -> Any:
    rows = []
    for i in range(len(x)):
        r = np.zeros(3)
        r[i] = x[i]
        r[0] += 1.0
        rows.append(r)
    for i in range(1, len(x)):
        rows[i] -= rows[i - 1] * x[0]
    return np.sum(rows[-1] ** 2)


def items_stored_to(x: np.ndarray) -> Any:
    items = []
    for i in range(3):
        y = x * (i + 1.0)
        items.append(y)
    for i in range(3):
        items[i][0] = items[i][1] * x[2]
    return np.sum(items[0] * items[1] * items[2])


def array_used_after_it_was_put_in(x: np.ndarray) -> Any:
    items = []
    y = x * 1.0
    for _ in range(3):
        items.append(y)
        y[0] *= 2.0
    return np.sum(items[0] * items[1]) + items[2][0] ** 2


def views_of_an_array_that_changes(x: np.ndarray) -> Any:
    table = np.outer(x, x)
    rows = []
    for i in range(len(x)):
        rows.append(table[i])
        table[i] *= x[0]
    s = 0.0
    for r in rows:
        s += np.sum(r * r)
    return s


def one_array_many_times(x: np.ndarray) -> Any:
    n = len(x)
    items = [np.zeros(2)] * n
    for i in range(n):
        items[i][0] += x[i]
    return np.sum(items[0] * items[1])


def stored_to_after_it_was_put_in(x: np.ndarray, consume: Callable[..., Any]) -> Any:
    a = x * 2.0
    items = []
    for i in range(2):
        items.append(a)
        items.append(x * i)
    y = np.sum(consume(items) ** 2)
    a[1] = 7.0 * x[0]
    return y + np.sum(consume(items) ** 2 * y)


@pytest.mark.parametrize("consume", [np.array, np.stack, np.concatenate, np.hstack, sum], ids=lambda f: f.__name__)
def test_a_list_that_is_read_all_at_once(consume: Callable[..., Any]) -> None:
    assert s2sad.check_grad(lambda x: stored_to_after_it_was_put_in(x, consume), X) < 1e-6


def returned(x: np.ndarray) -> Any:
    a = x * 2.0
    items = []
    for _ in range(2):
        items.append(a)
    a[1] = 7.0 * x[0]
    return items


def test_a_list_that_is_returned() -> None:
    _, back = s2sad.vjp(returned, X)
    ones = np.ones_like(X)
    expected = 4.0 * ones
    expected[:2] = 18.0, 0.0
    np.testing.assert_allclose(back([ones, ones])[0], expected)


RIGHT = [rows_updated_in_the_list, items_stored_to, array_used_after_it_was_put_in, views_of_an_array_that_changes, one_array_many_times]


@pytest.mark.parametrize("f", RIGHT, ids=lambda f: f.__name__)
def test_right(f: Callable[..., Any]) -> None:
    assert s2sad.check_grad(f, X) < 1e-6


@pytest.mark.parametrize("n", [2, 3, 4, 5, 8])
def test_a_slice_of_a_list_of_unknown_length(n: int) -> None:
    def f(x: Any, a: Any) -> Any:
        _, *inner, _ = x
        s = 0.0
        for k, v in enumerate(inner[:3]):
            a[k] *= v
            s += v * inner[-1]
        return a.sum() + s

    s2sad.check_grad(f, np.arange(1.0, n + 1.0), np.ones(3))
