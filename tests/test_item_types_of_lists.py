"""Run-time lists whose items are of other types than the first ones were: integers, then floats, then arrays, under any name of the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

A = np.array([[0.5, 0.2, 1.3], [0.7, 1.1, 0.4], [0.3, 0.8, 0.9]])


def extended(a: Any, n: int) -> Any:
    xs = [1]
    for k in range(n):
        xs += [xs[-1] * a[k, 0]]
    return xs[-1] * a[0, 1]


def extended_while(a: Any, n: int) -> Any:
    xs = [1]
    while len(xs) <= n:
        xs += [xs[-1] * a[0, 0]]
    return xs[-1] * a[0, 1]


def numbers_then_arrays(a: Any, n: int) -> Any:
    xs = [1.0]
    for k in range(n):
        xs += [xs[-1] * a[k]]
    return np.sum(xs[-1]) * a[0, 1]


def longer_and_longer(a: Any, n: int) -> Any:
    xs = [a[0]]
    for k in range(n):
        xs += [np.outer(xs[-1], a[k]).ravel()]
    return np.sum(xs[-1])


def first_replaced(a: Any, n: int) -> Any:
    xs = [1]
    for k in range(n):
        xs[0] = xs[0] * a[k, 0]
        xs.append(2)
    return xs[0] * xs[-1]


def first_added_to(a: Any, n: int) -> Any:
    xs = [0]
    for k in range(n):
        xs += [a[k, 0]]
        xs[0] += xs[-1] * k
    return xs[0] + xs[-1]


def one_of_two(a: Any, n: int) -> Any:
    xs, ys = [1], [2]
    for k in range(n):
        xs.append(k)
        ys.append(k)
    zs = xs if a[0, 0] < 1.0 else ys
    zs.append(a[1, 1])
    return (xs[-1] if a[0, 0] < 1.0 else ys[-1]) * 3.0


def by_a_helper(a: Any, n: int) -> Any:
    def grown(items: list[Any], item: Any) -> list[Any]:
        items += [item]
        return items

    xs = [1]
    for k in range(n):
        xs = grown(xs, xs[-1] * a[k, 0])
    return xs[-1] + a[0, 0]


def table_of_zeros(a: Any, n: int) -> Any:
    rows = [[0] * (n + 1) for _ in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(n + 1):
            rows[i][j] = rows[i - 1][j] + a[0, 0] * j
    return rows[-1][-1] * a[0, 1]


def triangle(a: Any, n: int) -> Any:
    row = [1]
    for _ in range(n):
        new = [1]
        for j in range(len(row) - 1):
            new += [row[j] * a[0, 0] + row[j + 1]]
        new += [a[0, 1]]
        row = new
    return sum(row) * a[0, 2]


def rows_filled_later(a: Any, n: int) -> Any:
    rows: list[list[Any]] = []
    for k in range(n):
        rows.append([k])
    for k in range(n):
        row = rows[k]
        row.append(a[k, 0])
        rows[0][0] += a[k, 1] * k
    return (rows[-1][-1] + rows[0][0]) * a[0, 1] if rows else a[0, 0]


def shortest(a: Any, n: int) -> Any:
    far = [float("inf")] * (n + 1)
    far[0] = 0
    for k in range(n):
        for i in (k, n - 1):
            d = far[k] + a[k, i] * (1 + 0.1 * i)
            if d < far[i + 1]:
                far[i + 1] = d
    return sum(far) * a[0, 0]


def pairs(a: Any, n: int) -> Any:
    points = [(0, 0)]
    for k in range(n):
        x, y = points[-1]
        points.append((x + a[0, 0], y + a[0, 1] * k))
    return sum(p[0] * p[1] for p in points) + points[-1][0] * a[0, 2]


def pairs_on_a_stack(a: Any, n: int) -> Any:
    stack = [(0, 1)]
    total = 0
    while stack:
        node, weight = stack.pop()
        total += weight * a[node % 3, 0]
        if node < n:
            stack += [(2 * node + 1, weight * a[0, 1]), (2 * node + 2, weight)]
    return total


ALL: list[Callable[..., Any]] = [
    extended, extended_while, numbers_then_arrays, longer_and_longer, first_replaced, first_added_to, one_of_two, by_a_helper,
    table_of_zeros, triangle, rows_filled_later, shortest,
    pairs, pairs_on_a_stack,
]  # fmt: skip


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.__name__)
def test_right(f: Callable[..., Any]) -> None:
    both = s2sad.value_and_grad(f)
    for n in (3, 0, 1, 2):
        assert both(A, n)[0] == pytest.approx(f(A, n), rel=1e-12)
        assert s2sad.check_grad(f, A, n) < 1e-6
        dot = s2sad.jvp(f, (A, n), (A[::-1], None))[1]
        assert dot == pytest.approx(np.sum(both(A, n)[1] * A[::-1]))
