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


def groups() -> list[object]:
    """The cases of each program that is not refused, the smallest first, as they stand last in `CASES`."""
    found: list[object] = []
    for module in MODULES:
        cases = [case for case in importlib.import_module(f"tests.programs.{module}").CASES if not case.refused]
        for function in dict.fromkeys(case.func for case in cases):
            own = [case for case in reversed(cases) if case.func is function]
            if len(own) > 1:
                found.append(pytest.param(own, id=f"{module}-{function.__name__}"))
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


@pytest.mark.parametrize("cases", groups())
def test_one_gradient_for_all_sizes(cases: list[Case]) -> None:
    """What was compiled for one size must not be used for another one that it does not serve."""
    every = [bind(case.func, case.make_args(np.random.default_rng(SEED))) for case in cases]
    wrt = tuple(name for name in cases[-1].wrt if not any(isinstance(p[name], list) and not p[name] for p in every))
    kept = s2sad.grad(cases[0].func, wrt=wrt)
    for case in cases:
        args = case.make_args(np.random.default_rng(SEED))
        fresh = s2sad.grad(case.func, wrt=wrt)(*copy.deepcopy(args))
        parameters = bind(case.func, args)
        for name, again, expected in zip(wrt, kept(*args), fresh):
            found = aligned_floats(parameters[name], again, name)
            assert_close(found, aligned_floats(parameters[name], expected, name), 1e-9, f"{name}, {case.label}")
