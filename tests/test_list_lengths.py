"""The length and the truth of a list count as reads of what was appended to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import s2sad


def length(x):
    t = []
    for v in x:
        t.append(0.0)
    s = 0.0
    for i in range(len(t)):
        s += x[i] ** 2
    return s


def zipped(x):
    t = []
    for v in x:
        t.append(0.0)
    s = 0.0
    for a, b in zip(x, t):
        s += a**2
    return s


def until(x):
    hist = []
    tot = 0.0
    while len(hist) < 4:
        hist.append(x)
        tot += x**2
    return tot / len(hist)


def counted(x, n=4):
    acc = []
    for i in range(n):
        if i % 2:
            acc.append(x * i)
    return len(acc) * x


def stack(x):
    st = [1.0]
    while st:
        v = st.pop()
        x = x * 1.1 + v
        if x < 10:
            st.append(2.0)
    return x


def truth(x, n=4):
    st = []
    for i in range(n):
        st.append(1.0)
    if st:
        return x * x
    return x


def growing(x, n=4):
    st = []
    s = 0.0
    for i in range(n):
        st.append(1.0)
        s += x ** len(st) * len(st)
    st.append(2.0)
    return s * len(st)


def recurrence(x, a=(1.0, 2.0)):
    y = np.zeros(len(x))
    z = 0.0
    for n in range(len(x)):
        y[n] = a[0] * x[n] + z
        z = a[1] * y[n]
    return np.sum(y**2)


@pytest.mark.parametrize("f, at", [
    (length, [1.0, 2.0, 3.0]), (zipped, [1.0, 2.0, 3.0]), (until, 0.5), (counted, 0.5), (stack, 0.5), (truth, 0.5),
    (growing, 0.5), (recurrence, [1.0, 2.0, 3.0]),
])  # fmt: skip
def test_appends_are_kept(f: Any, at: Any) -> None:
    x = np.array(at) if isinstance(at, list) else at
    assert s2sad.value_and_grad(f)(x)[0] == pytest.approx(f(x), rel=1e-12)
    s2sad.check_grad(f, x)


def test_tapes_of_a_first_gradient_are_kept() -> None:
    c = np.array([1.0, 2.0, 3.0])
    s2sad.check_grad(lambda x: np.sum(c * s2sad.grad(recurrence)(x)), c)


@pytest.mark.parametrize("fill", [np.inf, -1e9, 1e300])
def test_large_constants_are_arrays(fill: float) -> None:
    def table(x: Any) -> Any:
        d = np.full((len(x) + 1, 3), fill)
        d[0, 0] = x[0]
        masked = np.where(x > -5.0, x, -1e9)
        masked[1:-1] *= 2.0
        return d[0, 0] + masked.sum()

    assert s2sad.grad(table)(np.ones(4)).tolist() == [2.0, 2.0, 2.0, 1.0]
