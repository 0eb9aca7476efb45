"""Solvers of SciPy that are given a function: roots, minima, integrals, differential equations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import integrate, optimize

import s2sad
from s2sad.errors import DifferentiationError, NoRuleError


def cubic(x: float, k: float, m: float) -> float:
    return x**3 - k * m


def second_by_differences(f: Any, x: float) -> float:
    slope = s2sad.grad(f)
    return (slope(x + 1e-5) - slope(x - 1e-5)) / 2e-5


class TestRoots:
    @pytest.mark.parametrize("solver", [optimize.brentq, optimize.brenth, optimize.ridder, optimize.bisect, optimize.toms748])
    def test_of_one_unknown(self, solver: Any) -> None:
        def f(k: float) -> float:
            return solver(cubic, 0.0, 9.0, args=(k, 3.0)) ** 2

        assert s2sad.check_grad(f, 1.5) < 1e-6
        assert s2sad.jvp(f, (1.5,), (1.0,))[1] == pytest.approx(s2sad.grad(f)(1.5))

    def test_second_derivative(self) -> None:
        def f(k: float) -> float:
            return optimize.brentq(cubic, 0.0, 9.0, args=(k, 3.0))

        assert s2sad.grad(s2sad.grad(f))(1.5) == pytest.approx(second_by_differences(f, 1.5), rel=1e-6)
        assert s2sad.grad(s2sad.grad(f))(1.5) == pytest.approx(-2.0 / 9.0 * (3.0 * 1.5) ** (-5.0 / 3.0) * 9.0, rel=1e-9)

    def test_captured_values(self) -> None:
        def f(k: float, shift: float) -> float:
            c = 2.0 * k

            def power(x: float) -> float:
                return x**3 + shift

            return optimize.brentq(lambda x, n=1.0: power(x) - c * x - n, 0.0, 9.0)

        assert s2sad.check_grad(f, 1.5, -0.3) < 1e-6
        assert s2sad.grad(s2sad.grad(f))(1.5, -0.3) == pytest.approx(
            (s2sad.grad(f)(1.5 + 1e-5, -0.3) - s2sad.grad(f)(1.5 - 1e-5, -0.3)) / 2e-5, rel=1e-6
        )

    def test_the_text_has_the_function(self) -> None:
        def f(k: float) -> float:
            return optimize.brentq(lambda x: x**2 - k, 0.0, 9.0)

        text = s2sad.source(f, standalone=True)
        assert "def residual(x, k):\n    return x**2 - k\n" in text
        space: dict[str, Any] = {}
        exec(compile(text, "<standalone>", "exec"), space)
        assert "s2sad" not in text
        assert space["f_grad"](4.0) == pytest.approx(0.25)

    def test_in_a_loop(self) -> None:
        def f(k: float) -> float:
            total = 0.0
            for i in range(1, 4):
                total += optimize.newton(lambda x: x**2 - i * k, 1.0 + total)
            return total

        assert s2sad.check_grad(f, 2.0) < 1e-6

    def test_of_several_unknowns(self) -> None:
        def f(p: Any) -> Any:
            def system(x: Any, a: float) -> list[float]:
                return [x[0] ** 2 + a * x[1] - p[0], x[1] ** 3 + x[0] - p[1]]

            return np.sum(optimize.fsolve(system, [1.0, 1.0], args=(p[1],), xtol=1e-12) ** 2)

        assert s2sad.check_grad(f, np.array([3.1, 2.1]), rtol=1e-4) < 1e-4

    def test_result_object(self) -> None:
        def f(p: Any, a: Any) -> Any:
            solution = optimize.root(lambda x: np.dot(a, x) + 0.1 * x**3 - p, np.zeros(3), tol=1e-12)
            return np.sum(solution.x**2) if solution.success else 0.0

        a = 3.0 * np.eye(3) + np.arange(9).reshape(3, 3) / 10.0
        assert s2sad.check_grad(f, np.array([2.0, 3.0, 1.0]), a) < 1e-5


class TestMinima:
    def test_of_several_unknowns(self) -> None:
        def f(p: Any) -> Any:
            found = optimize.minimize(lambda x: np.sum((x - p) ** 2) + 0.5 * np.sum(x**2) * p[0], np.zeros(2), tol=1e-10)
            return np.sum(found.x**3) + found.fun

        p = np.array([0.4, 0.7])
        x = 2.0 * p / (2.0 + p[0])

        def closed(p: Any) -> Any:
            x = 2.0 * p / (2.0 + p[0])
            return np.sum(x**3) + np.sum((x - p) ** 2) + 0.5 * np.sum(x**2) * p[0]

        np.testing.assert_allclose(s2sad.grad(f)(p), s2sad.grad(closed)(p), rtol=1e-5)
        assert x.shape == (2,)

    def test_of_one_unknown(self) -> None:
        def f(a: float) -> float:
            return optimize.minimize_scalar(lambda x: (x - a) ** 2 + x, tol=1e-10).x ** 2

        assert s2sad.grad(f)(2.0) == pytest.approx(2.0 * 1.5, rel=1e-6)


class TestIntegrals:
    def test_parameters_and_limits(self) -> None:
        def f(k: float, b: float) -> float:
            return integrate.quad(lambda x: np.exp(-k * x) * x, 0.1 * b, b)[0] ** 2

        assert s2sad.check_grad(f, 1.5, 2.0) < 1e-7
        assert s2sad.grad(s2sad.grad(f))(1.5, 2.0) == pytest.approx(
            (s2sad.grad(f)(1.5 + 1e-5, 2.0) - s2sad.grad(f)(1.5 - 1e-5, 2.0)) / 2e-5, rel=1e-6
        )
        value, slope = s2sad.jvp(f, (1.5, 2.0), (1.0, 0.5))
        assert slope == pytest.approx(s2sad.grad(f)(1.5, 2.0) + 0.5 * s2sad.grad(f, wrt="b")(1.5, 2.0))
        assert value == pytest.approx(f(1.5, 2.0))

    def test_array_of_parameters_and_infinite_limit(self) -> None:
        def f(p: Any) -> Any:
            value, _ = integrate.quad(lambda x, q: p[0] * np.exp(-p[1] * x) * q, 0.0, np.inf, args=(p[1],))
            return value

        np.testing.assert_allclose(s2sad.grad(f)(np.array([1.5, 2.0])), [1.0, 0.0], atol=1e-8)

    def test_second_derivative_where_limit_and_integrand_vary(self) -> None:
        """The integrand at the limit occurs as a constant slope and as what is differentiated: equal, but not one value."""

        def f(k: float) -> float:
            return integrate.quad(lambda x: np.exp(-k * x), 0.0, k)[0] ** 2

        assert s2sad.hvp(f)(0.7, 1.0) == pytest.approx(second_by_differences(f, 0.7), rel=1e-6)
        assert s2sad.grad(s2sad.grad(f))(0.7) == pytest.approx(second_by_differences(f, 0.7), rel=1e-6)


class TestDifferentialEquations:
    def test_solve_ivp(self) -> None:
        def f(y0: Any, k: float, p: Any) -> Any:
            def slope(t: float, y: Any, k: float) -> Any:
                return np.array([y[1] * p[0], -k * y[0] - p[1] * y[1]])

            solution = integrate.solve_ivp(slope, (0.0, 2.0), y0, args=(k,), rtol=1e-9, atol=1e-10)
            return np.sum(solution.y[:, -1] ** 2)

        assert s2sad.check_grad(f, np.array([1.5, 2.0]), 1.3, np.array([1.0, 0.4]), rtol=1e-5) < 1e-5

    def test_given_times(self) -> None:
        def f(k: float) -> Any:
            times = np.linspace(0.0, 1.0, 4)
            solution = integrate.solve_ivp(lambda t, y: [-k * y[0]], (0.0, 1.0), np.array([2.0]), t_eval=times, rtol=1e-9, atol=1e-10)
            return np.sum(solution.y)

        t = np.linspace(0.0, 1.0, 4)
        assert s2sad.grad(f)(0.7) == pytest.approx(np.sum(-2.0 * t * np.exp(-0.7 * t)), rel=1e-7)

    def test_odeint(self) -> None:
        def f(y0: Any, k: float) -> Any:
            return np.sum(integrate.odeint(lambda y, t: [y[1], -k * y[0]], y0, np.linspace(0.0, 1.0, 5))[1:] ** 2)

        assert s2sad.check_grad(f, np.array([1.5, 2.0]), 1.3, rtol=1e-5) < 1e-5


class TestRefusals:
    @pytest.mark.parametrize(
        ("f", "message"),
        [
            (lambda a: optimize.newton(lambda x: x**2 - a, 1.0, fprime=lambda x: 2 * x), "'fprime'"),
            (lambda a: optimize.brentq(lambda x: x - a, 0.0, 9.0, full_output=True)[0], "'full_output'"),
            (lambda a: optimize.minimize(lambda x: (x[0] - a) ** 2, np.zeros(1), bounds=[(0, 1)]).x[0], "'bounds'"),
            (lambda a: optimize.minimize(lambda x: (x[0] - a) ** 2, np.zeros(1), constraints=[]).x[0], "'constraints'"),
            (lambda a: integrate.quad(lambda x: x * a, 0.0, 1.0, weight="cos", wvar=2.0)[0], "'weight'"),
        ],
    )
    def test_arguments(self, f: Any, message: str) -> None:
        with pytest.raises(NoRuleError, match=message):
            s2sad.grad(f)(2.0)

    def test_captured_structures(self) -> None:
        def f(a: float) -> float:
            values = [a, 2.0 * a]
            return optimize.brentq(lambda x: x - values[1], 0.0, 9.0)

        with pytest.raises(DifferentiationError, match="captures 'values'"):
            s2sad.grad(f)(2.0)

    def test_functions_that_change_what_they_capture(self) -> None:
        def f(a: float) -> float:
            calls = np.zeros(1)

            def residual(x: float) -> float:
                calls[0] += 1.0
                return x - a

            return optimize.brentq(residual, 0.0, 9.0)

        with pytest.raises(DifferentiationError, match="changes 'calls'"):
            s2sad.grad(f)(2.0)

    def test_methods(self) -> None:
        class Model:
            def __init__(self, a: float) -> None:
                self.a = a

            def residual(self, x: float) -> float:
                return x - self.a

        def f(a: float) -> float:
            return optimize.brentq(Model(a).residual, 0.0, 9.0)

        with pytest.raises(DifferentiationError, match="plain function or a lambda"):
            s2sad.grad(f)(2.0)
