"""Parameters that are used as they stand, such as an `OrderedDict`: no derivative by what they hold is taken for zero."""

from __future__ import annotations

import collections
import types
from typing import Any

import numpy as np
import pytest

import s2sad

X = np.array([0.5, -1.2, 0.7])


class Rows(list):
    pass


class Weights(dict):
    def total(self) -> Any:
        return sum(self.values())


class Setting(float):
    pass


def of_a_mapping(p: Any) -> Any:
    return np.sum(p["w"] * p["w"]) * p["b"]


def of_a_sequence(p: Any) -> Any:
    return p[0] * p[1]


def of_a_number(p: Any) -> Any:
    return p * p


def of_a_total(p: Any) -> Any:
    return p.total()


def of_an_attribute(p: Any) -> Any:
    return of_a_mapping(p.weights) * p.k


def of_values(p: Any) -> Any:
    s = p.k
    for v in p.weights.values():
        s = s + np.sum(v)
    return s


PAIRS = {"w": X * X, "b": 2.0}
CLOSED = [
    (of_a_mapping, collections.OrderedDict(PAIRS), "OrderedDict"),
    (of_a_mapping, collections.defaultdict(float, PAIRS), "defaultdict"),
    (of_a_mapping, collections.UserDict(PAIRS), "UserDict"),
    (of_a_mapping, collections.ChainMap(PAIRS), "ChainMap"),
    (of_a_mapping, Weights(PAIRS), "Weights"),
    (of_a_total, Weights(a=1.0, b=2.0), "Weights"),
    (of_a_sequence, Rows([1.0, 2.0]), "Rows"),
    (of_a_sequence, collections.deque([1.0, 2.0]), "deque"),
    (of_a_number, Setting(2.0), "Setting"),
    (of_an_attribute, types.SimpleNamespace(weights=collections.OrderedDict(PAIRS), k=2.0), "OrderedDict"),
    (of_values, types.SimpleNamespace(weights=Weights(PAIRS), k=2.0), "Weights"),
]


@pytest.mark.parametrize(("f", "p", "kind"), CLOSED, ids=[f"{f.__name__}-{kind}" for f, _, kind in CLOSED])
def test_a_derivative_by_what_is_not_followed_is_refused(f: Any, p: Any, kind: str) -> None:
    with pytest.raises(s2sad.DifferentiationError, match=rf"{kind}.*not supported"):
        s2sad.grad(f)(p)
    with pytest.raises(s2sad.DifferentiationError, match=rf"{kind}.*not supported"):
        s2sad.vjp(f, p)[1](1.0)


@pytest.mark.parametrize(("f", "p", "kind"), CLOSED, ids=[f"{f.__name__}-{kind}" for f, _, kind in CLOSED])
def test_as_constants_they_are_used(f: Any, p: Any, kind: str) -> None:
    def scaled(x: Any, p: Any) -> Any:
        return x * f(p)

    if kind == "Setting":
        p = float(p)
    assert s2sad.grad(scaled)(1.5, p) == pytest.approx(float(f(p)))


def test_parts_that_the_function_does_not_use() -> None:
    p = types.SimpleNamespace(history=collections.deque([1.0]), k=2.0)
    assert s2sad.grad(lambda p: p.k * p.k)(p).k == 4.0


def changes_a_mapping(x: Any, p: Any) -> Any:
    p["w"] = p["w"] * 2.0
    return np.sum(x * p["w"])


def changes_an_array_in_a_mapping(x: Any, p: Any) -> Any:
    p["w"][0] = 3.0
    return np.sum(x * p["w"])


def changes_a_sequence(x: Any, p: Any) -> Any:
    p.append(3)
    return np.sum(x) * len(p)


@pytest.mark.parametrize(("f", "p"), [
    (changes_a_mapping, collections.OrderedDict(PAIRS)), (changes_a_mapping, Weights(PAIRS)), (changes_a_sequence, Rows([1, 2])),
    (changes_an_array_in_a_mapping, collections.defaultdict(float, PAIRS)), (changes_a_sequence, collections.deque([1, 2])),
])  # fmt: skip
def test_the_data_of_the_caller_does_not_change(f: Any, p: Any) -> None:
    before = repr(p)
    try:
        s2sad.grad(f)(X, p)
    except s2sad.DifferentiationError:
        assert f is changes_a_mapping and isinstance(p, Weights)
    s2sad.jvp(f, (X, p), (None, None))
    assert repr(p) == before


@pytest.mark.parametrize("p", [collections.deque([X]), collections.OrderedDict({0: X})])
def test_an_array_that_is_given_twice(p: Any) -> None:
    def f(x: Any, p: Any) -> Any:
        p[0][1] = 3.0
        return np.sum(x * x)

    with pytest.raises(s2sad.DifferentiationError, match="memory"):
        s2sad.grad(f)(X, p)
