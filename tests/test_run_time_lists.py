"""Lists of a length that only the run knows: every way to change them, nested ones, and lists that are one object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

X = np.array([0.5, 0.2, 1.3, 0.4])


def stored_and_kept(x: Any, n: int) -> Any:
    points = [x * 1.0, x + 1.0]
    for i in range(n):
        y = x * 2.0
        points[i % 2] = y
        y[0] = x[1] * x[2]
    return np.sum(points[0] * points[1])


def slice_of_arrays(x: Any, n: int) -> Any:
    points = [x * 1.0, x + 1.0, x * x]
    new = [np.sin(x), np.cos(x)]
    for i in range(n):
        points[i % 2 :] = new
        new[0][i % 4] = x[1] * x[2]
    return np.sum(points[0] * points[1])


def rows_replaced(x: Any, n: int) -> Any:
    rows = []
    for i in range(n):
        rows.append([x[i % 4], x[0]])
    for i in range(n):
        row = rows[i]
        row[0] = row[1] * x[2]
        rows[i] = [row[0], x[3] * row[0]]
        row[1] = 5.0 * x[1]
    return sum(r[0] * r[1] for r in rows)


def one_row_many_times(x: Any, n: int) -> Any:
    rows, row = [], [x[0], x[1]]
    for _ in range(n):
        rows.append(row)
        row[0] = row[0] * x[2]
    return sum(r[0] * r[1] for r in rows)


def one_row_twice(x: Any, n: int) -> Any:
    rows = [[x[0]] * n] * 2
    for i in range(n):
        rows[i % 2][i] *= x[2]
    return sum(rows[0]) * sum(rows[1])


def name_of_a_row(x: Any, n: int) -> Any:
    rows = [[x[0]] for _ in range(n + 1)]
    row = rows[0]
    for i in range(n):
        rows[i].append(x[i % 4] * row[-1])
        row = rows[i] if i % 2 else rows[0]
        row[0] = row[0] * x[1]
    return sum(v * v for r in rows for v in r)


def one_of_two_lists(x: Any, n: int) -> Any:
    pair = ([x[0]], [x[1], x[2]])
    for i in range(n):
        pair[i % 2].append(x[i % 4])
    return sum(pair[0]) * sum(pair[1])


def slices_replaced(x: Any, n: int) -> Any:
    a = [x[0]]
    for i in range(n):
        a.append(x[i % 4])
    a[0:1] = [x[0] * x[1], x[2], x[3] ** 2]
    a[2:1] = [a[0] * x[3]]
    a[-2:] = [v * a[1] for v in a]
    return sum(a[i] * (i + 1) for i in range(len(a)))


def emptied_and_doubled(x: Any, n: int) -> Any:
    a = []
    for i in range(n + 1):
        a.append(x[i % 4])
    a[:] = a + a
    b = a * 2
    a[1:] = []
    del b[0]
    b.reverse()
    a.extend(b[:3])
    return sum(v * v * (k + 1) for k, v in enumerate(a))


def queue(x: Any, n: int) -> Any:
    waiting = [x[0], x[1]]
    total = 0.0
    for i in range(n):
        first = waiting.pop(0)
        total += first * (i + 1)
        waiting.append(first * x[2])
        waiting.insert(1, x[i % 4] ** 2)
        if i == 3:
            del waiting[-1]
    waiting.insert(-1, total)
    return total + sum(v * v for v in waiting)


def popped_from_the_middle(x: Any, n: int) -> Any:
    a = []
    for i in range(n + 3):
        a.append(x[i % 4] * (i + 1))
    k = n % 3
    middle = a.pop(k - 2)
    del a[k]
    return middle * sum(a) + a[0] ** 2


def arrays_in_a_queue(x: Any, n: int) -> Any:
    waiting = [x * 1.0, x * 2.0]
    seen = waiting[0]
    for i in range(n):
        first = waiting.pop(0)
        first[i % 4] *= x[1]
        waiting.append(first + x)
        waiting.insert(0, first)
        seen += waiting[-1]
        if len(waiting) > 3:
            waiting.clear()
            waiting.append(seen)
            waiting.append(x * seen)
    return sum(np.sum(v * v) for v in waiting) + np.sum(seen)


def searched(x: Any, n: int) -> Any:
    free, two = [0.0] * (n + 1), [x[0], x[1]]
    waited = 0.0
    for v in x:
        k = free.index(min(free))
        free[k] = max(free[k], x[0]) + v
        waited += free[k] * (1 + free.count(0.0))
        two[two.index(min(two))] *= v + 1.0
    return waited + two[0] * two[1]


ALL: list[Callable[..., Any]] = [
    stored_and_kept, slice_of_arrays, rows_replaced, one_row_many_times, one_row_twice, name_of_a_row, one_of_two_lists,
    slices_replaced, emptied_and_doubled, queue, popped_from_the_middle, arrays_in_a_queue,
    searched,
]  # fmt: skip


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5])
@pytest.mark.parametrize("f", ALL, ids=lambda f: f.__name__)
def test_right(f: Callable[..., Any], n: int) -> None:
    value, _ = s2sad.value_and_grad(f)(X, n)
    assert value == pytest.approx(f(X, n), rel=1e-12)
    assert s2sad.check_grad(f, X, n) < 1e-6
