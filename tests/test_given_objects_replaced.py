"""Objects that are passed in and replaced by others of their class, as states are that do not change in place."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import DifferentiationError


@dataclasses.dataclass
class State:
    x: Any
    v: float
    mass: int = 2
    name: str = "state"

    def step(self, h: float) -> State:
        return State(self.x + h * self.v * self.x, self.v * 0.9, self.mass)


class Plain:
    def __init__(self, x: Any, v: float) -> None:
        self.x = x
        self.v = v

    def step(self, h: float) -> Plain:
        return Plain(self.x + h * self.v * self.x, self.v * 0.9)


def in_a_loop(s: Any, n: int) -> Any:
    start = s
    for k in range(n):
        s = dataclasses.replace(s, x=s.x * s.v, v=s.v + 0.1 * s.mass * k)
    return np.sum(s.x) + start.v * s.v


def by_a_method(s: Any, n: int) -> Any:
    t = 0.0
    while t < 0.1 * n:
        s = s.step(0.1)
        t += 0.1
        if s.v < 0.41:
            break
    return np.sum(s.x) * s.v + t


def on_a_branch(s: Any, n: int) -> Any:
    if s.v < n:
        s = s.step(0.3)
    return np.sum(s.x) * s.v


def the_best(s: Any, n: int) -> Any:
    best = s
    for k in range(n):
        candidate = best.step(0.3 - 0.2 * k)
        if np.sum(candidate.x) > np.sum(best.x):
            best = candidate
    return np.sum(best.x) * best.v + s.v


CASES: list[tuple[Callable[..., Any], type]] = [
    (in_a_loop, State), (by_a_method, State), (on_a_branch, State), (the_best, State), (by_a_method, Plain), (the_best, Plain),
]  # fmt: skip


@pytest.mark.parametrize(("f", "cls"), CASES, ids=lambda v: v.__name__)
def test_right(f: Callable[..., Any], cls: type) -> None:
    for n in (3, 0, 1):
        s = cls(np.array([1.0, 2.0]), 0.5)
        assert s2sad.check_grad(f, s, n) < 1e-6
        assert np.array_equal(s.x, [1.0, 2.0]) and s.v == 0.5


def test_one_that_changes_under_another_name_is_refused() -> None:
    def f(s: Any, n: int) -> Any:
        start = s
        for _ in range(n):
            s = s.step(0.3)
            start.v *= 1.1
        return np.sum(s.x) * s.v + start.v

    with pytest.raises(DifferentiationError, match="changed in place") as info:
        s2sad.grad(f)(Plain(np.array([1.0, 2.0]), 0.5), 2)
    assert "make a new one" in str(info.value)
