"""What must not be shared, moved, fused or computed again: each gradient is compared with the one without the pass, bit for bit."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import compiler
from tests.optimize.test_passes import leave_out


def texts_and_results(f: Callable[..., Any], wrt: Any, args: tuple[Any, ...], patch: pytest.MonkeyPatch, *passes: str) -> tuple[str, str]:
    """The text with and without passes, after a check that both give the same."""
    found = s2sad.value_and_grad(f, wrt=wrt)
    result = found(*args)
    leave_out(patch, *passes)
    other = s2sad.value_and_grad(f, wrt=wrt)
    assert pickle.dumps(other(*args)) == pickle.dumps(result)
    assert s2sad.check_grad(f, *args) < 1e-6
    return found.source, other.source


X = np.array([0.3, -0.7, 1.1])


def stored_between(x):
    y = x * 2.0
    a = np.sum(np.exp(y))
    y[0] = a
    return a + np.sum(np.exp(y))


def stored_through_a_view(x):
    y = x * 2.0
    row = y[1:]
    a = np.sum(np.exp(y))
    row *= 0.5
    return a * np.sum(np.exp(y))


def stored_in_a_later_iteration(x):
    y = x * 1.0
    s = 0.0
    for i in range(3):
        s += np.sum(np.exp(y))
        y[i] = s * 0.1
    return s


def an_array_that_is_changed(x):
    s = 0.0
    for _ in range(3):
        y = np.exp(x)
        y[0] += s
        s += np.sum(y * x)
    return s


def two_results(x):
    return np.sum(np.exp(x)) * x[0]


def of_another_branch(x):
    if x[0] > 0.0:
        a = np.sum(np.exp(x))
    else:
        a = 0.0
    return a + np.sum(np.exp(x))


@pytest.mark.parametrize(
    "f", [stored_between, stored_through_a_view, stored_in_a_later_iteration, an_array_that_is_changed, two_results, of_another_branch]
)
def test_memory(f: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    texts_and_results(f, "x", (X,), monkeypatch, "common", "hoist")


def test_gradients_are_arrays_of_their_own() -> None:
    def f(x, y):
        return np.sum(np.exp(x * y)) + np.sum(x + y)

    x_bar, y_bar = s2sad.grad(lambda x, y: np.sum(x) + np.sum(y), wrt=("x", "y"))(X, X)
    assert not np.may_share_memory(x_bar, y_bar)
    x_bar, y_bar = s2sad.grad(f, wrt=("x", "y"))(X, X)
    assert not np.may_share_memory(x_bar, y_bar)


def test_nothing_raises_that_would_not_run() -> None:
    """`math.log(k)` in a loop without iterations, and a value that only an earlier loop assigns."""

    def f(x, k, n):
        for _ in range(n):
            x = x * math.log(k) + x / k
        return x

    def g(x, n):
        for _ in range(n):
            a = x * x
        for _ in range(n):
            x = x + a * a * a * a
        return x

    assert s2sad.grad(f, wrt=("x", "k"))(2.0, 0.0, 0) == (1.0, 0.0)
    assert s2sad.grad(g)(2.0, 0) == 1.0
    assert s2sad.check_grad(f, 2.0, 3.0, 4) < 1e-7 and s2sad.check_grad(g, 0.2, 3) < 1e-7


def test_no_infinity_meets_a_zero() -> None:
    """The adjoint of what the iterations share: where there are none it is zero, whatever the slope is."""

    def f(x, b, n):
        for _ in range(n):
            x = x * np.sqrt(b) + np.log(b)
        return np.sum(x)

    with np.errstate(all="ignore"):
        x_bar, b_bar = s2sad.grad(f, wrt=("x", "b"))(X, np.zeros(3), 0)
    np.testing.assert_array_equal(b_bar, np.zeros(3))
    assert s2sad.check_grad(f, X, np.array([1.0, 2.0, 3.0]), 3) < 1e-6


def test_what_a_loop_stores_to_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def f(x, w, n):
        y = x.copy()
        for i in range(n):
            y[i] = np.sum(np.tanh(y)) * np.exp(w)
        return np.sum(y)

    with_all, without = texts_and_results(f, ("x", "w"), (X, 0.3, 3), monkeypatch, "hoist")
    assert "exp = np.exp(w)\n    for" in with_all and "tanh = np.tanh(y)\n    for" not in with_all


def of_all_before(x, n):
    s = 0.0
    for i in range(n):
        s += math.sin(x[i] + s)
    return s


def total_is_read(x, n):
    s = 0.0
    for i in range(n):
        s += math.exp(x[i])
    return s * s


def of_the_next_element(x, n):
    s = 0.0
    for i in range(n - 1):
        d = x[i + 1] - x[i]
        s += math.exp(d * d)
    return s


def stores(x, n):
    y = np.zeros(n)
    s = 0.0
    for i in range(n):
        y[i] = math.exp(x[i])
        s += math.sin(y[i] * y[i])
    return s + np.sum(y * y)


def prints(x, n):
    s = 0.0
    for i in range(n):
        e = math.exp(x[i])
        print(i)
        s += e * e
    return s


def left_early(x, n):
    s = 0.0
    for i in range(n):
        e = math.exp(x[i])
        if e > 2.0:
            break
        s += e * e
    return s


def of_the_element(x, n):
    s = 0.0
    for i in range(n):
        e = math.exp(x[i])
        s += math.sin(e * e)
    return s


LOOPS = {of_all_before: 2, total_is_read: 2, of_the_next_element: 1, stores: 2, left_early: 2, of_the_element: 1}


@pytest.mark.parametrize("f", LOOPS, ids=lambda f: f.__name__)
def test_which_sweeps_are_one(f: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = s2sad.grad(f)
    gradient(X, 3)
    assert gradient.source.count("for ") == LOOPS[f], gradient.source
    texts_and_results(f, "x", (X, 3), monkeypatch, "fuse")
    assert s2sad.grad(f)(X, 0).tolist() == [0.0, 0.0, 0.0]


def test_output_comes_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    s2sad.grad(prints)(X, 3)
    assert capsys.readouterr().out == "0\n1\n2\n"


def test_errors_of_the_forward_sweep_come_first() -> None:
    """A handler sees the state that it would see without differentiation."""

    def f(x, n):
        s = 0.0
        try:
            for i in range(n):
                s += math.sqrt(x[i]) ** 3
        except ValueError:
            s = x[0] * 7.0
        return s

    assert s2sad.grad(f)(np.array([1.0, -1.0]), 2).tolist() == [7.0, 0.0]
    assert s2sad.check_grad(f, np.array([1.0, 2.0]), 2) < 1e-7


def test_the_value_keeps_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sum that is returned is added up in the author's order, in one loop with the adjoints."""
    x = np.array([1e16, 1.0, -1e16, 3.0])

    def f(x, n):
        s = 0.0
        for i in range(n):
            v = math.atan(x[i] * 1e-16) + x[i]
            s += v * 1.0
        return s

    value, _ = s2sad.value_and_grad(f)(x, 4)
    assert value == f(x, 4)


def test_numbers_from_memory_that_changes_are_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    def f(x, n):
        y = x.copy()
        s = 0.0
        for i in range(n):
            a = y[i] * 2.0
            b = a * a + s
            y[i] = b
            s += math.sin(b) * a
        return s + np.sum(y**2)

    texts_and_results(f, "x", (X, 3), monkeypatch, "recompute")


def test_a_loop_in_a_loop_computes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def f(a, x, n):
        for i in range(n):
            k = x * (a - x)
            for _ in range(i):
                m = x + 0.1 * k
                x += 0.1 * m * (a - m) * k
        return x

    with_all, without = texts_and_results(f, ("a", "x"), (1.3, 0.4, 4), monkeypatch, "recompute")
    assert with_all.count("_tape = []") <= without.count("_tape = []")


def test_passes_have_switches() -> None:
    assert {"common", "hoist", "fuse", "recompute", "repeats", "invariants"} <= compiler.PASSES
