"""What Python reads first: the item of `y[i] += f(y)` is read before the call changes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import s2sad

Y = np.array([0.5, 1.2, -0.7, 2.0])


def h(v, c=3.0):
    v[:1] *= c
    v[1] += v[0]
    return v[0] * c


def f1(y):
    y[0] += h(y)
    return np.sum(y * y)


def f2(y):
    y[:2] += h(y)
    return np.sum(y * y)


def f3(y):
    y[[0, 1]] *= h(y)
    return np.sum(y * y)


def f4(y):
    a = y[0] * h(y) + y[0] * h(y, y[1])
    return a + np.sum(y * y)


def f5(y, n):
    l = [y[0]]
    for i in range(n):
        l.append(y[i])

    def g():
        l[0] = l[0] * l[-1]
        return l[0]

    l[0] += g()
    l[-1] *= g()
    return sum(v * v for v in l)


def f6(y):
    y += h(y)
    z = y
    z *= h(y) * y[0]
    return np.sum(y * y)


def f7(y):
    d = {"a": y[0]}

    def g():
        d["a"] = d["a"] * 3
        return d["a"]

    d["a"] += g()
    return d["a"] * y[1]


def f8(y):
    i = 0
    y[i], y[y.argmax()] = y[1], h(y)
    return np.sum(y * y)


CASES: list[Any] = [
    (f1, ()),
    (f2, ()),
    (f3, ()),
    (f4, ()),
    (f5, (0,)),
    (f5, (3,)),
    (f6, ()),
    (f7, ()),
    (f8, ()),
]


@pytest.mark.parametrize(("f", "args"), CASES, ids=lambda v: getattr(v, "__name__", ""))
def test_right(f: Any, args: tuple[Any, ...]) -> None:
    value, _ = s2sad.value_and_grad(f)(Y, *args)
    assert value == pytest.approx(f(Y.copy(), *args), rel=1e-12)
    assert s2sad.check_grad(f, Y, *args) < 1e-6


class Plate:
    def __init__(self, flat: Any) -> None:
        self.flat = flat


def doubled(x: Any) -> Plate:
    x *= 2.0
    return Plate(x)


def once(x: Any) -> Any:
    doubled(x).flat[1] += 1.0
    return np.sum(x**2) + doubled(x).flat[0]


def test_what_is_subscripted_is_evaluated_once() -> None:
    value, _ = s2sad.value_and_grad(once)(Y)
    assert value == pytest.approx(once(Y.copy()), rel=1e-12)
    assert s2sad.check_grad(once, Y) < 1e-6
