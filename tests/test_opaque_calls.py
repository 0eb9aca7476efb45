"""Calls that are executed as they stand, in helpers that nothing differentiated flows through: what they store is restored."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

X = np.array([0.3, 0.9, -0.4, 1.3])
WEIGHTS = np.array([0.2, 0.4, 0.6, 1.1])
_found: dict[str, Any] = {}
exec("def sourceless(w):\n    w[0] = 3.0\n    w[:] = w[::-1] + 0.0\n    return 2.0\n", _found)
sourceless = _found["sourceless"]


def calls_sourceless(w: Any) -> Any:
    a = w.shape[0]
    b = a + 1
    c = b * 2
    q = sourceless(w)
    return q * c


def through_a_helper(x: Any) -> Any:
    w = WEIGHTS.copy()
    s = np.sum(np.sin(x * w))
    q = calls_sourceless(w)
    return q * s + np.sum(np.cos(x * w))


def through_two_helpers(x: Any) -> Any:
    w = WEIGHTS.copy()
    s = 0.0
    for _ in range(3):
        s += np.sum(np.sin(x * w)) * outer(w)
    return s + np.sum(np.cos(x * w))


def outer(w: Any) -> Any:
    a = w.shape[0]
    b = a + 1
    return float(calls_sourceless(w[1:])) * 0.1 + b


def shuffled(w: Any, rng: Any) -> Any:
    a = w.shape[0]
    b = a + 1
    c = b * 2
    rng.shuffle(w)
    return 1.0 * c


def through_a_shuffle(x: Any) -> Any:
    w = WEIGHTS.copy()
    rng = np.random.default_rng(3)
    s = np.sum(np.sin(x * w))
    q = shuffled(w, rng)
    return q * s + np.sum(np.cos(x * w))


def new_memory(n: Any) -> Any:
    w = np.linspace(0.1, 1.0, n)
    a = w + 1
    b = a * 2
    sourceless(w)
    return w * b


def in_memory_of_its_own(x: Any) -> Any:
    w = new_memory(len(x))
    return np.sum(np.sin(x * w)) + np.sum(new_memory(len(x)) * x)


def one(v: Any, w: Any, k: Any) -> Any:
    if k <= 0:
        return 3
    np.copyto(v, w)
    return other(w, k - 1) - one(v, w, k - 1)


def other(w: Any, k: Any) -> Any:
    if k <= 0:
        return 0.79
    return one(w[::-1], w, 1)


def mutual_recursion(x: Any, n: int = 2) -> Any:
    w = WEIGHTS.copy()
    y = x * 1.0
    s = np.sum(np.sin(y * w))
    q = one(y, w, n)
    return s + q * 1.0 + np.sum(y * w) + np.sum(x * w)


def stores_in_turn(w: Any, n: Any) -> Any:
    if n == 0:
        return 1.0
    w[0] = 3.0
    return 2.0 * stores_in_turn(w[::-1], n - 1)


def inactive_recursion(x: Any) -> Any:
    w = WEIGHTS.copy()
    s = np.sum(np.sin(x * w))
    q = stores_in_turn(w, 3)
    return q * s + np.sum(np.cos(x * w))


def part(w: Any) -> Any:
    a = w.shape[0]
    b = a // 2
    c = b - 1
    return w[c:]


def view_of_constants_stored_to(x: Any) -> Any:
    w = WEIGHTS.copy()
    v = part(w)
    v[0] = x[0] * 2
    return np.sum(w * w * x)


def view_of_constants_read(x: Any) -> Any:
    w = WEIGHTS.copy()
    v = part(w)
    s = np.sum(np.sin(v) * x[1:])
    w[1] = 5.0
    t = np.sum(np.cos(v * x[1:]))
    w[2] = x[3]
    return s + t * np.sum(v * x[1:])


PROGRAMS: list[Callable[..., Any]] = [
    through_a_helper, through_two_helpers, through_a_shuffle, in_memory_of_its_own, mutual_recursion, inactive_recursion,
    view_of_constants_stored_to, view_of_constants_read,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("checked", ["0", "1"])
def test_right(f: Callable[..., Any], checked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S2SAD_CHECK", checked)
    assert s2sad.check_grad(f, X.copy()) < 1e-6


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_depths(n: int) -> None:
    assert s2sad.check_grad(mutual_recursion, X.copy(), n) < 1e-6


# --- adjoints of Python's numbers in lists that become arrays ---------------------------------------------------


def joined(x: Any) -> Any:
    return np.concatenate([(3, 4), [math.atan(np.sum(x * x))]])[2]


def made(x: Any) -> Any:
    return np.array([0.5, math.atan(np.sum(x * x))])[1]


@pytest.mark.parametrize("f", [joined, made], ids=lambda f: f.__name__)
def test_single_precision_stays(f: Callable[..., Any]) -> None:
    assert s2sad.grad(f)(X.astype(np.float32)).dtype == np.float32
