"""Copies of structures share no memory with the original, and share among themselves what the original shares."""

from __future__ import annotations

import copy
from dataclasses import asdict, astuple, dataclass
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import DifferentiationError

X, Y = np.array([0.4, -0.7, 1.1, 0.9]), np.array([1.3, 0.2, -0.5, 0.8])


@dataclass
class Inner:
    u: Any


@dataclass
class Outer:
    v: Any
    k: float
    inner: Inner
    items: list[Any]
    table: dict[str, Any]
    name: str = "a"


def as_dict(x, y, s):
    d = Outer(x, s, Inner(y), [y[:2], 2.0, s], {"q": x[1:]})
    e = asdict(d)
    e["v"] *= s
    e["inner"]["u"] += s
    e["items"][0] *= 3.0
    e["table"]["q"][0] = s
    d.v[2] = 0.5
    return d.v @ y + e["v"].sum() + e["inner"]["u"] @ d.inner.u + e["items"][0] @ d.items[0] + e["table"]["q"] @ d.table["q"] + e["k"]


def as_tuple(x, y, s):
    d = Outer(x, s, Inner(y), [y, s], {})
    v, k, (u,), items, _, _ = astuple(d)
    v[0] = k
    u[1] *= s
    items[0][2] = 1.5
    d.v[1] = s
    return v @ d.v + u @ d.inner.u + items[0] @ y + items[1] * x[0]


def shared(x, y, s):
    a = [s, 2.0]
    q = [x, [x, y], {"a": y, "p": a, "q": a}]
    r = copy.deepcopy(q)
    r[0] *= s
    r[2]["a"][1] = s
    r[1].append(x)
    r[2]["p"][0] = y[0]
    return r[1][0] @ r[1][1] + x @ y + r[1][2] @ q[2]["a"] + len(q[1]) + r[2]["q"][0] * a[0]


@pytest.mark.parametrize("f", [as_dict, as_tuple, shared], ids=lambda f: f.__name__)
def test_right(f: Any) -> None:
    assert s2sad.check_grad(f, X, Y, 0.7) < 1e-6


def test_a_copy_of_what_may_be_one_array_is_refused() -> None:
    def f(x, y, s):
        z = x if s > 0.1 else y
        r = copy.deepcopy([x, z])
        r[0][0] = s
        return r[1] @ y

    with pytest.raises(DifferentiationError, match="deep copy of arrays that may be one array"):
        s2sad.grad(f)(X, Y, 0.7)
