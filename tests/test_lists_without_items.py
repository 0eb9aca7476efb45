"""Lists that are read before anything was put into them, as far as the text tells, and lists of None, which do have items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

A = np.array([[0.5, 0.2, 1.3], [0.7, 1.1, 0.4], [0.3, 0.8, 0.9]])


def gram_schmidt(a: Any, n: int) -> Any:
    basis: list[Any] = []
    for v in a.T[:n]:
        for q in basis:
            v = v - (q @ v) * q
        length = np.sqrt(v @ v)
        if length > 1e-10:
            basis.append(v / length)
    return sum(q[0] * a[0, 1] for q in basis)


def accumulated(a: Any, n: int) -> Any:
    rows: list[Any] = []
    total = 0.0
    for k in range(n):
        for row in rows:
            total += row @ a[k]
        rows.append(a[k] * 2.0)
    return total


def last_of_them(a: Any, n: int) -> Any:
    xs: list[Any] = []
    for k in range(n):
        x = xs[-1] * a[k, 0] + a[k, 1] if xs else a[0, 2]
        xs += [np.sin(x)]
    return xs[0] * xs[-1] if xs else a[0, 0]


def lists_in_a_loop(a: Any, n: int) -> Any:
    total = 0.0
    for k in range(n):
        xs: list[Any] = []
        for j in range(k + 1):
            y = a[k, j]
            for x in xs:
                y = y * x
            xs.append(y + 1.0)
        total += sum(xs)
    return total


def emptied_stack(a: Any, n: int) -> Any:
    stack: list[Any] = []
    total = 0.0
    for k in range(n):
        while len(stack) > 1:
            total += stack.pop() * a[0, 1]
        stack.append(a[k, 0] ** 2)
    return total + sum(stack)


def table_of_none(a: Any, n: int) -> Any:
    memo = [None] * n
    total = 0.0
    for k in (*range(n), *range(n)):
        if memo[k // 2] is None:
            memo[k // 2] = a[k % 3, 0] * (k + 1.0)
        total = total * 1.1 + memo[k // 2]  # type: ignore[operator]
    return total


def counted_none(a: Any, n: int) -> Any:
    seen = [None] * n
    missed = 0
    for k in range(n):
        if seen[k // 2] is None:
            missed += 1
        seen[k] = a[0, 0] * k
    return missed * a[0, 1]


def made_longer(a: Any, n: int) -> Any:
    xs: list[Any] = []
    sums: list[Any] = []
    for k in range(n):
        xs, sums = xs + [a[k, 0] * k], sums + [sum(xs)]
    return sum(sums) * a[0, 0] + sum(xs)


def history_in_a_state(a: Any, n: int) -> Any:
    state: dict[str, Any] = {"history": [], "v": a[0, 0]}
    for k in range(n):
        state = {"history": state["history"] + [state["v"]], "v": state["v"] * a[k, 1]}
    return sum(state["history"]) + state["v"]


def unpacked(a: Any, n: int) -> Any:
    xs: list[Any] = []
    for k in range(n):
        xs = [*xs, a[k, 0], *xs, *[a[k, 1], 2]]
        ys = [*xs]
        ys[0] = a[0, 0]
        zs = [*xs, xs.pop() * a[k, 2]]
        xs[0] *= zs[-1] + ys[0]
    return sum(v * k for k, v in enumerate(xs)) + a[0, 1]


ALL: list[Callable[..., Any]] = [
    gram_schmidt, accumulated, last_of_them, lists_in_a_loop, emptied_stack, table_of_none, counted_none, made_longer,
    history_in_a_state, unpacked,
]  # fmt: skip


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.__name__)
def test_right(f: Callable[..., Any]) -> None:
    both = s2sad.value_and_grad(f)
    for n in (3, 0, 1, 2):
        assert both(A, n)[0] == pytest.approx(f(A, n), rel=1e-12)
        assert s2sad.check_grad(f, A, n) < 1e-6
        dot = s2sad.jvp(f, (A, n), (A[::-1], None))[1]
        assert (0.0 if dot is None else dot) == pytest.approx(np.sum(both(A, n)[1] * A[::-1]))


def test_a_list_that_is_filled_under_another_name() -> None:
    def f(x: float, n: int) -> Any:
        a: list[Any] = []
        b: list[Any] = []
        for _ in range(n):
            a.extend([])
            b.extend([])
        c = a if x > 1.0 else b
        c.append(x * x)
        return a[0] * 3.0 if x > 1.0 else b[0]

    assert s2sad.grad(f)(2.0, 1) == 12.0
    assert s2sad.grad(f)(0.5, 1) == 1.0
