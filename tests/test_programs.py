"""Every program under tests/programs: its gradient against central differences."""

from __future__ import annotations

import copy
import importlib
from pathlib import Path

import numpy as np
import pytest

import s2sad
from tests.helpers import aligned_floats, assert_close, assert_unchanged, bind, numeric_gradient
from tests.programs.case import Case

SEED = 20
FOLDER = Path(__file__).parent / "programs"
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in ("__init__", "case"))


def all_cases() -> list[object]:
    """Every case of every program, with a readable identifier."""
    found: list[object] = []
    for module in MODULES:
        for case in importlib.import_module(f"tests.programs.{module}").CASES:
            name = f"{module}-{case.func.__name__}" + (f"-{case.label}" if case.label else "")
            marks = [pytest.mark.xfail(reason=case.refused, strict=True, raises=s2sad.DifferentiationError)] if case.refused else []
            found.append(pytest.param(case, id=name, marks=marks))
    return found


@pytest.mark.parametrize("case", all_cases())
def test_gradient(case: Case) -> None:
    args = case.make_args(np.random.default_rng(SEED))
    given = copy.deepcopy(args)
    gradients = s2sad.grad(case.func, wrt=case.wrt)(*args)
    assert_unchanged(given, args)
    assert isinstance(gradients, tuple) and len(gradients) == len(case.wrt)
    parameters = bind(case.func, args)
    for name, gradient in zip(case.wrt, gradients):
        found = aligned_floats(parameters[name], gradient, f"{name}'s gradient")
        assert_close(found, numeric_gradient(case.func, args, name), case.rtol, name)


@pytest.mark.parametrize("case", all_cases())
def test_value(case: Case) -> None:
    args = case.make_args(np.random.default_rng(SEED))
    expected = case.func(*copy.deepcopy(args))
    value, _ = s2sad.value_and_grad(case.func, wrt=case.wrt)(*args)
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-14)
