"""Functions with derivatives of their own: `s2sad.custom_vjp`."""

from __future__ import annotations

import linecache
import math
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import AmbiguousMemoryError, DifferentiationError, NoRuleError

calls: list[str] = []


@s2sad.custom_vjp
def power(x: Any, n: int = 2) -> Any:
    return eval("x**n")  # nothing that could be followed


def _forward(x: Any, n: int) -> Any:
    calls.append("forward")
    return x**n, (x, n)


def _backward(residuals: Any, value_bar: Any) -> Any:
    calls.append("backward")
    x, n = residuals
    return value_bar * n * x ** (n - 1), None


power.defvjp(_forward, _backward)
power.defjvp(lambda primals, tangents: primals[1] * primals[0] ** (primals[1] - 1) * tangents[0])


@s2sad.custom_vjp
def scaled(a: Any, x: Any) -> Any:
    return eval("a * x")


scaled.defvjp(lambda a, x: (a * x, (a, x)), lambda r, bar: (np.sum(bar * r[1]), r[0] * bar))


@s2sad.custom_vjp
def cubed(x: Any) -> Any:
    return eval("x**3")


cubed.defvjp(lambda x: (x**3, x), lambda x, bar: (bar * 3.0 * x * x,))


class TestReverse:
    def test_number(self) -> None:
        assert s2sad.grad(lambda x: 3.0 * power(x, 3))(2.0) == 36.0
        assert s2sad.grad(lambda x: power(x) + x)(2.0) == 5.0
        assert s2sad.grad(power)(2.0) == 4.0

    def test_a_cleared_linecache(self) -> None:
        linecache.clearcache()
        assert s2sad.grad(lambda x: cubed(x) + x)(2.0) == 13.0

    def test_array(self) -> None:
        x = np.array([1.0, 2.0, 3.0])
        gradient = s2sad.grad(lambda x: np.sum(power(2.0 * x, n=3)))(x)
        np.testing.assert_allclose(gradient, 3.0 * (2.0 * x) ** 2 * 2.0)
        np.testing.assert_array_equal(x, [1.0, 2.0, 3.0])

    def test_two_arguments(self) -> None:
        def f(a: float, x: Any) -> Any:
            return np.sum((scaled(a, x) - scaled(2.0, x[::-1])) ** 2)

        assert s2sad.check_grad(f, 1.5, np.array([1.0, 2.0, 3.0])) < 1e-6

    def test_in_a_loop_with_stores(self) -> None:
        def f(x: Any) -> Any:
            total = 0.0
            for i in range(3):
                total = total + np.sum(power(x, 3)) * (i + 1)
                x[i % 2] *= 0.5
            return total

        def plain(x: Any) -> Any:
            total = 0.0
            for i in range(3):
                total = total + np.sum(x**3) * (i + 1)
                x[i % 2] *= 0.5
            return total

        x = np.array([1.0, 2.0])
        np.testing.assert_allclose(s2sad.grad(f)(x), s2sad.grad(plain)(x))

    def test_the_rule_is_what_runs(self) -> None:
        calls.clear()
        s2sad.grad(lambda x: power(x, 3))(2.0)
        assert calls == ["forward", "backward"]

    def test_a_rule_that_is_not_the_derivative_of_the_source(self) -> None:
        @s2sad.custom_vjp
        def straight_through(x: Any) -> Any:
            return np.round(x)

        straight_through.defvjp(lambda x: (np.round(x), None), lambda _, bar: (bar,))
        np.testing.assert_array_equal(s2sad.grad(lambda x: np.sum(straight_through(x) ** 2))(np.array([0.6, 1.6])), [2.0, 4.0])


    def test_second_derivative(self) -> None:
        assert s2sad.grad(s2sad.grad(lambda x: power(x, 3)))(2.0) == pytest.approx(12.0)
        assert s2sad.grad(s2sad.grad(lambda x: power(x, 3) ** 2))(2.0) == pytest.approx(30.0 * 2.0**4)


class TestForward:
    def test_tangent(self) -> None:
        value, slope = s2sad.jvp(lambda x: 2.0 * power(x, 3), (2.0,), (0.5,))
        assert (value, slope) == (16.0, 12.0)
        _, slope = s2sad.jvp(lambda x: power(x, 3), (np.array([1.0, 2.0]),), (np.array([1.0, 0.5]),))
        np.testing.assert_array_equal(slope, [3.0, 6.0])

    def test_without_a_rule(self) -> None:
        with pytest.raises(NoRuleError, match="no forward rule"):
            s2sad.jvp(lambda a: scaled(a, 2.0), (1.0,), (1.0,))


class TestErrors:
    def test_no_rule(self) -> None:
        @s2sad.custom_vjp
        def bare(x: float) -> float:
            return x

        with pytest.raises(NoRuleError, match="no derivative rule yet"):
            s2sad.grad(lambda x: bare(x))(1.0)

    def test_shape(self) -> None:
        @s2sad.custom_vjp
        def total(x: Any) -> Any:
            return np.sum(x)

        total.defvjp(lambda x: (np.sum(x), None), lambda _, bar: (bar,))
        with pytest.raises(ValueError, match="the adjoint of argument 0 of total"):
            s2sad.grad(lambda x: total(x))(np.ones(3))

    def test_number_of_adjoints(self) -> None:
        @s2sad.custom_vjp
        def first(x: float, y: float) -> float:
            return x

        first.defvjp(lambda x, y: (x, None), lambda _, bar: (bar,))
        with pytest.raises(TypeError, match="a tuple of 2 adjoints"):
            s2sad.grad(lambda x: first(x, 1.0))(1.0)

    def test_variadic(self) -> None:
        with pytest.raises(TypeError, match=r"\*args"):
            s2sad.custom_vjp(lambda *xs: math.fsum(xs))

    def test_structures(self) -> None:
        with pytest.raises(DifferentiationError, match="is a structure"):
            s2sad.grad(lambda x: power([x, x], 1)[0])(1.0)

    @pytest.mark.parametrize("tried", [False, True])
    def test_memory_of_an_argument_that_is_stored_to(self, tried: bool) -> None:
        @s2sad.custom_vjp
        def same(x: Any) -> Any:
            return x

        same.defvjp(lambda x: (x, None), lambda _, bar: (bar,))

        def after(x: Any) -> Any:
            y = 2.0 * x
            z = same(y)
            y[0] = 5.0
            return np.sum(y * z)

        def attempted(x: Any) -> Any:
            y = 2.0 * x
            z = y
            try:
                z = same(y)
            except Exception:
                z = 3.0 * y
            y[0] = 5.0
            return np.sum(y * z)

        with pytest.raises(AmbiguousMemoryError, match="returns memory of its argument, which is stored to"):
            s2sad.grad(attempted if tried else after)(np.ones(3))

    def test_memory_of_an_argument_that_is_not_stored_to(self) -> None:
        @s2sad.custom_vjp
        def same(x: Any) -> Any:
            return x

        same.defvjp(lambda x: (x, None), lambda _, bar: (3.0 * bar,))

        def loss(x: Any) -> Any:
            y = np.zeros(3)
            y[1:] = same(x)[:2]
            return np.sum(y * same(x))

        gradient = s2sad.differentiate(loss)
        np.testing.assert_array_equal(gradient.grad(np.array([1.0, 2.0, 3.0])), 3.0 * np.array([2.0, 4.0, 2.0]))
        assert "require_apart" not in gradient.source
