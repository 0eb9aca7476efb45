"""What is added to memory through a helper of the run time is a change of that memory: nothing that reads it moves across."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import compiler
from tests.fuzz.check import leaving_out
from tests.helpers import numeric_gradient


def listed(x, y, s):
    total = np.zeros(4)
    for k in range(2):
        if k:
            break
        total = total - np.stack([x, y, x]).sum(axis=0)
        x[1] += s
    return np.sum(total**2)


def listed_and_scaled(x, y, s):
    A = np.ones((3, 4))
    k = 0
    while k < 2:
        k += 1
        A -= [x, y, x]
        v = x
        v[1] *= s
    return np.mean(A**2) + np.sum(x)


def selected_twice(x, y, s):
    i = np.array([1, 1, 2])
    total = 0.0
    for k in range(3):
        total += np.sum(x[i] * y[i])
        x[1] += s
        x[i] = x[i] * s + y[0]
    return total


@pytest.mark.parametrize("skip", [frozenset(), frozenset({"order"}), compiler.PASSES], ids=["", "order", "all"])
@pytest.mark.parametrize("f", [listed, listed_and_scaled, selected_twice])
def test_gradients(f: Callable[..., Any], skip: frozenset[str]) -> None:
    args = (np.array([0.3, -0.4, 0.8, 1.1]), np.array([0.5, 0.2, -0.7, 0.9]), 0.6)
    with leaving_out(skip):
        found = s2sad.grad(f, wrt=("x", "y", "s"))(*args)
    for name, part in zip(("x", "y", "s"), found):
        np.testing.assert_allclose(part, numeric_gradient(f, args, name), rtol=1e-6, atol=1e-7)
