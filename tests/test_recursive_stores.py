"""Recursive functions that store to their arguments: the reverse part undoes the stores and adds to one buffer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import s2sad
from tests.programs.divide import gini

X = np.array([0.5, 0.2, -1.3, 0.9])


def sweep(v, c=0.5):
    if len(v) > 1:
        v[1] += c * np.sin(v[0])
        sweep(v[1:])


def f1(x):
    sweep(x)
    return np.sum(x**2)


def relax(v, k):
    v *= 0.8
    if k > 0:
        v[k % 3] += 0.1
        relax(v, k - 1)


def f2(x, n):
    y = np.sin(x)
    relax(y[::-1], n)
    return np.sum(y * x)


def const(v, k):
    if k > 0:
        v[k] = 7.0
        const(v, k - 1)


def f3(x, n):
    const(x, n)
    return np.sum(x**2)


def fill(v, w, k):
    if k >= 0:
        fill(v, w, k - 1)
        w[k] = v[k] * (w[k - 1] if k else 1.0)
        fill(v[1:], w, k - 2)


def f4(x, n):
    w = np.zeros(len(x))
    fill(x, w, n)
    return np.sum(w * w * x)


def evens(v, k):
    if k > 0:
        v[0] *= v[1]
        odds(v, k - 1)


def odds(v, k):
    if k > 0:
        v[1] += np.sin(v[0])
        evens(v, k - 1)
        v[2] *= 1.5


def f6(x, n):
    for i in range(n):
        evens(x, i)
    return np.sum(x * x)


def ret(v, k):
    if k == 0:
        return v[0]
    v[0] *= v[1]
    return ret(v, k - 1) + v[0] * v[2]


def f7(x, n):
    y = x * 1.0
    return ret(y, n) * y[0]


def both(v, w, k):
    if k > 0:
        v[0] *= w[1]
        both(v, w, k - 1)


def overlapping(x):
    y = x * 1.0
    both(y, y[1:], 2)
    return np.sum(y)


def returned(v, k):
    if k > 0:
        v[0] *= v[1]
        return returned(v, k - 1)
    return v


def its_argument(x):
    return np.sum(returned(x * 1.0, 2) ** 2)


def around(x):
    total = np.zeros(2)

    def add(k):
        if k > 0:
            total[0] += x[k] * k
            add(k - 1)

    add(3)
    return total[0]


CASES: list[Any] = [
    *((gini, a) for a in ((X,), (X[:1],), (np.linspace(2.0, -1.0, 9) ** 3,))), (f1, (X,)), (f1, (X[:1],)), (f2, (X, 0)), (f2, (X, 1)),
    (f2, (X, 4)), (f3, (X, 0)), (f3, (X, 3)), (f4, (X, 0)), (f4, (X, 3)), (f6, (X, 0)), (f6, (X, 1)), (f6, (X, 4)), (f7, (X, 0)), (f7, (X, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "args"), CASES, ids=lambda v: getattr(v, "__name__", ""))
def test_right(f: Any, args: tuple[Any, ...]) -> None:
    given = args[0].copy()
    value, _ = s2sad.value_and_grad(f)(*args)
    np.testing.assert_array_equal(args[0], given)
    assert value == pytest.approx(f(given, *args[1:]), rel=1e-12)
    assert s2sad.check_grad(f, *args) < 1e-6


@pytest.mark.parametrize("f", [overlapping, its_argument, around], ids=lambda f: f.__name__)
def test_refused_with_a_hint(f: Any) -> None:
    try:
        s2sad.check_grad(f, X)
    except s2sad.errors.AmbiguousMemoryError as refusal:
        assert refusal.hint and refusal.span is not None


def handed_on(h: Any, depth: Any) -> Any:
    return h if depth < 1.0 else handed_on(h, depth - 1.0)


def test_what_is_handed_on_is_stored_to_later():
    """The store reaches the value under both names, and the adjoint under one: refused, where the depth is not known."""

    def f(x: Any, depth: float) -> Any:
        y = x * 1.0
        z = handed_on(y, depth)
        z[0] = 5.0
        return np.sum(z * y)

    with pytest.raises(s2sad.errors.AmbiguousMemoryError, match="may return an array that it was given"):
        s2sad.grad(f)(np.array([0.5, 0.7, 0.9]), 2.0)

    def stored_before(x: Any, depth: float) -> Any:
        y = np.zeros(3)
        for i in range(3):
            y[i] = x[i] ** 2
        return np.sum(handed_on(y, depth) * y)

    x = np.array([0.5, 0.7, 0.9])
    np.testing.assert_allclose(s2sad.grad(stored_before)(x, 2.0), 4.0 * x**3)

    def in_a_loop(x: Any, depth: float) -> Any:
        y = x * 1.0
        total = 0.0
        for _ in range(2):
            total += np.sum(handed_on(y, depth) ** 2)
            y[0] = 2.0 * y[1]
        return total

    with pytest.raises(s2sad.errors.AmbiguousMemoryError, match="copy what the function returns"):
        s2sad.grad(in_a_loop)(x, 2.0)


def halved_in_one_piece(v, k):
    if k == 0:
        return v[0]
    flat = v.ravel()
    flat[1] -= v[3]
    return halved_in_one_piece(v, k - 1)


def in_turn(v, k):
    return 0.0 if k == 0 else halved_in_one_piece(v, k) + in_turn(v, k - 1)


def lines_across(A, k):
    if k == 0:
        return A[0, 0]
    A[1, 1:] = A[:, -1]
    return lines_across(A, k - 1)


def one_piece(v, n=2):
    return halved_in_one_piece(v, n) + np.sum(v)


def two_functions(v, n=2):
    return in_turn(v, n) + np.sum(v)


@pytest.mark.parametrize("f", [one_piece, two_functions])
@pytest.mark.parametrize("x", [np.arange(1.0, 5.0)[::-1], np.arange(1.0, 9.0)[::2], np.arange(1.0, 5.0)], ids=["reversed", "strided", "plain"])
def test_the_layout_of_an_argument_decides_between_view_and_copy(f: Any, x: Any) -> None:
    direction = np.array([0.3, -1.1, 0.7, 0.4])
    there, back = (f(in_strides(x + h * direction, x)) for h in (1e-6, -1e-6))
    _, dot = s2sad.jvp(f, (x, 2), (direction, None))
    np.testing.assert_allclose(dot, (there - back) / 2e-6, rtol=1e-6)
    if x.flags.c_contiguous:
        np.testing.assert_allclose(s2sad.grad(f)(x, 2) @ direction, dot, rtol=1e-9)
    else:  # a contiguous copy of the argument would give the gradient of another program
        with pytest.raises(s2sad.errors.AmbiguousMemoryError, match="was copied"):
            s2sad.grad(f)(x, 2)


def crossed(A, n=1):
    return lines_across(A, n) + np.sum(A * A)


def test_lines_of_a_matrix_in_column_order() -> None:
    A = np.asfortranarray(np.arange(1.0, 13.0).reshape(3, 4))
    value, gradient = s2sad.value_and_grad(crossed)(A, 1)
    assert value == crossed(A.copy(order="F"))
    there, back = (crossed(np.asfortranarray(A + h)) for h in (1e-6, -1e-6))
    np.testing.assert_allclose(gradient.sum(), (there - back) / 2e-6, rtol=1e-6)


def in_strides(values: Any, x: Any) -> Any:
    out = np.lib.stride_tricks.as_strided(np.zeros(8 * values.size)[4 * values.size :], values.shape, x.strides)
    out[...] = values
    return out
