"""Memory that only the run can tell apart: merged names, arrays in lists with names of their own, views or copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

X = np.array([0.5, 0.2, 1.3, 0.4])
Function = Callable[..., Any]


def chosen_by_a_branch(x: Any, n: int) -> Any:
    a, b = x * 2.0, x + 1.0
    z = a if n > 1 else b
    z[0] *= 3.0
    z[1] = z[0] * a[2]
    return np.sum(a * b) + z[1] ** 2


def chosen_views(x: Any, n: int) -> Any:
    a = np.outer(x, x)
    row = a[1] if n > 2 else a[:, 2]
    part = row[::-1] if n % 2 else row[1:]
    part[0] *= x[3]
    row += part[0]
    return np.sum(a**2)


def turned_about_in_a_loop(x: Any, n: int) -> Any:
    a, b = x * 2.0, np.sin(x)
    z = a
    for i in range(n):
        z[i % 4] *= a[0] + b[1]
        z = b if z is a else a
        z += x[i % 4]
    return np.sum(a**2 * b)


def three_buffers_in_turn(x: Any, n: int) -> Any:
    old, now, new = x * 0.5, x.copy(), np.zeros_like(x)
    first = now
    for _ in range(n):
        new[1:-1] = 2.0 * now[1:-1] - old[1:-1] + 0.1 * (now[2:] - now[:-2])
        new[0] = now[0] * x[1]
        new[-1] = old[-1]
        old, now, new = now, new, old
        if now[1] > 1.0:
            now[1] *= first[2]
    return np.sum(now**2) + np.sum(first * old)


def kept_if_accepted(x: Any, n: int) -> Any:
    now = x * 2.0
    start = now
    for i in range(n):
        new = np.zeros_like(now)
        new[1:] = now[:-1] * x[i % 4]
        new[0] = now[i % 4] ** 2
        if new[0] > 0.3:
            now = new
            if i == 3:
                break
        now[2] += 0.5 * now[0]
    return np.sum(now**2) + np.sum(start)


def one_of_many_in_a_list(x: Any, n: int) -> Any:
    u, w = x * 2.0, x + 1.0
    items = [u, w]
    for i in range(n):
        v = items[i % 2]
        v[i % 4] = v[0] * u[1]
        w += u
    items.append(x * x)
    items[0] = items[2]
    u *= 2.0
    items[0][1] = u[0] * 3
    s = 0.0
    for q in items:
        s = s + np.sum(q**2)
    return s + np.sum(u)


def worst_is_replaced(x: Any, n: int) -> Any:
    points = [x * 1.0, x + 1.0, 0.5 * x]
    best = points[0]
    for k in range(n):
        worst = points[0]
        for p in points[1:]:
            if np.sum(p) > np.sum(worst):
                worst = p
        worst *= 0.5
        best[k % 4] += 0.1 * worst[0]
        points[k % 3] = worst + best
    return np.sum(points[0] * points[1]) + np.sum(best)


def a_name_for_what_is_replaced(x: Any, n: int) -> Any:
    points = [x * 1.0, x + 1.0, 0.5 * x]
    best = points[0]
    for k in range(n):
        points[k % 3] = best * x
    return np.sum(points[0] * points[1]) + np.sum(best)


def list_or_list(x: Any, n: int) -> Any:
    a, b = [], []
    for i in range(n + 1):
        a.append(x[i % 4])
        b.append(x[0] * x[i % 3])
    for i in range(n):
        c = a if i % 2 else b
        c.append(c[0] * x[i % 4])
        c[0] = c[-1] + 1.0
    return sum(a) * sum(b)


def popped(x: Any, n: int) -> Any:
    stack = [x * 2.0]
    top = stack[0]
    for i in range(n):
        stack.append(top * x)
        top = stack.pop() if i % 2 else stack[-1]
        top[i % 4] *= 2.0
    return np.sum(top**2) + np.sum(stack[0] * stack[-1])


def in_an_attempt(x: Any, n: int) -> Any:
    a, b = x * 1.0, x * 3.0
    try:
        z = a
        if n > 2:
            raise ValueError
    except ValueError:
        z = b
    z[1] = z[0] * x[2]
    return np.sum(a * b)


def flattened(x: Any, n: int) -> Any:
    y = np.outer(x, x)
    y = y.T if n % 2 else y
    flat = y.reshape(-1)
    flat[1] = x[0] ** 2
    flat[n] *= 3.0
    return np.sum(y**3) + np.sum(flat**2)


def raised_through_ravel(x: Any, n: int) -> Any:
    y = np.asfortranarray(np.outer(x, x)) if n % 2 else np.outer(x, x)
    for row in range(n):
        y[row % 4].ravel()[1:] *= x[0]
        y.ravel()[row % 4] += 1.0
    return np.sum(y**2)


ALL: list[Function] = [
    chosen_by_a_branch, chosen_views, turned_about_in_a_loop, three_buffers_in_turn, kept_if_accepted, one_of_many_in_a_list,
    worst_is_replaced, a_name_for_what_is_replaced, list_or_list, popped, in_an_attempt, flattened, raised_through_ravel,
]  # fmt: skip


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5])
@pytest.mark.parametrize("f", ALL, ids=lambda f: f.__name__)
def test_right(f: Function, n: int) -> None:
    assert s2sad.check_grad(f, X, n) < 1e-6


def through_ravel(x: Any) -> Any:
    r = x.ravel()
    r[0] = 0.0
    return np.sum(x**2)


def through_a_copy(x: Any) -> Any:
    y = np.copy(x)
    y.reshape(-1)[1] *= 2.0
    return np.sum(y**2)


def through_arithmetic(x: Any) -> Any:
    y = x + 1.0
    y.reshape(-1)[0] = 0.0
    return np.sum(y**2)


A = np.arange(1.0, 7.0).reshape(2, 3)
LAYOUTS = [A, np.asfortranarray(A), np.arange(1.0, 13.0).reshape(2, 6)[:, ::2], A[::-1], A.T, A[:1], A[:, 1]]


@pytest.mark.parametrize("x", LAYOUTS, ids=["C", "F", "strided", "reversed", "transposed", "row", "column"])
@pytest.mark.parametrize("f", [through_ravel, through_a_copy, through_arithmetic], ids=lambda f: f.__name__)
def test_strides_decide_between_view_and_copy(f: Function, x: Any) -> None:
    before = s2sad.runtime.copy_in_layout(x)
    value, _ = s2sad.value_and_grad(f)(x)
    np.testing.assert_array_equal(x, before)
    assert value == f(s2sad.runtime.copy_in_layout(x))
    s2sad.check_grad(f, x)
    s2sad.vjp(f, x)[1](1.0)


def test_copies_keep_strides() -> None:
    for x in LAYOUTS:
        y = s2sad.runtime.copy_in_layout(x)
        assert y.strides == x.strides or x.flags.c_contiguous
        assert y.flags.c_contiguous == x.flags.c_contiguous and not np.may_share_memory(x, y)
        np.testing.assert_array_equal(x, y)


def caught(x: Any) -> Any:
    x[:] = x * 2.0
    try:
        w = x.reshape(6)
        s = w[2]
    except (ValueError, TypeError):
        s = 0.0
    return s


@pytest.mark.parametrize("x", LAYOUTS[:5], ids=["C", "F", "strided", "reversed", "transposed"])
def test_handlers_do_not_see_our_errors(x: Any) -> None:
    s2sad.check_grad(caught, x)


def delayed(x: Any, lag: int) -> Any:
    past = [x[:, k] for k in range(x.shape[1])]
    for _ in range(3):
        old = past[-lag] if lag <= len(past) else past[0]
        past.append(past[-1] + 0.1 * old**2)
    return np.sum(past[-1] * past[0])


@pytest.mark.parametrize("lag", [1, 2, 5, 9])
def test_the_shape_of_memory_is_no_memory(lag: int) -> None:
    assert s2sad.check_grad(delayed, A, lag) < 1e-7
