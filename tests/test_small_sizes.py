"""Gradients that were compiled for some sizes and are called with smaller ones, at which slices are shorter than they look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad


def stored_slice(x: Any) -> Any:
    y = np.zeros(3)
    y[:] = x[1:4]
    return np.sum(y * np.array([1.0, 2.0, 3.0]) * y)


def combined_slice(x: Any) -> Any:
    return np.sum(x[1:4].reshape(-1, 1) * np.array([1.0, 2.0, 3.0])) + x[1:4] @ np.ones(len(x[1:4]))


def squeezed_slice(x: Any) -> Any:
    z = np.squeeze(x[None, 1:])
    y = np.ones((2, 3)) * np.sum(z)
    y[:, :1] += z.ravel()[:1]
    return np.sum(y * y)


def halves_and_ends(x: Any) -> Any:
    half = len(x) // 2
    c = x[:half] * x[half : 2 * half]
    return np.sum(np.concatenate([c, x[2 * half :]]) ** 2) + np.sum(c * c[:1]) + np.prod(x[2:5])


@pytest.mark.parametrize("sizes", [(8, 2, 3, 4, 1), (4, 2, 6), (3, 2, 7), (5, 4, 2)], ids=str)
@pytest.mark.parametrize("f", [stored_slice, combined_slice, squeezed_slice, halves_and_ends], ids=lambda f: f.__name__)
def test_slices_that_are_shorter_in_a_later_call(f: Callable[..., Any], sizes: tuple[int, ...]) -> None:
    gradient = s2sad.grad(f)
    for n in sizes:
        x = np.linspace(0.4, 1.3, n)
        try:
            f(x)
        except ValueError:  # they do not fit
            continue
        steps = 1e-6 * np.eye(n)
        np.testing.assert_allclose(gradient(x), [(f(x + d) - f(x - d)) / 2e-6 for d in steps], rtol=1e-6)
