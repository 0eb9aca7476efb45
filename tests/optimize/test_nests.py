"""Nests of loops over tables: what their elements keep is neither saved nor restored, and nothing else is left out."""

from __future__ import annotations

import linecache
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import compiler
from tests.fuzz.check import leaving_out
from tests.optimize.nests import Alike, Writer

X = np.array([0.4, 1.2, -0.7, 0.9, 0.3, 1.5])
M = np.random.default_rng(5).uniform(-1.0, 1.0, (5, 5))
SYMMETRIC = M @ M.T + 3.0 * np.eye(5)


def loaded(text: str, name: str) -> Callable[..., Any]:
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    found: dict[str, Any] = {}
    exec(compile(text, name, "exec"), found)
    return found["f"]


@pytest.mark.parametrize("seed", range(150))
def test_random_nests(seed: int) -> None:
    compare(loaded(Writer(seed).program(), f"<nest {seed}>"), X, seed)


@pytest.mark.parametrize("seed", range(80))
def test_expressions_in_many_places(seed: int) -> None:
    compare(loaded(Alike(seed).program(), f"<alike {seed}>"), np.abs(X), seed)


def compare(f: Callable[..., Any], x: Any, seed: int) -> None:
    """With the passes and without, and against a difference along a line."""
    line = np.cos(np.arange(6.0))
    for n in (4, 1, 0, 2):
        with np.errstate(all="ignore"):
            try:
                value, near = f(x, n), [f(x + h * line, n) for h in (1e-6, -1e-6)]
            except IndexError:
                continue
        if not np.isfinite(value) or abs(value) > 1e6:
            continue
        found = s2sad.grad(f)(x, n)
        with leaving_out(frozenset({"restores", "kept"}) if seed % 2 else frozenset(compiler.PASSES)):
            plain = s2sad.grad(f)(x, n)
        np.testing.assert_allclose(found, plain, rtol=1e-9, atol=1e-9 * (1.0 + np.max(np.abs(plain))))
        slope = (near[0] - near[1]) / 2e-6
        if n == 4 and np.isfinite(slope) and abs(slope) < 1e4:
            assert abs(found @ line - slope) < 1e-4 * (1.0 + abs(slope) + abs(value))


def cholesky(A: Any) -> Any:
    n = A.shape[0]
    L = np.zeros((n, n))
    for j in range(n):
        L[j, j] = np.sqrt(A[j, j] - np.sum(L[j, :j] ** 2))
        for i in range(j + 1, n):
            L[i, j] = (A[i, j] - L[i, :j] @ L[j, :j]) / L[j, j]
    return np.sum(L**2) + L[n - 1, 0]


def doolittle(A: Any) -> Any:
    n = A.shape[0]
    L = np.eye(n)
    U = np.zeros((n, n))
    for i in range(n):
        for j in range(i, n):
            s = 0.0
            for k in range(i):
                s += L[i, k] * U[k, j]
            U[i, j] = A[i, j] - s
        for j in range(i + 1, n):
            s = 0.0
            for k in range(i):
                s += L[j, k] * U[k, i]
            L[j, i] = (A[j, i] - s) / U[i, i]
    return np.sum(np.log(np.abs(np.diag(U)))) + np.sum(L)


def substitution(A: Any) -> Any:
    y = np.zeros(len(A))
    for i in range(len(A)):
        y[i] = (A[0, i] - A[i, :i] @ y[:i]) / A[i, i]
    return np.sum(y**2)


def exponentials(A: Any) -> Any:
    y = np.empty(A.shape)
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            y[i, j] = math.exp(A[i, j])
    return np.sum(y**3)


def states(A: Any) -> Any:
    H = np.zeros((4, len(A)))
    H[0] = A[0]
    for t in range(3):
        H[t + 1] = np.tanh(A @ H[t])
    return np.sum(H**2)


