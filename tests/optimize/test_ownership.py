"""Memory that is made once and used in every iteration, and memory that two names share: each program computes what Python computes."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

X = np.array([0.7, -0.4, 1.3])
K = np.array([1.0, 2.0, 3.0])
M = np.arange(6.0).reshape(2, 3) * 0.3 + 0.1


def same_start_for_each_sum(x, k):
    start = k * x
    s = 0.0
    for i in range(3):
        w = start
        for j in range(3):
            w = w + x[j] * k
        s += np.sum(w**2) * (i + 1)
    return s


def same_constant_start(x, k):
    start = k * 2.0
    s = 0.0
    i = 0
    while i < 3:
        w = start
        for _ in range(3):
            w = w + 1.0
        s += np.sum(w * x)
        i += 1
    return s


def one_adjoint_for_all_terms(x, k):
    y = k * 1.0
    for i in range(3):
        b = x * (i + 1.0)
        b[0] = b[1] * b[0]
        y = y + b
    return np.sum(y**2)


def one_adjoint_for_nested_loops(x, k):
    y = k * 1.0
    for i in range(3):
        for j in range(2):
            b = x * (i + 1.0)
            b[j] = b[1] * b[2]
            y = b + y
    return np.sum(y * k * k)


def one_adjoint_in_a_while(x, k):
    y = k * 1.0
    i = 0
    while i < 3:
        b = x * (i + 1.0)
        b[0] = b[1] * b[0]
        y += b
        i += 1
    return np.sum(y * k * k)


def half_of_what_changes(x, k):
    b = x * x
    y = 0.5 * b
    b[0] = 7.0
    z = 2.0 * y
    return np.sum(z * b * z * k)


def half_of_what_changes_in_a_product(x, k):
    b = x * x
    y = 0.5 * b * k
    b[0] = 7.0
    z = 2.0 * y
    return np.sum(z * b * z)


def twice_half_of_an_argument(x, k):
    y = 0.5 * x
    z = 2.0 * y
    z[0] = 3.0
    return np.sum(z * x * k)


def product_of_halves_in_a_loop(x, k):
    t = 0.5 * k * x
    s = 0.0
    for i in range(3):
        z = 2.0 * t
        z[i] = z[0] * z[1]
        s += np.sum(z * k)
    return s


@pytest.mark.parametrize(
    "f",
    [
        same_start_for_each_sum, same_constant_start, one_adjoint_for_all_terms, one_adjoint_for_nested_loops, one_adjoint_in_a_while,
        half_of_what_changes, half_of_what_changes_in_a_product, twice_half_of_an_argument, product_of_halves_in_a_loop,
    ],
)  # fmt: skip
@pytest.mark.parametrize("wrt", [(0,), (0, 1)])
def test_each_use_has_its_own_memory(f: Callable[..., Any], wrt: tuple[int, ...]) -> None:
    check(f, X, K, wrt=wrt)


def half_of_a_copy(x):
    h = 0.5 * x.T.copy()
    h = 2.0 * h
    v = h.ravel()
    v[0] = x[0, 1] * 3.0
    return np.sum(h**2)


def copies_where_strides_ask_for_them(x):
    a = x * 1.5
    before = a.T.reshape(-1)
    a[0, 0] = 5.0 * x[1, 1]
    after = a.T.reshape(-1)
    return np.sum(np.sin(before) * np.sin(after) ** 2)


def adjoint_made_of_an_operand(x):
    z = np.zeros((2, 3))
    z[1] = x[1] ** 2
    v = z.reshape(-1)
    return np.sum(v[1:5]) * 2.0 + np.sum(z * x)


def adjoint_made_of_a_transpose(x):
    z = np.ones((3, 2))
    z[1] = x[0, :2] ** 2
    v = z.ravel()
    return np.sum(v[1:5] ** 2) + np.sum(z * x.T)


def adjoint_made_of_a_transpose_in_a_loop(x):
    z = np.zeros((3, 2))
    z[1] = x[0, :2] ** 2
    s = 0.0
    for i in range(2):
        v = z.reshape(6)
        v[i] = x[i, i] * s
        s = s + np.sum(v * v[::-1]) + np.sum(np.sin(z) * x.T)
    return s + np.sum(z * x.T)


def shape_of_an_argument(x):
    s = 0.1
    for _ in range(2):
        z = np.zeros(x.shape)
        z[0, 0] = s
        z[1] = x[1]
        v = z.reshape(-1)
        s = s + np.sum(v[1:4]) * 2.0
    return s


def sum_with_other_strides(x):
    w = x.T * 1.5
    w = w + x.T.copy()
    v = w.reshape(-1)
    v[1] = 5.0
    return np.sum(w**2)


def sums_with_other_strides(x):
    w = x.T * 1.5
    for _ in range(2):
        w = w + x.T.copy()
    v = w.reshape(-1)
    v[1] = 5.0
    return np.sum(w**2)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(
    "f",
    [
        half_of_a_copy, copies_where_strides_ask_for_them, adjoint_made_of_an_operand, adjoint_made_of_a_transpose,
        adjoint_made_of_a_transpose_in_a_loop, shape_of_an_argument, sum_with_other_strides, sums_with_other_strides,
    ],
)  # fmt: skip
def test_strides(f: Callable[..., Any], order: Any) -> None:
    check(f, np.array(M, order=order), wrt=(0,))


def chosen(x, k):
    w = np.where(True, k, 0.5)
    w[0] = 0.5 * x[0]
    return np.sum(w * x)


def test_integers_where_floats_may_be_chosen() -> None:
    check(chosen, X, np.array([1, 2, 3]), wrt=(0,))


def check(f: Callable[..., Any], *args: Any, wrt: tuple[int, ...]) -> None:
    """Value, gradient and tangent are right, and the arguments are left alone."""
    expected = f(*copy.deepcopy(args))
    before = pickle.dumps(args)
    value, gradient = s2sad.value_and_grad(f, wrt=wrt)(*args)
    value_along, tangent = s2sad.jvp(f, args, tuple(np.ones_like(a) if i in wrt else None for i, a in enumerate(args)))
    np.testing.assert_allclose([value, value_along], expected, rtol=1e-12)
    assert s2sad.check_grad(f, *args, wrt=wrt) < 1e-6
    np.testing.assert_allclose(tangent, sum(map(np.sum, gradient)), rtol=1e-9)
    assert pickle.dumps(args) == before
