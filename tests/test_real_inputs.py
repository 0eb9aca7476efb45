"""Functions of SciPy and the standard library, unmodified."""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest

import s2sad
from tests.helpers import assert_close, numeric_gradient

optimize = pytest.importorskip("scipy.optimize")

COLOURS = [(0.2, 0.5, 0.7), (0.9, 0.3, 0.05), (0.3, 0.8, 0.35), (0.6, 0.15, 0.55), (0.85, 0.9, 0.7)]
HLS_POINTS = [(0.1, 0.3, 0.5), (0.4, 0.7, 0.6), (0.55, 0.45, 0.8), (0.75, 0.6, 0.2), (0.95, 0.2, 0.9)]


@pytest.mark.parametrize("n", [2, 3, 5, 20])
def test_rosen_gradient(n: int) -> None:
    x = np.random.default_rng(n).normal(size=n)
    expected = optimize.rosen_der(x)
    np.testing.assert_allclose(
        s2sad.grad(optimize.rosen)(x), expected, rtol=1e-12, atol=1e-12 * abs(expected).max()
    )


@pytest.mark.parametrize("n", [2, 4, 11])
def test_rosen_hessian_vector_product(n: int) -> None:
    rng = np.random.default_rng(n)
    x, v = rng.normal(size=n), rng.normal(size=n)

    def slope(x: np.ndarray, v: np.ndarray) -> np.ndarray:
        return np.sum(s2sad.grad(optimize.rosen)(x) * v)

    expected = optimize.rosen_hess_prod(x, v)
    np.testing.assert_allclose(
        s2sad.grad(slope)(x, v), expected, rtol=1e-12, atol=1e-12 * abs(expected).max()
    )


def check_output(function: Callable[..., tuple[float, ...]], k: int, point: tuple[float, ...]) -> None:
    """The derivatives of one output in all three inputs against central differences."""

    def output(a: float, b: float, c: float) -> float:
        return function(a, b, c)[k]

    gradient = s2sad.grad(output, wrt=(0, 1, 2))(*point)
    expected = np.concatenate([numeric_gradient(output, point, name) for name in "abc"])
    assert_close(np.array(gradient, float), expected, 1e-7, f"output {k} of {function.__name__} at {point}")


@pytest.mark.parametrize("point", COLOURS)
@pytest.mark.parametrize("k", range(3))
def test_rgb_to_hls(k: int, point: tuple[float, ...]) -> None:
    check_output(colorsys.rgb_to_hls, k, point)


@pytest.mark.parametrize("point", HLS_POINTS)
@pytest.mark.parametrize("k", range(3))
def test_hls_to_rgb(k: int, point: tuple[float, ...]) -> None:
    check_output(colorsys.hls_to_rgb, k, point)


def test_rgb_to_hls_of_grey() -> None:
    """An early return with constants: hue and saturation do not depend on the colour there."""
    value, pullback = s2sad.vjp(colorsys.rgb_to_hls, 0.5, 0.5, 0.5)
    assert value == (0.0, 0.5, 0.0)
    assert sum(pullback((0.0, 1.0, 0.0))) == pytest.approx(1.0)
    assert pullback((1.0, 0.0, 0.0)) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("function", [colorsys.rgb_to_hls, colorsys.hls_to_rgb], ids=lambda f: f.__name__)
def test_vjp_of_all_outputs(function: Callable[..., tuple[float, ...]]) -> None:
    point, seed = (0.2, 0.45, 0.7), (1.0, -2.0, 0.5)

    def weighted(a: float, b: float, c: float) -> float:
        return sum(s * y for s, y in zip(seed, function(a, b, c)))

    value, pullback = s2sad.vjp(function, *point)
    assert value == function(*point)
    expected = np.concatenate([numeric_gradient(weighted, point, name) for name in "abc"])
    assert_close(np.array(pullback(seed), float), expected, 1e-7)


@pytest.mark.parametrize("x", [-1.3, 0.0, 0.4, 2.0])
@pytest.mark.parametrize("method", ["pdf", "cdf"])
def test_normal_distribution_in_x(method: str, x: float) -> None:
    bound = getattr(NormalDist(0.3, 1.7), method)
    expected = numeric_gradient(lambda x: bound(x), (x,), "x")
    assert_close(np.atleast_1d(s2sad.grad(bound)(x)), expected, 1e-7, method)


@pytest.mark.parametrize("x", [-1.3, 0.4])
def test_normal_distribution_in_its_parameters(x: float) -> None:
    def pdf(mu: float, sigma: float, x: float) -> float:
        return NormalDist(mu, sigma).pdf(x)

    def cdf(mu: float, sigma: float, x: float) -> float:
        return NormalDist(mu, sigma).cdf(x)

    for function in (pdf, cdf, lambda mu, sigma, x: NormalDist(mu, sigma).cdf(x) ** 2):
        args = (0.3, 1.7, x)
        gradient = s2sad.grad(function, wrt=("mu", "sigma", "x"))(*args)
        expected = np.concatenate([numeric_gradient(function, args, name) for name in ("mu", "sigma", "x")])
        assert_close(np.array(gradient, float), expected, 1e-7)


def test_cdf_derivative_is_the_density() -> None:
    distribution = NormalDist(-0.4, 0.8)
    assert s2sad.grad(distribution.cdf)(0.25) == pytest.approx(distribution.pdf(0.25), rel=1e-12)
