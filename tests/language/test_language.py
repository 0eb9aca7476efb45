"""What Python says of names, containers, objects and control flow holds for values and gradients, or the program is refused."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.helpers import aligned_floats, floats_of, numeric_gradient

from . import containers, flow, names, objects, recursion, state
from .table import PROGRAMS, Program

MODULES = (containers, flow, names, objects, recursion, state)
RIGHT = [(p, k) for p in PROGRAMS if not p.refused for k in range(len(p.arguments))]


@pytest.mark.parametrize(("program", "k"), RIGHT, ids=[f"{p.name}-{k}" for p, k in RIGHT])
def test_right(program: Program, k: int) -> None:
    given = program.arguments[k]
    arguments = copy.deepcopy(given)
    first = next(iter(program.function.__code__.co_varnames))
    expected = program.function(*copy.deepcopy(given))
    value, gradient = s2sad.value_and_grad(program.function)(*arguments)
    numeric = numeric_gradient(program.function, given, first)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(aligned_floats(given[0], gradient), numeric, rtol=1e-6, atol=1e-8)
    np.testing.assert_array_equal(floats_of(list(arguments)), floats_of(list(given)))
    try:
        value, tangent = s2sad.jvp(program.function, copy.deepcopy(given), (ones_like(given[0]), *[None] * (len(given) - 1)))
    except s2sad.DifferentiationError:
        return  # forward mode may refuse what reverse mode does
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(tangent, numeric.sum(), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("program", [p for p in PROGRAMS if p.refused], ids=lambda p: p.name)
def test_refused(program: Program) -> None:
    for given in program.arguments:
        with pytest.raises(s2sad.DifferentiationError) as caught:
            s2sad.grad(program.function)(*copy.deepcopy(given))
        assert program.refused in str(caught.value)


def ones_like(value: Any) -> Any:
    if isinstance(value, list):
        return [ones_like(v) for v in value]
    return np.ones_like(value) if isinstance(value, np.ndarray) else 1.0
