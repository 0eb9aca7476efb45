"""Sizes that depend on what arrays and lists hold: nothing is concluded from the samples that types are found with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

X = np.array([0.4, 1.31, 0.8, 1.6, 0.5, 1.1])
C = np.arange(1.0, 7.0)


def elements_that_are_sizes(x: Any) -> Any:
    k = np.array([3, 1])
    y = np.zeros(k[0])
    y += x[: k[0]] * x[k[1]]
    z = np.ones((k[0], k[1])) * x[0]
    return np.sum(y * C[:3]) + np.sum(z * y) + np.sum(z * y[:, None])


def unpacked_elements(x: Any) -> Any:
    a, b, c = np.array([4, 2, 0])
    y = x[b:a]
    z = np.ones(a) * x[c]
    w = np.ones(b) * x[1]
    return np.sum(y * C[:2]) + np.sum(z * x[:a]) + np.sum(w * y)


def largest_elements(x: Any) -> Any:
    index = np.array([4, 2, 0])
    y = np.ones(int(index.max())) * x[0]
    z = np.ones(index.min() + 2) * x[1]
    w = np.ones(index[-1] + 1) * x[2]
    return np.sum(y * C[:4]) + np.sum(z * C[:2]) + np.sum(w * y) + np.sum(w * z)


def elements_in_a_loop(x: Any) -> Any:
    total = 0.0
    for i, n in enumerate(np.array([3, 1, 2])):
        y = np.ones(n) * x[i]
        z = np.ones((2, n)) * y
        total += np.sum(z * z) + np.sum(y * C[:n])
    return total


def arrays_as_shapes(x: Any) -> Any:
    shape = np.array([2, 3])
    y = np.ones(shape) * x[0]
    z = np.zeros(shape)
    z += x.reshape(2, 3)
    z[0, 1] *= x[0]
    return np.sum(y * x[:3] * z)


def axis_from_an_array(x: Any) -> Any:
    a = np.outer(x[:2], x[:3])
    axes = np.arange(2)
    mean = np.mean(a, axis=axes[0], keepdims=True)
    return np.sum(np.sum(a, axis=axes[0]) * C[:3]) + np.sum((a - mean) ** 2)


def places_where(x: Any) -> Any:
    i = np.where(x > 1.5)[0]
    return np.sum(x[i] * x)


def first_place(x: Any) -> Any:
    k = int(np.argmax(x > 1.2))
    y = np.ones((k + 1, 1)) * x[0]
    return np.sum(x[:k] * x[k:]) + np.sum(y * x) + np.sum(y * y[:1])


def counted(x: Any) -> Any:
    n = int(np.sum(x > 1.5))
    y = np.ones((n, 1)) * x[0]
    z = np.ones(n) * x[1]
    return np.sum(y * x) + np.sum(z * x)


def numbers_in_steps(x: Any) -> Any:
    t = np.arange(0.0, 2.0 * x[3], 0.5)
    y = np.zeros(len(t)) + x[0]
    return np.sum(y[:, None] * x) + np.sum(y * x[:1])


def repeats(x: Any) -> Any:
    return np.sum(np.repeat(x, np.array([0, 0, 1, 0, 0, 0])) * x)


def uneven_parts(x: Any) -> Any:
    p = np.array_split(x[:5], 4)
    total = np.sum(p[0] * p[1]) + np.sum(p[0] * p[3] * C[:2])
    for q in p:
        total += np.sum(q * p[0])
    return total


def parts_at_places(x: Any) -> Any:
    p = np.split(x, np.array([2, 3]))
    q = np.split(x, [1, 4])
    return np.sum(p[0] * C[:2]) + np.sum(p[1] * x) + np.sum(p[2] * p[1]) + np.sum(q[1] * q[0])


def lists_of_other_lengths(x: Any) -> Any:
    first, second = [], []
    for i in range(1):
        first.append(x[i])
    for i in range(3):
        second.append(2.0 * x[i])
    return np.sum(np.array(first) * np.array(second))


def numbers_of_a_list(x: Any) -> Any:
    rows = np.array([[3, 1], [2, 2]]).tolist()
    y = np.ones(rows[0][0]) * x[0]
    z = np.ones(rows[0][1]) * x[1]
    return np.sum(y * z) + np.sum(y * C[:3])


def a_mask_that_changes(x: Any) -> Any:
    mask = x > 1.5
    y = x[mask]
    mask[:] = True
    return np.sum(y * x[mask])


def a_bound_that_changes(x: Any) -> Any:
    k = np.array(5)
    y = x[k:]
    k -= 4
    return np.sum(y * x[k:])


PROGRAMS = [
    elements_that_are_sizes, unpacked_elements, largest_elements, elements_in_a_loop, arrays_as_shapes, axis_from_an_array, places_where,
    first_place, counted, numbers_in_steps, repeats, uneven_parts, parts_at_places, lists_of_other_lengths, numbers_of_a_list,
    a_mask_that_changes, a_bound_that_changes,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_sizes_that_only_the_run_tells(f: Callable[..., Any]) -> None:
    s2sad.check_grad(f, X)
    direction = np.cos(C)
    assert s2sad.jvp(f, (X,), (direction,))[1] == pytest.approx(s2sad.grad(f)(X) @ direction)


def test_sizes_that_shapes_tell_are_still_known() -> None:
    def f(x: Any) -> Any:
        n = len(x)
        y = np.zeros(n - 1)
        y += np.arange(n - 1) * x[1:]
        return np.sum(y * np.take(x, np.arange(n - 1)))

    gradient = s2sad.grad(f)
    gradient(X)
    assert "unbroadcast" not in gradient.source
