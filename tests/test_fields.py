"""Fields of dataclasses and namespaces: those that no argument sets, those that are none, and stores past a class's own."""

from __future__ import annotations

import dataclasses
import types
from dataclasses import InitVar, dataclass, field
from typing import Any, ClassVar

import numpy as np
import pytest

import s2sad
from tests.helpers import aligned_floats, numeric_gradient

X = np.array([0.7, 1.3, -0.4, 0.9])
Y = np.array([1.1, -0.6, 0.8, 0.5])


@dataclass
class Layer:
    w: Any
    kind: ClassVar[float] = 3.0
    k: InitVar[float] = 2.0
    scaled: Any = field(init=False)
    t: Any = field(default=1.5, init=False)
    z: Any = field(default=2.5, kw_only=True)

    def __post_init__(self, k: Any) -> None:
        self.scaled = self.w * k


@dataclass
class Gated(Layer):
    gate: InitVar[Any] = None

    def __post_init__(self, k: Any, gate: Any) -> None:
        super().__post_init__(k * 2.0)
        if gate is not None:
            self.scaled = self.scaled * gate


@dataclass(frozen=True)
class Frozen:
    w: Any
    b: Any = 2.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "n", len(self.w))
        object.__setattr__(self, "w", self.w * self.b)


def made_with_init_vars(x: Any) -> Any:
    a, b, c = Layer(x), Layer(x, x[0], z=x[1]), Gated(x, 1.0, x[2])
    d = dataclasses.replace(b, w=x * 2.0, k=x[3])
    return np.sum(a.scaled) * a.t + np.sum(b.scaled**2) * b.z + np.sum(c.scaled * c.kind) + np.sum(d.scaled) * d.z + c.k


def frozen_fields(x: Any) -> Any:
    p = Frozen(x, x[0])
    q = Frozen(p.w)
    for i in range(3):
        object.__setattr__(q, "b", q.b * x[i])
    return np.sum(p.w) * q.b + np.sum(q.w) * p.n


@pytest.mark.parametrize("f", [made_with_init_vars, frozen_fields])
def test_objects_that_the_function_makes(f: Any) -> None:
    numeric = numeric_gradient(f, (X,), "x")
    np.testing.assert_allclose(s2sad.grad(f)(X), numeric, rtol=1e-6)
    np.testing.assert_allclose(s2sad.jvp(f, (X,), (np.ones(4),))[1], numeric.sum(), rtol=1e-6)


def not_read(p: Any, y: Any) -> Any:
    q = dataclasses.replace(p, w=p.scaled * y[0], k=y[1])
    return np.sum(q.scaled * p.w) * q.z


def read_and_stored(p: Any, y: Any) -> Any:
    a = p.t * np.sum(p.w)
    p.t = p.t * y[1]
    for i in range(3):
        if y[i] > 0.0:
            p.t *= y[i] + a
    return np.sum(p.w * y) * p.t + a


@pytest.mark.parametrize("f", [not_read, read_and_stored])
def test_the_default_that_a_class_holds_is_a_value_of_the_instance(f: Any) -> None:
    p = Layer(X, 1.0)
    found = s2sad.grad(f)(p, Y)
    np.testing.assert_allclose(aligned_floats(p, found), numeric_gradient(f, (p, Y), "p"), rtol=1e-6, atol=1e-9)
    assert p.t == 1.5 and "t" not in vars(p)


def test_namespaces() -> None:
    def f(p: Any, y: Any) -> Any:
        p.b = p.b + y[1]
        p.a *= 2.0
        p.c = p.a * p.b
        return np.sum(p.a) * p.b + p.c[0]

    p = types.SimpleNamespace(a=X, b=2.0)
    numeric = numeric_gradient(f, (p, Y), "p")
    found = s2sad.grad(f)(p, Y)
    np.testing.assert_allclose(np.append(found.a, found.b), numeric, rtol=1e-6)
    tangent = types.SimpleNamespace(a=np.ones(4), b=1.0)
    np.testing.assert_allclose(s2sad.jvp(f, (p, Y), (tangent, None))[1], numeric.sum(), rtol=1e-6)
    assert vars(p).keys() == {"a", "b"}


def test_arguments_that_a_dataclass_does_not_take() -> None:
    with pytest.raises(s2sad.DifferentiationError, match="other arguments"):
        s2sad.grad(lambda x: np.sum(Layer(x, 1.0, 2.0).scaled))(X)


class Rod:
    __slots__ = ("w", "__factor")

    def __init__(self, w: Any) -> None:
        self.w = w
        self.__factor = 2.0

    def factor(self) -> Any:
        return self.__factor


class Bent(Rod):  # has a dictionary, too
    def __init__(self, w: Any, k: float) -> None:
        super().__init__(w)
        self.k = k


class Long(Rod):
    __slots__ = "length"

    def __init__(self, w: Any) -> None:
        super().__init__(w)
        self.length = np.sum(w)


def weighted(p: Any, x: Any) -> Any:
    return np.sum((p.w @ x) ** 2) * p.factor()


@pytest.mark.parametrize("make", [Rod, Long, lambda w: Bent(w, 3.0)])
def test_slots(make: Any) -> None:
    p = make(X)
    g, x_bar = s2sad.grad(weighted, wrt=("p", "x"))(p, Y)
    np.testing.assert_allclose(g.w, 4.0 * (X @ Y) * Y)
    np.testing.assert_allclose(g._Rod__factor, (X @ Y) ** 2)
    np.testing.assert_allclose(x_bar, 4.0 * (X @ Y) * X)
    tangent = make(np.ones(4))
    tangent._Rod__factor = 0.0
    np.testing.assert_allclose(s2sad.jvp(weighted, (p, Y), (tangent, None))[1], g.w.sum())


def test_what_is_in_slots_belongs_to_the_kind_of_an_argument() -> None:
    gradient = s2sad.grad(weighted, wrt="x")
    matrix = np.arange(16.0).reshape(4, 4) / 10.0
    for w in (X, matrix, X):
        expected = numeric_gradient(weighted, (Bent(w, 1.0), Y), "x")
        np.testing.assert_allclose(gradient(Bent(w, 1.0), Y), expected, rtol=1e-6)


def test_an_array_in_a_slot_that_is_given_twice() -> None:
    def f(p: Any, x: Any) -> Any:
        p.w[0] = 9.0
        return np.sum(p.w * x)

    w = X.copy()
    with pytest.raises(s2sad.DifferentiationError, match="share memory"):
        s2sad.grad(f, wrt="x")(Bent(w, 1.0), w)
