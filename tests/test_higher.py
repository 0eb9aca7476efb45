"""Gradients of gradients."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import errors
from tests.api_programs import X, poly, squares, stored


def newton_step(x):
    if x > 1.0:
        return x**3
    return np.sin(x) * x


def logistic(x):
    r = x
    for _ in range(4):
        x = r * x * (1.0 - x)
    return x


@pytest.mark.parametrize(
    ("f", "at"), [(poly, 1.3), (newton_step, 2.0), (newton_step, 0.4), (logistic, 0.3), (math.tanh, 0.6)]
)
def test_second_derivatives_of_scalar_functions(f: Callable[..., Any], at: float):
    first = s2sad.grad(f)
    h = 1e-6
    expected = (first(at + h) - first(at - h)) / (2 * h)
    assert s2sad.grad(first)(at) == pytest.approx(expected, rel=1e-6)


def test_third_derivative():
    assert s2sad.grad(s2sad.grad(s2sad.grad(lambda x: x**4)))(2.0) == pytest.approx(48.0)


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


@pytest.mark.parametrize("f", [squares, rosenbrock, stored, lambda x: np.sum(np.where(x > 0.5, x**3, x))])
def test_hessian_vector_products(f: Callable[..., Any]):
    gradient = s2sad.grad(f)
    v = np.array([1.0, -0.5, 2.0, 0.3])

    def along(x):
        return np.sum(gradient(x) * v)

    h = 1e-6
    expected = (gradient(X + h * v) - gradient(X - h * v)) / (2 * h)
    np.testing.assert_allclose(s2sad.grad(along)(X), expected, rtol=1e-5, atol=1e-6)


def cube(t, scale=1.0):
    return scale * t**3


def test_a_gradient_inside_a_differentiated_function():
    def penalty(x):
        return x**2 + s2sad.grad(cube)(x) ** 2

    assert s2sad.grad(penalty)(2.0) == pytest.approx(4.0 + 36.0 * 8.0)


def test_gradients_made_inside_a_differentiated_function():
    def both(x):
        value, slope = s2sad.value_and_grad(cube, wrt="t")(x)
        return value * slope

    assert s2sad.grad(both)(2.0) == pytest.approx(3.0 * 5 * 2.0**4)

    def local(x):
        return s2sad.grad(lambda t: t * x)(x)

    with pytest.raises(errors.DifferentiationError, match="module level"):
        s2sad.grad(local)(2.0)


class Potential:
    def __init__(self, w: Any) -> None:
        self.w = w

    def energy(self, x: Any) -> Any:
        return np.sum(self.w * x**3)

    def of_a_number(self, x: float, k: float = 1.0) -> Any:
        return self.w[0] * x**4 * k

    @s2sad.differentiate(wrt="x")
    def decorated(self, x: Any) -> Any:
        return np.sum(self.w * x**3)


def test_second_derivatives_of_methods():
    p, x, v = Potential(np.array([2.0, 3.0])), np.array([0.5, 0.7]), np.array([1.0, -2.0])
    for f in (p.energy, p.decorated):
        expected = np.diag(6.0 * p.w * x)
        np.testing.assert_allclose(s2sad.hvp(f)(x, v), expected @ v)
        np.testing.assert_allclose(s2sad.hessian(f)(x), expected)
        np.testing.assert_allclose(s2sad.jacfwd(s2sad.grad(f))(x), expected)
        np.testing.assert_allclose(s2sad.jvp(s2sad.grad(f), (x,), (v,))[1], expected @ v)
    assert s2sad.grad(s2sad.grad(p.of_a_number))(2.0) == pytest.approx(96.0)
    assert s2sad.grad(s2sad.grad(p.of_a_number), "k")(2.0) == pytest.approx(64.0)
    assert s2sad.check_grad(s2sad.grad(p.of_a_number), 2.0) < 1e-8
    p.w = np.ones(2)
    np.testing.assert_allclose(s2sad.hvp(p.energy)(x, v), 6.0 * x * v)


@pytest.mark.parametrize("second", [lambda f, x: s2sad.jacrev(s2sad.grad(f))(x), lambda f, x: s2sad.vjp(s2sad.grad(f), x)[1](x)])
def test_what_would_call_the_derivative_of_a_method_is_refused(second: Callable[..., Any]):
    with pytest.raises(errors.UnsupportedSyntaxError, match="the derivative of a method of an object"):
        second(Potential(np.array([2.0, 3.0])).energy, np.array([0.5, 0.7]))


def test_a_vector_is_no_tangent_of_an_object():
    with pytest.raises(TypeError, match="should be an object with the attributes"):
        s2sad.jvp(lambda p, x: p.energy(x), (Potential(np.ones(2)), np.ones(2)), (np.ones(2), np.ones(2)))
