"""Interpolating functions of `scipy.interpolate`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import interpolate

import s2sad
from s2sad.errors import NoRuleError

NODES = np.linspace(0.0, 3.0, 7)
cubic = interpolate.CubicSpline(NODES, np.sin(NODES))
monotone = interpolate.PchipInterpolator(NODES, np.cos(NODES))
akima = interpolate.Akima1DInterpolator(NODES, np.cos(NODES))
b_spline = interpolate.make_interp_spline(NODES, np.cos(NODES), k=3)
smoothing = interpolate.UnivariateSpline(NODES, np.cos(NODES), s=0)
POINTS = np.array([0.3, 1.4, 2.2])


@pytest.mark.parametrize("spline", [cubic, monotone, akima, b_spline, smoothing])
@pytest.mark.parametrize("t", [POINTS, POINTS.reshape(3, 1), 0.7])
def test_in_the_points(spline: Any, t: Any) -> None:
    def f(t: Any) -> Any:
        return np.sum(spline(t) ** 2)

    assert s2sad.check_grad(f, t) < 1e-6


def test_derivatives_of_splines() -> None:
    def f(t: Any) -> Any:
        return np.sum(cubic(t, 1) * cubic(t, nu=2))

    assert s2sad.check_grad(f, POINTS) < 1e-6
    _, slope = s2sad.jvp(lambda t: cubic(t), (0.7,), (2.0,))
    assert slope == pytest.approx(2.0 * cubic(0.7, 1))


def test_second_derivative() -> None:
    second = s2sad.grad(s2sad.grad(lambda t: cubic(t) ** 2))(0.7)
    assert second == pytest.approx(2.0 * cubic(0.7, 1) ** 2 + 2.0 * cubic(0.7) * cubic(0.7, 2))


@pytest.mark.parametrize("ends", ["not-a-knot", "natural", "clamped"])
def test_in_the_values(ends: str) -> None:
    def natural(y: Any, t: Any) -> Any:
        return np.sum(interpolate.CubicSpline(NODES, y, bc_type="natural")(t) ** 2)

    def clamped(y: Any, t: Any) -> Any:
        return np.sum(interpolate.CubicSpline(NODES, y, bc_type="clamped")(t, 1) ** 2)

    def plain(y: Any, t: Any) -> Any:
        spline = interpolate.CubicSpline(NODES, 2.0 * y)
        return np.sum(spline(t) ** 2) + spline(0.5)

    f = {"natural": natural, "clamped": clamped, "not-a-knot": plain}[ends]
    assert s2sad.check_grad(f, np.cos(NODES), POINTS) < 1e-6


def test_in_the_values_of_a_b_spline() -> None:
    assert s2sad.check_grad(lambda y: interpolate.make_interp_spline(NODES, y, k=3)(0.7) ** 2, np.cos(NODES)) < 1e-6


def test_second_derivative_in_the_values() -> None:
    def f(a: float) -> Any:
        return interpolate.CubicSpline(NODES, np.sin(a * NODES))(0.7) ** 2

    slope = s2sad.grad(f)
    assert s2sad.grad(slope)(1.2) == pytest.approx((slope(1.2 + 1e-5) - slope(1.2 - 1e-5)) / 2e-5, rel=1e-6)


class TestRefusals:
    def test_nodes(self) -> None:
        with pytest.raises(NoRuleError, match="with respect to 'x'"):
            s2sad.grad(lambda x: interpolate.CubicSpline(x, np.cos(NODES))(0.7))(NODES)

    def test_values_of_what_is_not_linear(self) -> None:
        with pytest.raises(NoRuleError, match="it is not linear in y"):
            s2sad.grad(lambda y: interpolate.PchipInterpolator(NODES, y)(0.7))(np.cos(NODES))

    def test_several_components(self) -> None:
        curve = interpolate.CubicSpline(NODES, np.stack([np.cos(NODES), np.sin(NODES)], axis=1))
        with pytest.raises(NoRuleError, match="several components"):
            s2sad.grad(lambda t: np.sum(curve(t)))(0.7)
        with pytest.raises(NoRuleError, match="not known to be a vector"):
            s2sad.grad(lambda t: np.sum(interpolate.CubicSpline(NODES, np.ones((7, 2)))(t)))(0.7)

    def test_values_at_the_ends(self) -> None:
        with pytest.raises(NoRuleError, match="bc_type"):
            s2sad.grad(lambda y: interpolate.CubicSpline(NODES, y, bc_type=((1, 0.5), (1, 0.0)))(0.7))(np.cos(NODES))
