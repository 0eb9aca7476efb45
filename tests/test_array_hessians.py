"""Hessians of programs of NumPy's functions on arrays: the rules of their adjoints' helpers, at work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

X = np.arange(6.0).reshape(2, 3) ** 1.3 + 0.5
w = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.6]])


def extremum(x):
    return np.sum(np.max(x * x, axis=0) ** 2)


def products(x):
    return np.prod(x) + np.sum(np.prod(x, axis=1) ** 2)


def running_product(x):
    return np.sum(np.cumprod(x, axis=1) * w)


def deviation(x):
    return np.sum(np.std(x**2, axis=0) ** 3)


def norms(x):
    return np.sum(np.linalg.norm(x, axis=1) ** 3)


def ordered(x):
    return np.sum(np.sort(x**2, axis=1) * w)


def middle(x):
    return np.median(x**3) ** 2


def padded(x):
    return np.sum(np.pad(x**2, 1, mode="reflect") ** 2)


def differences(x):
    return np.sum(np.diff(x**2, axis=1) ** 3)


def area(x):
    return _trapezoid(x[0] ** 2, x[1])


def slopes(x):
    return np.sum(np.gradient(x[0] ** 2, 0.5) ** 2)


def interpolated(x):
    return np.sum(np.interp(x * 0.1, np.array([0.0, 1, 2]), x[0] ** 2) ** 2)


def halves(x):
    a, b = np.split(x**2, 2)
    return np.sum(a * b**2)


def diagonals(x):
    return np.trace(x[:, :2] ** 3) ** 2 + np.sum(np.diag(x[:, :2]) ** 3)


def windows(x):
    return np.sum(np.lib.stride_tricks.sliding_window_view(x[0] ** 2, 2).mean(-1) ** 3)


def powers(x):
    return np.sum(x ** x[0, 0])


def weighted(x):
    return np.average(x**2, axis=1, weights=np.array([0.2, 0.3, 0.5])).sum() ** 2


def variance(x):
    return np.sum(np.var(x**2, axis=1, ddof=1) ** 2)


def joined(x):
    return np.sum(np.concatenate([x**2, x[:1]]) ** 3)


def running_sum(x):
    return np.sum(np.cumsum(x**2, axis=1) ** 2)


def repeated(x):
    return (
        np.sum(np.roll(x**2, 1, axis=0) * x)
        + np.sum(np.repeat(x**2, 2, axis=0) ** 2)
        + np.sum(np.tile(x**2, (2, 1)) ** 2)
    )


def pieces(x):
    return (
        np.sum(np.clip(x**2, 1, 5) ** 2) + np.sum(np.maximum(x**2, 3) ** 2) + np.sum(np.where(x > 1, x**3, 0))
    )


_trapezoid = getattr(np, "trapezoid", None) or np.trapz
PROGRAMS: list[Callable[[Any], Any]] = [
    extremum,
    products,
    running_product,
    deviation,
    norms,
    ordered,
    middle,
    padded,
    differences,
    area,
    slopes,
    interpolated,
    halves,
    diagonals,
    windows,
    powers,
    weighted,
    variance,
    joined,
    running_sum,
    repeated,
    pieces,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_hessian(f: Callable[[Any], Any]) -> None:
    gradient = s2sad.grad(f)
    columns = []
    for k in range(X.size):
        step = 1e-6 * np.eye(X.size)[k].reshape(X.shape)
        columns.append(np.ravel(gradient(X + step) - gradient(X - step)) / 2e-6)
    expected = np.array(columns)
    found = np.reshape(s2sad.hessian(f)(X), (X.size, X.size))
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7 * np.max(np.abs(expected)))
