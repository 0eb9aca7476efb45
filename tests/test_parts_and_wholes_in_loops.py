"""A loop that adds to a part and to the whole of one adjoint, of a list or of what is not known to be an array."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad

from .helpers import numeric_gradient


def whole_then_part(x, n):
    s = 0.0
    for i in range(n):
        s = s + sum(x) * (i + 1) + x[0]
    return s


def part_then_whole(x, n):
    s = 0.0
    for i in range(n):
        s = s + x[0] * s
        s = s + sum(x) * (i + 1)
    return s


def inner_loops(x, n):
    s = 0.0
    for i in range(n):
        s = s + sum(x) * (i + 1)
        for v in x:
            s = s + v * 0.5
        if i > 0:
            s = s + max(x) * x[i]
    return s


def arrays(x, n):
    s = 0.0
    for i in range(n):
        s = s + np.sum(x * (i + 1)) + x[0]
    return s


LISTS = [whole_then_part, part_then_whole, inner_loops]


@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize("f", LISTS)
def test_lists(f: Callable[..., Any], n: int) -> None:
    x = [0.1 * k for k in range(20)]
    np.testing.assert_allclose(s2sad.grad(f)(x, n), numeric_gradient(f, (x, n), "x"), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_a_text_without_types(n: int) -> None:
    names: dict[str, Any] = {}
    exec(s2sad.source_of_file(Path(__file__), "arrays"), names)
    x = np.array([0.7, -0.3, 1.4])
    np.testing.assert_allclose(names["arrays_grad"](x, n), numeric_gradient(arrays, (x, n), "x"), rtol=1e-6, atol=1e-8)
