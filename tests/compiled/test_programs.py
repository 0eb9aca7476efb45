"""Programs whose loops are compiled give what they give as NumPy code."""

from __future__ import annotations

import copy
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import s2sad
import tests.programs
from s2sad.compiled import units
from tests.helpers import floats_of
from tests.test_golden import GOLDENS

pytest.importorskip("numba")
pytestmark = pytest.mark.filterwarnings("ignore::s2sad.errors.FallbackWarning")

# No sum is reordered, and no function is NumPy's own: the same bits.
EXACT = {
    "smooth", "jacobi", "gauss_seidel", "swapped_buffers", "heat3d", "counter", "histogram_moments", "seidel", "burgers",
    "nested_loops", "negative_step", "strided_range", "branch_in_loop", "break_loop", "continue_loop", "thomas_loss",
}  # fmt: skip
# Programs that the quick runs compile, too.
QUICK = {"gauss_seidel", "jacobi", "thomas_loss", "break_loop"}


def all_programs() -> Iterator[Any]:
    for module in pkgutil.iter_modules(tests.programs.__path__):
        for case in getattr(importlib.import_module(f"tests.programs.{module.name}"), "CASES", []):
            if not case.refused:
                yield program(case.func, case.make_args(np.random.default_rng(0)), case.wrt, case.label)
    for golden in GOLDENS:
        yield program(golden.primal, golden.module.EXAMPLES[0], golden.wrt, "golden")


def program(f: Any, args: tuple[Any, ...], wrt: tuple[str, ...], label: str) -> Any:
    return pytest.param(f, args, wrt, id=f"{f.__name__}-{label}" if label else f.__name__)


PROGRAMS = list(all_programs())
COMPILED = [p if p.values[0].__name__ in QUICK else pytest.param(*p.values, id=p.id, marks=pytest.mark.slow) for p in PROGRAMS]


@pytest.mark.parametrize("straight", [True, False], ids=["units", "loops"])
@pytest.mark.parametrize(("f", "args", "wrt"), PROGRAMS)
def test_functions_to_be_compiled_give_the_same_in_python(
    f: Any, args: tuple[Any, ...], wrt: tuple[str, ...], straight: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the compiler for Numba makes of a program is right as it stands; Numba takes seconds for each."""
    monkeypatch.setattr("s2sad.compiled.emit.njit", interpreted)
    monkeypatch.setattr("s2sad.compiled.units.DEFECTS", ())
    monkeypatch.setattr("s2sad.compiled.units.STRAIGHT", straight)
    monkeypatch.setattr("s2sad.compiled.fused.ENABLED", straight)
    compare(f, args, wrt)


@pytest.mark.parametrize(("f", "args", "wrt"), COMPILED)
def test_compiled_loops_give_the_same(f: Any, args: tuple[Any, ...], wrt: tuple[str, ...]) -> None:
    compare(f, args, wrt)


def interpreted(*given: Any, **options: Any) -> Any:
    """Stands for `njit`, and compiles nothing."""
    return given[0] if given else lambda f: f


def compare(f: Any, args: tuple[Any, ...], wrt: tuple[str, ...]) -> None:
    plain = s2sad.value_and_grad(f, wrt)
    try:
        expected = plain(*copy.deepcopy(args))
    except Exception as err:
        pytest.skip(f"the plain gradient raises {type(err).__name__}")
    compiled = s2sad.value_and_grad(f, wrt, backend="numba")
    if "compiled, " not in compiled.explain(*copy.deepcopy(args)):
        pytest.skip("no loop is compiled")
    given = copy.deepcopy(args)
    found = compiled(*given)
    assert not compiled._given_up
    one, two = floats_of(expected), floats_of(found)
    assert one.shape == two.shape
    if f.__name__ in EXACT and not units.STRAIGHT:
        assert one.tobytes() == two.tobytes()
    else:
        np.testing.assert_allclose(two, one, rtol=1e-11, atol=1e-12 * max(1e-3, np.max(np.abs(one), initial=0.0)))
    assert floats_of(args).tobytes() == floats_of(given).tobytes()
    assert_same_types(expected[1], found[1])


def assert_same_types(expected: Any, found: Any) -> None:
    """Gradients of arrays have the same shapes and types; those of numbers are numbers of the same precision."""
    if isinstance(expected, (tuple, list)):
        assert type(expected) is type(found) and len(expected) == len(found)
        for a, b in zip(expected, found):
            assert_same_types(a, b)
    elif isinstance(expected, np.ndarray):
        assert isinstance(found, np.ndarray) and expected.dtype == found.dtype and expected.shape == found.shape
    elif isinstance(expected, (float, np.floating)):
        assert np.asarray(expected).dtype == np.asarray(found).dtype


def test_the_names_of_exact_programs_exist() -> None:
    names = {p.values[0].__name__ for p in PROGRAMS}
    assert names >= EXACT - {"smooth", "seidel", "burgers"}
