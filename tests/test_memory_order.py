"""Programs that ask for the order of elements in memory, or for strides, and store to their arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

A = np.linspace(0.4, 1.9, 16).reshape(4, 4)
W, V = np.arange(1.0, 17.0).reshape(4, 4), np.arange(1.0, 17.0)
WIDE = np.zeros((8, 8))
WIDE[::2, ::2] = A
LAYOUTS = {"rows": A, "columns": np.asfortranarray(A), "part": WIDE[::2, ::2], "back": A[::-1, ::-1]}


def flattened(a: Any) -> Any:
    r = a.flatten("A")
    a[0] = r[:4] * 2.0
    return np.sum(a * W) + np.sum(r * V)


def of_an_array_made_like_it(a: Any) -> Any:
    b = np.empty_like(a)
    b[:] = a
    r = (b * 2.0).flatten("K")
    a[1] = r[:4]
    return np.sum(a * W) + np.sum(r * V)


def in_a_recursive_function(a: Any) -> Any:
    def again(b: Any, k: int) -> Any:
        if k == 0:
            return np.sum(b.flatten("A") * V)
        b[k] *= 2.0
        return again(b, k - 1) + b[k, 0]

    return again(a, 2)


def through_a_view(a: Any) -> Any:
    r = np.ravel(a, order="A")
    r[1] = r[2] * a[0, 0]
    a[1] *= r[3]
    return np.sum(a * W) + np.sum(r * V)


def read_through_a_view(a: Any) -> Any:
    r = np.ravel(a, order="A") * 1.0
    a[0] = r[:4] * 2.0
    return np.sum(a * W) + np.sum(r * V)


def through_a_view_of_one_of_two(a: Any) -> Any:
    b, c = 2.0 * a, 3.0 * a.T
    d = b if a[0, 0] > 0.1 else c
    r = d.ravel("A")
    r[1] = r[2] * b[0, 0]
    d[1] *= r[3]
    return np.sum(b * W) + np.sum(r * V) + np.sum(c * d)


def strides(a: Any) -> Any:
    a[0] = a[1] * (a.strides[0] / 32)
    return np.sum(a * W)


def flags(a: Any) -> Any:
    a *= 2.0 if a.flags["F_CONTIGUOUS"] else 3.0
    return np.sum(a * W)


PROGRAMS = [
    flattened, of_an_array_made_like_it, in_a_recursive_function, through_a_view, read_through_a_view, through_a_view_of_one_of_two,
    strides, flags,
]  # fmt: skip


def in_layout(a: np.ndarray, like: np.ndarray) -> np.ndarray:
    """The same numbers with the strides of another array."""
    wide = np.zeros((8, 8))
    if like is LAYOUTS["part"]:
        wide[::2, ::2] = a
        return wide[::2, ::2]
    return a[::-1, ::-1].copy()[::-1, ::-1] if like is LAYOUTS["back"] else np.array(a, order="F" if like.flags.f_contiguous else "C")


@pytest.mark.parametrize("kind", LAYOUTS)
@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_the_order_is_that_of_the_argument(f: Callable[..., Any], kind: str) -> None:
    a = LAYOUTS[kind]
    expected = np.zeros((4, 4))
    for i in np.ndindex(4, 4):
        step = np.zeros((4, 4))
        step[i] = 1e-6
        expected[i] = (f(in_layout(a + step, a)) - f(in_layout(a - step, a))) / 2e-6
    np.testing.assert_allclose(s2sad.grad(f)(in_layout(a, a)), expected, rtol=1e-6, atol=1e-6)
    _, slope = s2sad.jvp(f, (in_layout(a, a),), (V.reshape(4, 4),))
    assert slope == pytest.approx(np.sum(expected * V.reshape(4, 4)))


def test_an_argument_that_shows_memory_twice() -> None:
    def stored(x: Any) -> Any:
        x[0] = 3.0
        return np.sum(x * x)

    def read(x: Any) -> Any:
        return np.sum(x * x)

    a = np.arange(1.0, 5.0)
    windows = np.lib.stride_tricks.sliding_window_view(a, 2, writeable=True)
    np.testing.assert_allclose(s2sad.grad(read)(windows), 2.0 * windows)
    with pytest.raises(s2sad.DifferentiationError, match="memory twice"):
        s2sad.grad(stored)(windows)
    assert a.tolist() == [1.0, 2.0, 3.0, 4.0]