def pascal(A: Any) -> Any:
    n = len(A)
    P = np.zeros((n + 1, n + 1))
    for i in range(n + 1):
        P[i, 0] = 1.0
        P[i, i] = 1.0
        for j in range(1, i):
            P[i, j] = P[i - 1, j - 1] * A[0, j] + P[i - 1, j] * A[1, i - 1]
    return np.sum(P**2)


def in_both_branches(A: Any) -> Any:
    n = len(A)
    T = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i == j:
                T[i, j] = math.sqrt(1.0 + A[i, j] ** 2)
            elif j < i:
                T[i, j] = T[j, j] * A[i, j]
            else:
                T[i, j] = A[i, j] / (2.0 + A[j, i] ** 2)
    return np.sum(T**3)


@pytest.mark.parametrize("f", [cholesky, doolittle, substitution, exponentials, states, pascal], ids=lambda f: f.__name__)
def test_nothing_is_saved(f: Callable[..., Any]) -> None:
    assert "append" not in s2sad.differentiate(f).source_for(SYMMETRIC)


@pytest.mark.parametrize("f", [cholesky, doolittle, substitution, exponentials, states, in_both_branches], ids=lambda f: f.__name__)
@pytest.mark.parametrize("size", [1, 2, 5])
def test_right(f: Callable[..., Any], size: int) -> None:
    assert s2sad.check_grad(f, SYMMETRIC[:size, :size].copy()) < 1e-6


def overwritten(x: Any) -> Any:
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = np.exp(x[i])
    y[2] = x[0]
    return np.sum(y)


def overwritten_later_in_the_loop(x: Any) -> Any:
    y = np.zeros(len(x) + 1)
    for i in range(len(x)):
        y[i] = np.exp(x[i])
        y[i + 1] = y[i] * 2.0
    return np.sum(y**2)


def overwritten_through_a_view(x: Any) -> Any:
    y = np.zeros(len(x))
    v = y[1:]
    for i in range(len(x)):
        y[i] = np.exp(x[i])
    v[0] = 3.0
    return np.sum(y * y)


def overwritten_by_a_function(x: Any) -> Any:
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = np.exp(x[i])
    np.multiply(y, 2.0, out=y)
    return np.sum(y)


def read_before_the_store(x: Any) -> Any:
    y = np.ones(len(x))
    s = 0.0
    for i in range(len(x)):
        before = y[i] * x[i]
        y[i] = np.exp(x[i]) * before
        s += y[i] / (2.0 + before * before)
    return s + np.sum(y)


def single_precision(x: Any) -> Any:
    y = np.zeros(len(x), dtype=np.float32)
    for i in range(len(x)):
        y[i] = math.exp(x[i])
    return np.sum(y * 1.0)


def two_loads_around_a_store(x: Any) -> Any:
    n = len(x)
    u = x * 1.0
    L = np.zeros((n, n))
    for i in range(n):
        a = u[i]
        u[i] = a * a + 1.0
        for j in range(n):
            L[i, j] = (x[j] - 2.0) / a
        L[i, 0] = L[i, 0] + u[i]
    return np.sum(L**2) + np.sum(u)


def from_the_end(x: Any) -> Any:
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i - 2] = np.exp(x[i]) + y[i - 1]
    return np.sum(y**2)


def one_row_for_all(x: Any) -> Any:
    y = np.zeros((2, len(x)))
    for i in range(len(x)):
        for j in range(2):
            y[0, i] = np.exp(x[i] * (j + 1)) + y[1, i]
    return np.sum(y**2)


def some_are_left_out(x: Any) -> Any:
    y = x * 2.0
    for i in range(len(x)):
        if i > 2:
            y[i] = np.exp(y[i] * x[i])
    return np.sum(y**2)


def whole_numbers_that_wrap(x: Any) -> Any:
    y = np.zeros(8)
    k = np.uint8(2)
    for i in range(len(x)):
        k = np.uint8(k + 1)
        if k > 0:
            y[int(k - np.uint8(3))] = np.exp(x[i]) + y[i]
    return np.sum(y**2)


