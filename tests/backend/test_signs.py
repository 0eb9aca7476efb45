"""Where a sign and a factor of two stand: what they are moved to has to have a negative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

X = np.array([0.7, -0.4, 1.3])
UNSIGNED = np.array([200, 3, 100], np.uint8)
LEAST = np.array([-128, 3, 100], np.int8)
MASK = np.array([True, False, True])


def product(x, u):
    return np.sum(-(u * x) * x)


def quotient(x, u):
    return np.sum(-(u / x) * x**3)


def negated_first(x, u):
    return np.sum((-u) * x * x)


def added(x, u):
    return np.sum((x + -u) * x)


def of_numbers(x, u):
    n = u[0]
    return -(n * x[0]) * x[1] + (-n) * x[2]


@pytest.mark.parametrize("u", [UNSIGNED, LEAST], ids=["unsigned", "least"])
@pytest.mark.parametrize("f", [product, quotient, negated_first, added, of_numbers])
def test_integers_without_a_negative(f: Callable[..., Any], u: Any) -> None:
    with np.errstate(over="ignore"):
        value, _ = s2sad.value_and_grad(f)(X, u)
        np.testing.assert_allclose(value, f(X, u), rtol=1e-12)
        assert s2sad.check_grad(f, X, u) < 1e-6


@pytest.mark.parametrize("f", [product, quotient])
def test_booleans_have_no_negative(f: Callable[..., Any]) -> None:
    np.testing.assert_allclose(s2sad.value_and_grad(f)(X, MASK)[0], f(X, MASK), rtol=1e-12)
    assert s2sad.check_grad(f, X, MASK) < 1e-6


def doubled(x, m):
    return np.sum(2.0 * (m * x) * x)


def added_twice(x, m):
    return np.sum(m[:, None] * x + m[:, None] * x)


@pytest.mark.parametrize("m", [MASK, LEAST], ids=["booleans", "integers"])
@pytest.mark.parametrize("f", [doubled, added_twice])
def test_twice_a_product_keeps_its_type(f: Callable[..., Any], m: Any) -> None:
    x = X.astype(np.float32)
    value, x_bar = s2sad.value_and_grad(f)(x, m)
    assert value.dtype == x_bar.dtype == np.float32
    np.testing.assert_allclose(value, f(x, m), rtol=1e-6)
    np.testing.assert_allclose(x_bar, s2sad.grad(f)(X, m), rtol=1e-6)
