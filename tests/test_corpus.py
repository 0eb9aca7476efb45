"""Gradients of published functions; see `tests/corpus/README.md`."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("fluids")
pytest.importorskip("colour")

from tests.corpus.collect import Case, collect, float_leaves, time_limit
from tests.corpus.differences import NotUsable, cotangent_for, differences, moved, primals_of
from tests.corpus.run import check, first_mismatch, pick, summary

pytestmark = pytest.mark.slow

COUNT = 120


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return collect()


def case_named(cases: list[Case], name: str) -> Case:
    return next(case for case in cases if case.name == name)


def test_the_corpus_is_large_and_ordered(cases: list[Case]) -> None:
    names = [case.name for case in cases]
    assert names == sorted(set(names))
    assert sum(name.startswith("fluids.") for name in names) > 300
    assert sum(name.startswith("colour.") for name in names) > 300


def test_collecting_leaves_the_settings_of_the_packages_alone(cases: list[Case]) -> None:
    assert cases
    import colour.algebra
    import colour.utilities

    assert colour.algebra.get_sdiv_mode() == "ignore zero conversion"
    assert colour.algebra.is_spow_enabled()
    assert colour.utilities.get_domain_range_scale() == "reference"
    assert colour.utilities.as_float(1).dtype == np.float64


def test_integers_become_floats_only_for_quantities(cases: list[Case]) -> None:
    case = case_named(cases, "fluids.core.c_ideal_gas")  # documented as c_ideal_gas(T=303, k=1.4, MW=28.96)
    _, names, values = primals_of(case)
    assert dict(zip(names, values, strict=True))["T"] == 303.0
    assert case.floats == ("T", "k", "MW")


def test_the_same_functions_are_picked_every_time(cases: list[Case]) -> None:
    first, second = (
        [item[0].name for item in pick(cases, 6, 1, 10.0) if isinstance(item, tuple)] for _ in range(2)
    )
    assert first == second
    assert len(first) == 6
    assert sum(name.startswith("fluids.") for name in first) == 3


def test_a_wrong_gradient_is_noticed(cases: list[Case]) -> None:
    case = case_named(cases, "fluids.core.C2F")  # 1.8 C + 32
    expected = differences(case, 1.0, np.random.default_rng(0))
    assert first_mismatch({"C": 1.8}, expected) == ""
    assert "C[0, 0]" in first_mismatch({"C": 1.8001}, expected)
    assert first_mismatch({"C": None}, expected)


@pytest.mark.parametrize("name", ["abs_kink", "one_sided", "half_kink", "step"])
def test_a_point_without_derivative_is_not_usable(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    functions = {
        "abs_kink": lambda x: abs(x - 1.0),
        "one_sided": lambda x: math.sqrt(x - 1.0),
        "half_kink": lambda x: x if x > 1.0 else 2.0 * x - 1.0,
        "step": lambda x: 2.0 * (x > 1.0),
    }
    monkeypatch.setattr(math, name, functions[name], raising=False)
    with pytest.raises(NotUsable):
        differences(Case("math", name, (1.0,), {}, ("x",)), 1.0, np.random.default_rng(0))


def test_nested_values_keep_their_structure() -> None:
    value = ([1.0, 2], (np.ones(2), "text"))
    cotangent = cotangent_for(value, np.random.default_rng(0))
    assert isinstance(cotangent, tuple) and cotangent[0][1] is None and cotangent[1][1] is None
    shifted = moved(value, 1, 1, 0.5)
    assert [leaf.tolist() for leaf in float_leaves(shifted)] == [1.0, [1.0, 1.5]]
    assert value[1][0].tolist() == [1.0, 1.0]


def test_the_time_limit_restores_the_previous_handler() -> None:
    with time_limit(5.0):
        pass
    with pytest.raises(BaseException, match="more than"), time_limit(0.01):
        while True:
            pass


def test_gradients_of_published_functions(cases: list[Case]) -> None:
    verdicts = list(check(cases, COUNT))
    kinds = [verdict.kind for verdict in verdicts if verdict.kind != "no derivative"]
    wrong = [f"{v.name}: {v.detail}" for v in verdicts if v.kind in ("WRONG", "crash")]
    assert len(kinds) == COUNT
    assert not wrong, "\n".join(wrong)
    assert kinds.count("right") >= 0.85 * COUNT, summary(verdicts)
