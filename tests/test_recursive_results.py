"""Recursive functions with several results, of which a caller uses some: the others must not take their names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import s2sad

X = np.array([0.5, 1.2, 0.7, 0.3])
V = np.array([1.0, 2.0, -1.0, 0.4])


def pair(x: Any, k: int) -> Any:
    if k == 0:
        return x * 2.0, x * x
    a, b = pair(x, k - 1)
    return a * x, a


def first(x: Any, k: int) -> Any:
    a, b = pair(x, k)
    return a * a


def second(x: Any, k: int) -> Any:
    a, b = pair(x, k)
    return b * b


def neither(x: Any, k: int) -> Any:
    pair(x, k)
    return x * x


def _kept(x: Any, k: int) -> Any:
    _, b = pair(x, k)
    return b * _


@pytest.mark.parametrize("f", [first, second, neither, _kept])
def test_results_that_are_not_used(f: Any) -> None:
    assert s2sad.check_grad(f, 1.3, 3) < 1e-8
    value, dot = s2sad.jvp(f, (1.3, 3), (1.0, None))
    assert value == pytest.approx(f(1.3, 3))
    assert dot == pytest.approx(s2sad.grad(f)(1.3, 3))


@s2sad.checkpoint
def halves(v: Any) -> Any:
    if len(v) == 1:
        return v[0] * v[0] * v[0]
    return halves(v[: len(v) // 2]) - 0.5 * halves(v[len(v) // 2 :])


def not_used(x: Any) -> Any:
    halves(x)
    return np.sum(x**3)


def used(x: Any) -> Any:
    return halves(x) * x[1]


@pytest.mark.parametrize("f", [not_used, used])
def test_hessian_products_of_checkpointed_recursion(f: Any) -> None:
    """The gradient runs the forward part again, and uses only what it saves."""
    gradient = s2sad.grad(f)
    expected = (gradient(X + 1e-6 * V) - gradient(X - 1e-6 * V)) / 2e-6
    np.testing.assert_allclose(s2sad.hvp(f)(X, V), expected, rtol=1e-6, atol=1e-8)
