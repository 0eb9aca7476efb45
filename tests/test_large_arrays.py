"""What is emitted for arrays of any size is the same, and compiling does not run operations on large ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad


def elementwise(x: Any, a: float) -> Any:
    return np.sum(np.sqrt(1.0 + (np.sin(x) * np.exp(-x * x) + np.tanh(a * x)) ** 2))


def differences(x: Any, a: float) -> Any:
    d = x[1:] - x[:-1]
    return a * np.sum(d[::2] * np.concatenate([d, x])[: len(d[::2])])


def pairs(x: Any, a: float) -> Any:
    return np.sum(np.exp(-a * (x[:, None] - x[None, :]) ** 2))


def reshaped(x: Any, a: float) -> Any:
    return np.sum(np.tanh(x.reshape(2, -1)).sum(axis=0) * a)


def repeated(x: Any, a: float) -> Any:
    return np.sum(np.concatenate((x, a * x))[1:] ** 2) + np.stack((x, x)).ravel() @ np.concatenate((x, x))


@pytest.mark.parametrize("f", [elementwise, differences, reshaped, repeated])
def test_the_same_text(f: Callable[..., Any]) -> None:
    small, large = s2sad.grad(f), s2sad.grad(f)
    small(np.linspace(0.0, 1.0, 50), 0.5)
    large(np.linspace(0.0, 1.0, 600_000), 0.5)
    assert large.source == small.source


def test_nothing_large_is_made() -> None:
    """Pairs of a hundred thousand elements do not fit into memory."""
    text = s2sad.differentiate(pairs).source_for(np.ones(100), 0.5)
    start = time.process_time()
    assert s2sad.differentiate(pairs).source_for(np.ones(100_000), 0.5) == text
    assert time.process_time() - start < 5.0


def test_sizes_that_only_the_call_tells() -> None:
    """A size that is a number of its own: the types are those of the call."""

    def padded(x: Any, n: int) -> Any:
        return np.sum(np.exp(x) * (np.zeros(n) + x))

    x = np.linspace(0.0, 1.0, 300_000)
    np.testing.assert_allclose(s2sad.grad(padded)(x, 300_000), np.exp(x) * (1.0 + x))
