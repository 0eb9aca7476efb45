"""Indices that are lists and tuples, nested ones too: NumPy makes arrays of them, and what they select is a copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

A = np.arange(12.0).reshape(3, 4) / 7.0 + 0.3
T = np.arange(8.0).reshape(2, 2, 2) / 5.0 - 0.4


def rows_twice(a):
    return np.sum(a[(0, 0), :] ** 2) + np.sum(a[((2, 2),)] * a[0])


def pairs(a):
    return a[(0, 0), (1, 1)] @ np.array([1.0, 10.0]) + a[0, (2, 2, 3)] @ np.array([1.0, 2.0, 3.0]) ** 2


def tuples_of_lists(a):
    return np.sum(a[[(0, 1), (2, 2)], 1] * np.array([[1.0, 2.0], [3.0, 4.0]]))


def nested_lists(a):
    return np.sum((a[[[0]], [[1, 0]]][0] + a[:2, :2]) * np.array([[1.0, 10.0], [100.0, 1000.0]]))


def lists_of_comparisons(a):
    return np.sum(a[[a[0, 0] > 9.0, a[1, 0] > 0.0, True]] ** 2 * a[0])


def stores(a):
    b = a * 1.0
    b[(0, 0), (1, 1)] += a[1, :2]
    b[:, (0, 2)] *= a[:, 1:2]
    b[[[0, 1]], [[3], [3]]] = a[2, 0]
    c = b[(1, 2), :]
    c[0] = 7.0
    return np.sum(b**2) + np.sum(c**2)


def stored_to_afterwards(a):
    b = a * 1.0
    c = b[(0, 0), 1:]
    b[0] = 5.0
    return np.sum(c**2) + np.sum(b * a)


CASES = [rows_twice, pairs, tuples_of_lists, nested_lists, lists_of_comparisons, stores, stored_to_afterwards]


@pytest.mark.parametrize("f", CASES, ids=lambda f: f.__name__)
def test_gradients_and_tangents(f: Callable[[Any], Any]) -> None:
    assert s2sad.check_grad(f, A) < 1e-7
    direction = np.cos(A)
    _, along = s2sad.jvp(f, (A,), (direction,))
    np.testing.assert_allclose(along, np.sum(s2sad.grad(f)(A) * direction), rtol=1e-12)


def test_nested_lists_where_all_sizes_are_two() -> None:
    weights = np.array([[1.0, 10.0], [100.0, 1000.0]])
    assert s2sad.check_grad(lambda t: np.sum((t[[0, 1], 1] + t[[[0]], [[1, 0]]][0]) * weights), T) < 1e-7
