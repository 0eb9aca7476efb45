"""Lists and tuples of numbers where NumPy takes arrays: what formulas of derivatives compute with is arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

WEIGHTS = [1, 2.5, 3]
NODES = (0, 1, 3)
X, M = np.array([0.4, 1.3, 2.1]), np.array([[3.0, 0.2, 0.1], [0.3, 2.0, 0.4], [0.5, 0.1, 4.0]])


def averages(x, m):
    return np.average(x, weights=(1, 2, 3)) * np.average(m, axis=1, weights=[1, x[0], 3]) + np.average(WEIGHTS, weights=x)


def powers(x, m):
    return np.power(x, [1.5, 2, -1]) + x ** (1, 2, 3) + [1.5, 2, 3] ** x


def angles(x, m):
    return np.arctan2(x, WEIGHTS) + np.hypot(NODES, x) + np.heaviside(NODES, x[0])


def systems(x, m):
    return np.linalg.solve(m, NODES) + np.linalg.lstsq(m, WEIGHTS, rcond=None)[0] * x


def polynomials(x, m):
    fit = np.polyfit(NODES, x, 1) + np.polyfit(x, WEIGHTS, 1)
    return np.concatenate([np.polysub(NODES, x), fit])


def joined(x, m):
    return np.concatenate([np.hstack([NODES, x]), x * WEIGHTS, np.stack([x, WEIGHTS])[1] * x[0]])


def samples(x, m):
    return np.bincount((0, 1, 1), weights=x)[1] + np.histogram(NODES, bins=2, weights=x)[0] + np.geomspace(x, NODES_FROM_1, 3)[1, 0]


NODES_FROM_1 = (1, 2, 3)


def operators(x, m):
    y = x * [1, 2, 3] - (1, x[1], 2)
    y *= [2, 3, 4]
    y **= [2, 1, 2]
    y[1:] -= (1, x[0])
    return y @ [1, 2, 3] + sum(x * [1.0, x[0], 2.0]) + [[1, 2, 3], [4, 5, 6]] @ x


def stored(x, m):
    y = np.zeros((3, 2))
    y[:, 0] = [x[0] * x[1], x[2], 1]
    y[[0, 2], 1] = (x[1], x[0] ** 2)
    return y


def filled(x, m):
    y = np.full((2, 3), [x[0], x[1] * x[2], 1.0]) * np.full_like(m[:2], (x[2], 2.0, x[0]))
    return y + np.array([x[0], x[1] ** 2, 3.0], ndmin=2) * np.full((2, 1), [[x[1]], [x[2]]])


def numbers(x, m):
    y = WEIGHTS + np.mean(x)
    z = np.subtract(NODES, x[0] * x[1])
    return np.array([y[2] * z[1], np.maximum(WEIGHTS, x[2])[0]]) + np.where([True, False], x[1], [2.0, 3.0])


CASES: list[Callable[..., Any]] = [averages, powers, angles, systems, polynomials, joined, samples, operators, stored, filled]


def differences(f: Callable[..., Any]) -> list[np.ndarray]:
    """The Jacobians of `f` by central differences."""
    found = []
    for k, a in enumerate((X, M)):
        columns = []
        for index in np.ndindex(a.shape):
            step = np.zeros_like(a)
            step[index] = 1e-6
            ends = [f(*(b + sign * step if j == k else b for j, b in enumerate((X, M)))) for sign in (1, -1)]
            columns.append((ends[0] - ends[1]) / 2e-6)
        found.append(np.reshape(np.stack(columns, axis=-1), (*np.shape(columns[0]), *a.shape)))
    return found


@pytest.mark.parametrize("f", CASES, ids=lambda f: f.__name__)
def test_jacobians(f: Callable[..., Any]) -> None:
    expected = differences(f)
    both = s2sad.jacfwd(f, wrt=(0, 1))
    for found in (both(X, M), s2sad.jacrev(f, wrt=(0, 1))(X, M)):
        for a, b in zip(found, expected):
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)
    assert both._batches  # all columns at once


def test_a_number_and_a_list_from_outside() -> None:
    expected = differences(numbers)
    for found in (s2sad.jacfwd(numbers, wrt=(0, 1))(X, M), s2sad.jacrev(numbers, wrt=(0, 1))(X, M)):
        for a, b in zip(found, expected):
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)


def test_lists_are_repeated_by_integers() -> None:
    assert s2sad.grad(lambda x, n: np.sum(x * sum([1, 2] * n)))(X, 2).tolist() == [6.0] * 3


def test_a_list_that_is_stored_along_two_directions() -> None:
    def rates(u: Any) -> Any:
        du = np.zeros(2)
        du[:] = [u[1], -u[0] * u[1]]
        return du

    np.testing.assert_array_equal(s2sad.jacobian(rates)(np.array([2.0, 3.0])), [[0.0, 1.0], [-3.0, -2.0]])


def test_values_with_more_axes_than_their_place() -> None:
    def rows(x: Any) -> Any:
        y = np.zeros((2, 3))
        y[0] = x[None] ** 2
        y[...] = (y * x[0])[None, None]
        return y

    found = s2sad.jacfwd(rows)
    np.testing.assert_array_equal(found(X), s2sad.jacrev(rows)(X))
    assert found._batches