def two_loops_over_one_range(x: Any) -> Any:
    n = len(x)
    T = np.zeros((n, n))
    s = 0.0
    for i in range(n):
        for j in range(n):
            T[i, j] = 1.0 / x[i]
            s += x[i] * (1.0 / x[j])
    return s + np.sum(T**2)


def changed_between_two_loops_over_one_range(x: Any) -> Any:
    n = len(x)
    T = np.zeros((n, n))
    s = 0.0
    u = x * 1.0
    for i in range(n):
        for j in range(n):
            T[i, j] = 1.0 / u[j]
        for j in range(n):
            u[j] = u[j] * x[i] + 0.1
        for k in range(n):
            s += x[k] * (1.0 / u[k])
    return s + np.sum(T**2)


def with_a_new_axis(x: Any) -> Any:
    y = np.zeros(len(x))
    z = np.zeros((len(x), 2, 3))
    for i in range(len(x)):
        y[i, None] = 2.0 / (1.0 + x[i] ** 2)
        z[i, ...] = np.exp(x[:3] * x[i])
    return np.sum(y**2) + np.sum(z**2)


@pytest.mark.parametrize(
    "f",
    [two_loops_over_one_range, changed_between_two_loops_over_one_range, with_a_new_axis,
     overwritten, overwritten_later_in_the_loop, overwritten_through_a_view, overwritten_by_a_function, read_before_the_store,
     two_loads_around_a_store, from_the_end, one_row_for_all, some_are_left_out, whole_numbers_that_wrap],
    ids=lambda f: f.__name__,
)  # fmt: skip
def test_what_does_not_stay_is_saved(f: Callable[..., Any]) -> None:
    assert s2sad.check_grad(f, X.copy()) < 1e-6
    assert s2sad.check_grad(f, X[:3].copy()) < 1e-6


def test_rounded_elements_are_not_what_was_stored() -> None:
    assert "* math.exp(x[i])" in s2sad.differentiate(single_precision).source_for(X)


def changed_between_two_loops(x: Any) -> Any:
    n = len(x)
    u = x * 1.0
    L = np.zeros(n)
    for i in range(n):
        u[i] = x[i] * 2.0
    for i in range(n):
        L[i] = (x[0] - 1.0) / u[i]
    for i in range(n):
        u[i] = u[i] * u[i] + 1.0
    s = 0.0
    for i in range(n):
        q = (x[0] - 1.0) / u[i]
        s = s + q * q * q
    return s + np.sum(L)


def test_loops_over_one_range_are_told_apart() -> None:
    assert s2sad.check_grad(changed_between_two_loops, X.copy()) < 1e-6


def branches_around_a_store(x: Any) -> Any:
    n = len(x)
    u = x * 1.0
    y = np.zeros(n)
    s = 0.0
    for i in range(n):
        if u[i] > 0.5:
            y[i] = np.exp(x[i])
        else:
            u[i] = 2.0
        if u[i] > 0.5:
            s = s + np.exp(x[i]) * x[i]
    return s + np.sum(y)


def rows_with_two_axes(x: Any) -> Any:
    H = np.zeros((4, 2, 3), order="F")
    H[0] = x.reshape(2, 3)
    for t in range(3):
        H[t + 1] = np.tanh(H[t] * 1.1 + np.sum(H[t]))
    return np.sum(H**2)


def saved_in_one_branch(x: Any) -> Any:
    s, total = 1.0, 0.0
    y = np.zeros(len(x))
    for i in range(len(x)):
        s = s * x[i] + 0.3
        if x[i] > 0.5:
            total = total + s * s * x[i]
        elif x[i] > 0.0:
            y[i] = np.sin(s)
        else:
            total = total + x[i]
    return total + np.sum(y * y)


@pytest.mark.parametrize("f", [branches_around_a_store, rows_with_two_axes, saved_in_one_branch], ids=lambda f: f.__name__)
def test_branches_and_rows(f: Callable[..., Any]) -> None:
    assert s2sad.check_grad(f, X.copy()) < 1e-6
