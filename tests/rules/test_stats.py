"""Distributions of `scipy.stats`: value, gradient and tangent of their methods."""

from __future__ import annotations

import linecache
from typing import Any

import numpy as np
import pytest
from scipy import stats

import s2sad
from s2sad.errors import DifferentiationError, NoRuleError

_X, _Q = np.array([0.35, 0.6, 0.9]), np.array([0.2, 0.45, 0.7])
_SHAPES: dict[str, tuple[float, ...]] = {"gamma": (1.7,), "beta": (1.4, 2.3), "t": (3.5,), "lognorm": (0.8,)}
_CONSTANT_SHAPES = {("gamma", m) for m in ("cdf", "logcdf", "sf", "logsf", "ppf", "isf")} | {
    (d, m) for d in ("beta", "t") for m in ("cdf", "logcdf", "sf", "logsf", "ppf", "isf")
}
_DISTRIBUTIONS = ("norm", "expon", "gamma", "beta", "t", "uniform", "lognorm", "laplace", "logistic", "cauchy")
_METHODS = ("logpdf", "pdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf")


def program(expression: str, names: str) -> Any:
    text = f"def f({names}):\n    return np.sum({expression} * np.array([1.0, -0.5, 2.0]))\n"
    filename = f"<{expression}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    space: dict[str, Any] = {"np": np, "stats": stats}
    exec(compile(text, filename, "exec"), space)
    return space["f"]


@pytest.mark.parametrize("method", _METHODS)
@pytest.mark.parametrize("name", _DISTRIBUTIONS)
def test_continuous(name: str, method: str) -> None:
    shapes = _SHAPES.get(name, ())
    names = [f"p{i}" for i in range(len(shapes))]
    f = program(f"stats.{name}.{method}({', '.join(['x', *names])}, loc, scale=scale)", ", ".join(["x", *names, "loc", "scale"]))
    x = _Q if method in ("ppf", "isf") else 0.1 + 1.2 * _X
    args = (x, *shapes, 0.1, 1.2)
    live = ["x", *([] if (name, method) in _CONSTANT_SHAPES else names), "loc", "scale"]
    value, _ = s2sad.value_and_grad(f, wrt=tuple(live))(*args)
    assert value == pytest.approx(f(*args), rel=1e-12)
    assert s2sad.check_grad(f, *args, wrt=tuple(live)) < 1e-5


@pytest.mark.parametrize("name", _DISTRIBUTIONS)
def test_outside_of_the_support(name: str) -> None:
    shapes = _SHAPES.get(name, ())
    constants = "".join(f", {p}" for p in shapes)
    x = np.array([-0.7, 0.4, 1.6])
    for method in ("logpdf", "pdf", "cdf", "sf"):
        f = program(f"np.where(np.isfinite(y := stats.{name}.{method}(x{constants})), y, 0.0)", "x")
        value, gradient = s2sad.value_and_grad(f)(x)
        assert value == pytest.approx(f(x), rel=1e-12)
        assert np.all(np.isfinite(gradient))


def test_bad_scale_is_nan_as_in_scipy() -> None:
    assert np.isnan(s2sad.value_and_grad(lambda s: stats.norm.cdf(0.3, 0.0, s))(-1.0)[0])


@pytest.mark.parametrize(
    ("expression", "args"),
    [
        ("stats.poisson.logpmf(k, p)", (2.5,)),
        ("stats.poisson.pmf(k, mu=p)", (2.5,)),
        ("stats.bernoulli.logpmf(k % 2, p)", (0.3,)),
        ("stats.binom.logpmf(k, 5, p)", (0.3,)),
        ("stats.binom.logpmf(k, 5, p, loc=-1)", (0.3,)),
    ],
)
def test_discrete(expression: str, args: tuple[float, ...]) -> None:
    f = program(expression.replace("k", "np.array([0, 3, 2])"), "p")
    assert s2sad.check_grad(f, *args) < 1e-6
    assert s2sad.value_and_grad(f)(*args)[0] == pytest.approx(f(*args), rel=1e-12)


def test_impossible_counts() -> None:
    f = program("np.exp(stats.poisson.logpmf(np.array([-1.0, 1.5, 2.0]), p))", "p")
    assert s2sad.check_grad(f, 2.5) < 1e-6


class TestVectors:
    @pytest.mark.parametrize("x", [np.array([0.3, 0.6]), np.array([[0.3, 0.6], [0.1, 0.2], [1.0, -1.0]])])
    @pytest.mark.parametrize("method", ["logpdf", "pdf"])
    def test_multivariate_normal(self, x: Any, method: str) -> None:
        def log_density(x: Any, mean: Any, factor: Any) -> Any:
            return np.sum(stats.multivariate_normal.logpdf(x, mean, factor @ factor.T))

        def density(x: Any, mean: Any, factor: Any) -> Any:
            return np.sum(stats.multivariate_normal.pdf(x, mean=mean, cov=factor @ factor.T))

        f = log_density if method == "logpdf" else density
        args = (x, np.array([0.1, -0.2]), np.array([[1.2, 0.1], [0.3, 0.9]]))
        assert s2sad.check_grad(f, *args) < 1e-5

    def test_covariance_of_which_one_triangle_is_read(self) -> None:
        def f(cov: Any) -> Any:
            return stats.multivariate_normal.logpdf(np.array([0.3, 0.6]), np.zeros(2), cov)

        assert s2sad.check_grad(f, np.array([[1.2, 0.1], [0.1, 0.9]])) < 1e-5


class TestTexts:
    def test_standalone(self) -> None:
        def f(mu: float) -> float:
            return stats.norm.logpdf(0.3, mu, 2.0)

        text = s2sad.source(f, standalone=True, signature="mu: float")
        assert "s2sad" not in text
        space: dict[str, Any] = {}
        exec(compile(text, "<standalone>", "exec"), space)
        assert space["f_grad"](0.1) == pytest.approx(0.05)

    def test_tangent(self) -> None:
        _, slope = s2sad.jvp(lambda mu: stats.norm.logpdf(0.3, mu, 2.0), (0.1,), (1.0,))
        assert slope == pytest.approx(0.05)


class TestRefusals:
    def test_distribution(self) -> None:
        with pytest.raises(NoRuleError, match=r"scipy\.stats\.weibull_min has no derivative rules"):
            s2sad.grad(lambda c: stats.weibull_min.logpdf(0.3, c))(1.5)

    def test_parameters(self) -> None:
        with pytest.raises(DifferentiationError, match=r"t\.logpdf takes df, loc, scale"):
            s2sad.grad(lambda x: stats.t.logpdf(x))(1.5)

    def test_shape_of_a_distribution_function(self) -> None:
        with pytest.raises(NoRuleError, match="no derivative with respect to 'a'"):
            s2sad.grad(lambda a: stats.gamma.cdf(0.3, a))(1.5)
