"""Containers that loops fill with containers, and instances whose class does more than keep what it is given."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import s2sad


@dataclass
class Positive:
    v: float

    def __post_init__(self) -> None:
        self.v = abs(self.v)


@dataclass(frozen=True)
class Checked:
    dt: float = 0.1

    def __post_init__(self) -> None:
        if self.dt <= 0:
            raise ValueError("dt")


@dataclass(slots=True)
class Slotted:
    v: float


@dataclass
class Doubled:
    v: float

    def __init__(self, v: float) -> None:
        self.v = 2.0 * v


class Absolute(namedtuple("Absolute", "x y")):
    def __new__(cls, x: float, y: float) -> Any:
        return super().__new__(cls, abs(x), y)


class Box:
    def __init__(self, v: Any) -> None:
        self.v = v


@pytest.mark.parametrize("instance, name, slope", [
    (Positive(1.0), "v", -2.0), (Checked(0.1), "dt", -0.2), (Slotted(1.0), "v", -2.0), (Doubled(1.0), "v", -4.0),
    (Absolute(1.0, 3.0), "x", -2.0),
])  # fmt: skip
def test_a_gradient_is_not_an_argument_of_init(instance: Any, name: str, slope: float) -> None:
    def f(p: Any) -> Any:
        return -(getattr(p, name) ** 2)

    gradient = s2sad.grad(f)(instance)
    assert type(gradient) is type(instance)
    assert getattr(gradient, name) == pytest.approx(slope, rel=1e-12)
    s2sad.check_grad(f, instance)


def test_a_new_of_ones_own_is_refused() -> None:
    with pytest.raises(s2sad.DifferentiationError, match="__new__"):
        s2sad.grad(lambda x: Absolute(-x, x).x * 3.0)(2.0)


def lists(m: float, n: int = 3) -> float:
    bs: list[Any] = []
    for i in range(n):
        bs.append([m * i, 1.0])
    return sum(b[0] * b[1] for b in bs)


def objects(m: float, n: int = 3) -> float:
    bs: list[Any] = []
    for i in range(n):
        bs.append(Box(m * i))
    return sum(b.v for b in bs)


def dicts(m: float, n: int = 3) -> float:
    bs: list[Any] = []
    for i in range(n):
        bs.append({"v": m * i})
    return sum(b["v"] for b in bs)


def shared(m: float, n: int = 3) -> float:
    first = Box(m)
    bs = [first]
    for i in range(n):
        bs.append(Box(m * i))
    first.v = m * m
    return bs[0].v + bs[-1].v


def functions(m: float, n: int = 3) -> float:
    pair: Any = (m, lambda x: x)
    for _ in range(n):
        pair = (pair[1](pair[0]) * 2.0, lambda x: x * x)
    return pair[1](pair[0])


def wrapped(m: float, n: int = 3) -> float:
    s: Any = m
    for _ in range(n):
        s = (m * 2.0,)
    return s[0]


@pytest.mark.parametrize("f", [lists, objects, dicts, shared, functions, wrapped])
def test_what_a_loop_puts_into_a_container_is_seen_or_refused(f: Any) -> None:
    try:
        value, gradient = s2sad.value_and_grad(f)(0.5)
    except s2sad.DifferentiationError:
        assert f is not lists
        return
    assert value == pytest.approx(f(0.5))
    assert gradient == pytest.approx((f(0.5 + 1e-6) - f(0.5 - 1e-6)) / 2e-6, rel=1e-6)


def test_keys_of_a_dict_are_a_set() -> None:
    def f(x: float, **options: float) -> float:
        if options.keys() - {"a"} or not options.keys() <= {"a", "b"} or options.keys() & {"z"}:
            raise TypeError(f"unexpected {sorted(options)}")
        return x * options.get("a", 2.0)

    assert s2sad.grad(f)(1.0) == 2.0
    assert s2sad.grad(f)(1.0, a=3.0) == 3.0
    with pytest.raises(TypeError, match="unexpected"):
        s2sad.grad(f)(1.0, c=3.0)


def test_a_copy_where_a_view_was_expected() -> None:
    def f(a: Any) -> Any:
        d = a.copy()
        d[0] *= 2.0
        return d.T.ravel() @ np.arange(a.size)

    s2sad.check_grad(f, np.arange(6.0).reshape(2, 3))
