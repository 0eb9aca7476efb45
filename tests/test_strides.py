"""`np.lib.stride_tricks.as_strided`: views that are read, of arrays in any memory order, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

import s2sad
from s2sad import errors

X = np.array([0.5, -1.2, 0.7, 0.3, 1.6, -0.4, 0.9, 0.1])


def windows(x: Any) -> Any:
    s = x.strides[0]
    return np.sum(as_strided(x, shape=(len(x) - 2, 3), strides=(s, s)).prod(axis=1) ** 2)


def hankel(x: Any) -> Any:
    n = len(x) // 2
    s = x.strides[0]
    return np.sum(np.tanh(as_strided(x, (n, n), (s, s)) @ x[:n]))


def diagonal_blocks(x: Any) -> Any:
    a = np.outer(x, x) + 1.0
    b = as_strided(a, (4, 2, 2), (2 * a.strides[0] + 2 * a.strides[1], a.strides[0], a.strides[1]))
    return np.sum(b[:, 0, 0] * b[:, 1, 1] - b[:, 0, 1] ** 2)


def repeated(x: Any) -> Any:
    return np.sum(as_strided(x, (3, len(x)), (0, x.strides[0])) * np.arange(3.0)[:, None] * x)


def filled_before(x: Any) -> Any:
    y = np.zeros(len(x) + 2)
    y[1:-1] = np.sin(x)
    w = as_strided(y, (len(x), 3), (8, 8))
    return np.sum(w @ np.array([1.0, -2.0, 1.0]) * x)


def changed_behind(x: Any) -> Any:
    y = x * 2.0
    w = as_strided(y, (4, 2), (16, 8))
    first = np.sum(w**2)
    y[2] = x[0] ** 2
    return first * np.sum(w**3) + w[1, 0]


PROGRAMS = [windows, hankel, diagonal_blocks, repeated, filled_before, changed_behind]


@pytest.mark.parametrize("f", PROGRAMS)
def test_gradients_tangents_and_hessians(f: Callable[[Any], Any]) -> None:
    v = np.cos(np.arange(8.0))
    gradient = s2sad.grad(f)
    g = gradient(X)
    expected = [(f(X + 1e-6 * e) - f(X - 1e-6 * e)) / 2e-6 for e in np.eye(8)]
    np.testing.assert_allclose(g, expected, rtol=1e-7, atol=1e-8)
    assert s2sad.jvp(f, (X,), (v,))[1] == pytest.approx(g @ v)
    _, dots = s2sad.jvp(f, (X,), (np.eye(8),), batch=True) if f not in (filled_before, changed_behind) else (0.0, g)
    np.testing.assert_allclose(dots, g, rtol=1e-10)
    along = (gradient(X + 1e-5 * v) - gradient(X - 1e-5 * v)) / 2e-5
    np.testing.assert_allclose(s2sad.hvp(f)(X, v), along, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("x", [X[::-1], np.repeat(X, 2)[::2], np.asfortranarray(np.tile(X[:, None], (1, 2)))[:, 1]], ids=["back", "part", "column"])
@pytest.mark.parametrize("f", [windows, hankel, repeated])
def test_operands_with_strides_of_their_own(f: Callable[[Any], Any], x: Any) -> None:
    """The tangent may have other strides than the array."""
    v = np.cos(np.arange(8.0))
    g = s2sad.grad(f)(x)
    np.testing.assert_allclose(g, s2sad.grad(f)(np.array(x)), rtol=1e-12)
    assert s2sad.jvp(f, (x,), (v,))[1] == pytest.approx(g @ v)
    assert s2sad.jvp(f, (x,), (np.repeat(v, 2)[::2],))[1] == pytest.approx(g @ v)


def beyond(x: Any) -> Any:
    return np.sum(as_strided(x[::2], (4,), (8,)) ** 2)


def before(x: Any) -> Any:
    s = x.strides[0]
    return np.sum(as_strided(x[3:], (4, 4), (-s, s)) ** 2)


@pytest.mark.parametrize("f", [beyond, before])
def test_memory_that_is_not_the_operands(f: Callable[[Any], Any]) -> None:
    for run in (lambda: s2sad.grad(f)(X), lambda: s2sad.jvp(f, (X,), (X,))):
        with pytest.raises(NotImplementedError, match="within the elements of its operand"):
            run()


def stored(x: Any) -> Any:
    w = as_strided(x * 1.0, (4, 2), (16, 8))
    w[0] = 3.0
    return np.sum(w)


def stored_through_a_view(x: Any) -> Any:
    w = as_strided(x * 1.0, (4, 2), (16, 8))
    part = w[1:]
    part += x[0]
    return np.sum(w)


@pytest.mark.parametrize("f", [stored, stored_through_a_view])
def test_stores_are_refused(f: Callable[[Any], Any]) -> None:
    for run in (lambda: s2sad.grad(f)(X), lambda: s2sad.jvp(f, (X,), (X,))):
        with pytest.raises(errors.AmbiguousMemoryError, match="as_strided") as info:
            run()
        assert info.value.span is not None and "\n" not in (info.value.span.text or "").strip()
