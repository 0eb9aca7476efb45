"""Where a derivative is not unique, or an operand is at the edge: the values that the templates give."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.rules import registry
from tests.rules.rows import Row
from tests.rules.test_templates import adjoints


def bars(function: Any, *args: Any, y_bar: Any = None, general: bool = False, **kwargs: Any) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = function(*args, **kwargs)
        rule = registry.adjoint_rule(function)
        assert rule is not None
        seed = np.ones(np.shape(y))[()] if y_bar is None else y_bar
        found = adjoints(rule, Row(function, args, kwargs), args, y, seed, general)
    return [found.get(k) for k in range(len(args))]


@pytest.mark.parametrize("function", [np.maximum, np.minimum, np.fmax, np.fmin])
def test_elementwise_ties_are_halved(function: Any) -> None:
    left, right = bars(function, np.array([1.0, 2.0]), np.array([1.0, 2.0]))
    np.testing.assert_array_equal(left, [0.5, 0.5])
    np.testing.assert_array_equal(right, [0.5, 0.5])


@pytest.mark.parametrize("function", [max, min])
def test_ties_of_the_builtins_are_shared(function: Any) -> None:
    assert bars(function, 1.0, 1.0) == [0.5, 0.5]
    assert bars(function, 1.0, 1.0, 1.0) == pytest.approx([1 / 3] * 3)
    assert bars(function, [1.0, 1.0]) == [[0.5, 0.5]]


def test_ties_of_a_reduction_are_shared() -> None:
    (a_bar,) = bars(np.max, np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]]), axis=1)
    np.testing.assert_allclose(a_bar, [[0.0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3]])
    (a_bar,) = bars(np.min, np.array([1.0, 1.0, 3.0]))
    np.testing.assert_allclose(a_bar, [0.5, 0.5, 0.0])


@pytest.mark.parametrize("x", [0.0, np.zeros(2), np.zeros(2, complex)])
def test_slope_of_the_absolute_value_at_zero_is_zero(x: Any) -> None:
    np.testing.assert_array_equal(bars(np.abs, x)[0], np.zeros(np.shape(x)))


@pytest.mark.parametrize("general", [False, True])
@pytest.mark.parametrize("p, slope", [(0, 0.0), (0.0, 0.0), (1, 1.0), (2, 0.0), (3.0, 0.0), (0.5, np.inf)])
@pytest.mark.parametrize(
    "kind", [float, np.float64, lambda x: np.full(2, x)], ids=["float", "float64", "array"]
)
def test_powers_at_zero(p: float, slope: float, kind: Any, general: bool) -> None:
    x = kind(0.0)
    np.testing.assert_array_equal(bars(pow, x, p, general=general)[0], np.full(np.shape(x), slope))


@pytest.mark.parametrize("p", [0, 1, 2, 3, 0.0, 2.0])
@pytest.mark.parametrize(
    "f",
    [
        lambda x, p: x**p,
        math.pow,
        lambda x, p: np.sum(np.power(np.array([x, x]), p)) / 2.0,
    ],
)
def test_derivatives_of_powers_at_zero(f: Any, p: float) -> None:
    expected = [float(k == p) * math.factorial(k) for k in (1, 2, 3)]
    first = s2sad.grad(f)
    second = s2sad.grad(first)
    assert [float(d(0.0, p)) for d in (first, second, s2sad.grad(second))] == expected
    assert s2sad.hvp(f)(0.0, p, 1.0) == expected[1]


def test_exponent_of_a_base_that_is_not_positive() -> None:
    p_bar = bars(np.power, np.array([0.0, -2.0, 3.0]), np.array([2.0, 2.0, 2.0]))[1]
    np.testing.assert_allclose(p_bar, [0.0, 0.0, 9.0 * np.log(3.0)])


def test_where_keeps_the_other_side_out() -> None:
    condition = np.array([True, False])
    _, left, right = bars(np.where, condition, np.zeros(2), np.zeros(2), y_bar=np.array([np.nan, 1.0]))
    np.testing.assert_array_equal(left, [np.nan, 0.0])
    np.testing.assert_array_equal(right, [0.0, 1.0])


def test_clip_keeps_an_infinite_adjoint_of_a_clipped_element_out() -> None:
    x = np.array([-2.0, 0.0, 2.0, -1.0, 1.0])
    a_bar, low_bar, high_bar = bars(np.clip, x, -1.0, 1.0, y_bar=np.array([np.inf, 1.0, np.nan, 1.0, 1.0]))
    np.testing.assert_array_equal(a_bar, [0.0, 1.0, 0.0, 0.5, 0.5])
    assert low_bar == np.inf and np.isnan(high_bar)


def test_product_with_zeros() -> None:
    np.testing.assert_array_equal(bars(np.prod, np.array([0.0, 2.0, 3.0]))[0], [6.0, 0.0, 0.0])
    np.testing.assert_array_equal(bars(np.prod, np.array([0.0, 2.0, 0.0]))[0], [0.0, 0.0, 0.0])


def test_equal_eigenvalues_do_not_give_nan() -> None:
    rule = registry.adjoint_rule(np.linalg.eigh)
    assert rule is not None
    y = tuple(np.linalg.eigh(np.eye(3)))
    found = adjoints(
        rule, Row(np.linalg.eigh, (np.eye(3),)), (np.eye(3),), y, (np.ones(3), np.ones((3, 3))), False
    )
    assert np.all(np.isfinite(found[0]))
