"""Random programs: what is to be compiled gives what the NumPy code gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import DifferentiationError
from tests.compiled.test_programs import interpreted
from tests.fuzz.check import load_module
from tests.fuzz.generate import generate
from tests.fuzz.points import arguments, points
from tests.helpers import floats_of

pytest.importorskip("numba")
SEEDS = 40


@pytest.mark.filterwarnings("ignore")
def test_fixed_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as Python: Numba would take seconds for each program."""
    monkeypatch.setattr("s2sad.compiled.emit.njit", interpreted)
    monkeypatch.setattr("s2sad.compiled.units.DEFECTS", ())
    compiled = sum(agrees(seed) for seed in range(3000, 3000 + SEEDS))
    assert compiled >= SEEDS // 10


def agrees(seed: int) -> bool:
    """Whether something of the program is to be compiled; fails if that gives something else."""
    program = generate(seed)
    f = load_module(program.text).f
    plain, other = s2sad.value_and_grad(f, ("x", "A", "s")), s2sad.value_and_grad(f, ("x", "A", "s"), backend="numba")
    some = False
    for point in points(seed):
        expected = outcome(plain, arguments(point, program.mode))
        found = outcome(other, arguments(point, program.mode))
        if isinstance(expected, type) or isinstance(found, type):
            assert expected is found, f"seed {seed}: {expected} {found}\n{program.text}"
            continue
        some |= "compiled, " in other.explain()
        one, two = floats_of(expected), floats_of(found)
        scale = max(1.0, float(np.nanmax(np.abs(one), initial=0.0)))
        single = any(getattr(a, "dtype", None) == np.float32 for a in arguments(point, program.mode))
        exact = 1e-5 if single else 1e-9
        assert one.shape == two.shape and np.allclose(one, two, rtol=exact, atol=exact * scale, equal_nan=True), (
            f"seed {seed}:\n{program.text}\n{other.source}"
        )
    return some


def outcome(g: Any, args: tuple[Any, ...]) -> Any:
    """The result, or the type of the exception."""
    with np.errstate(all="ignore"):
        try:
            return g(*args)
        except DifferentiationError:
            return DifferentiationError
        except Exception as err:
            return type(err)
