"""Objects, lists and iterators whose state lives on from one iteration, branch or call to the next."""

from __future__ import annotations

import functools
import pickle
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import errors
from tests.helpers import numeric_gradient

X = np.array([1.5, 2.0, 0.7])
COUNTER = [0]


class State:
    def __init__(self):
        self.k = 1.0
        self.items = [1.0]
        self.v = np.ones(2)
        self.n = 0
        self.first = None

    def step(self, v=2.0):
        self.k = self.k * v
        return self.k


class Deep:
    def __init__(self):
        self.inner = Defaults()


class Defaults:
    k = 1.0
    kept = None

    def step(self, v):
        self.k = self.k * v
        return self.k

    def square(self, v):
        if self.kept is None:
            self.kept = v * v
        return self.kept


class Slots:
    __slots__ = ("k",)

    def __init__(self):
        self.k = 1.0


class Tripled:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner=None):
        return getattr(instance, self.name) * 2.0

    def __set__(self, instance, value):
        setattr(instance, self.name, value * 3.0)


class Described:
    v = Tripled()

    def __init__(self, v):
        self.v = v


class Cached:
    def __init__(self, k):
        self.k = k

    @functools.cached_property
    def square(self):
        return self.k * self.k


class Number:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        return self.v + other.v if isinstance(other, Number) else NotImplemented

    def __radd__(self, other):
        return 100.0 * self.v


class Special(Number):
    def __radd__(self, other):
        return 7.0 * self.v * other.v


class Stranger:
    def __init__(self, v):
        self.v = v

    def __radd__(self, other):
        return self.v * other.v**2


STATE = State()


def tick():
    COUNTER[0] += 1
    return COUNTER[0]


def attribute_in_a_loop(x, s):
    t = x[0]
    for v in x:
        s.k = s.k * v
        s.n += 1
        if s.first is None:
            s.first = v
        t = t + s.k * s.n * s.first
    return t


def method_in_a_loop(x, s):
    t = x[0]
    for _ in range(3):
        t = t * s.step()
    return t


def list_of_an_object(x, s):
    t = x[0]
    for v in x:
        s.items.append(v)
        t = t * s.items[-1] * s.items[0] * len(s.items)
    return t


def while_with_an_attribute(x, s):
    t = x[0]
    while s.n < 3:
        s.n += 1
        t = t * x[1]
    return t


def attribute_in_a_branch(x, s):
    if x[0] > 5.0:
        s.k = 3.0
    else:
        s.n = 4
    return x[0] * s.k * s.n


def list_in_a_branch(x, s):
    if x[0] > 5.0:
        s.items.append(3.0)
    return x[0] * len(s.items) * s.items[-1]


def attribute_in_a_handler(x, s):
    try:
        y = x[0]
    except ValueError:
        s.k = 5.0
    return y * s.k


def attribute_in_a_comprehension(x, s):
    return sum([v * s.step(v) for v in x])


def through_another_name(x, s):
    other = s
    for v in x:
        other.k += v
    return x[0] * s.k


def object_in_a_list(x, s):
    held = [s]
    for v in x:
        held[0].k = held[0].k * v
    return s.k


def defaults_of_the_class(x, s):
    d = Defaults()
    t = x[0]
    for v in x:
        t = t + d.step(v)
    return t + d.k


def defaults_in_a_branch(x, s):
    d = Defaults()
    if x[0] < 1.0:
        d.k = x[1]
    return x[0] * d.k


def kept_by_the_first_call(x, s):
    d = Deep()
    t = 0.0
    for v in x:
        t = t + d.inner.square(v) * v
    return t


def global_object(x, s):
    t = x[0]
    for _ in range(2):
        t = t * STATE.step()
    return t


def global_counter(x, s):
    a = COUNTER[0]
    b = tick()
    return x[0] * a + x[1] * b * COUNTER[0]


def descriptor(x, s):
    d = Described(x[0])
    d.v = d.v * x[1]
    return d.v


def cached_property(x, s):
    c = Cached(x[0])
    first = c.square
    c.k = x[1]
    return first * c.square * c.k


def cached_property_in_a_loop(x, s):
    t = 0.0
    for v in x:
        c = Cached(v)
        t = t + c.square * c.square
    return t


def reflected(x, s):
    return (Number(x[0]) + Special(x[1])) * (Number(x[1]) + Stranger(x[2])) + (2.0 + Number(x[0]))


def squares_of(x):
    items = []
    for v in x:
        items.append(v * v)
    return items


def neighbours(x, s):
    items = squares_of(x)
    t = 0.0
    for a, b in zip(items, items[1:]):
        t = t + a * b
    return t


def slices(x, s):
    items = squares_of(x)
    part = items[1:]
    part[0] = 5.0 * x[0]
    back = items[::-1]
    whole = items[:]
    items[0] = 3.0
    return sum(part) * part[1] * items[1] + back[0] * whole[0] * items[0]


def slices_of_arrays(x, s):
    rows = []
    for v in x:
        rows.append(x * v)
    t = 0.0
    for a, b in zip(rows[:-1], rows[1:]):
        t = t + a @ b
    return t + np.sum(np.stack(rows[1:]) ** 2) + np.sum(np.stack(rows, axis=1)[0] ** 3)


def sums_of_lists(x, s):
    items = squares_of(x)
    more = items + [x[0]] + items[1:]
    items[0] = 5.0
    more[1] *= x[2]
    return sum(more) * more[0] * items[0] * items[1] * more[-1]


def multiples_of_lists(x, s):
    n = len(x)
    items = squares_of(x) * 2
    few = [x[0], x[1]] * n
    few[0] = x[2]
    same = [x * 2.0] * n
    return sum(items) * items[0] + few[0] * few[2] * few[-1] + np.sum(same[0] * same[1]) + np.sum(np.array([x[0]] * n) ** 2)


def slices_replaced(x, s):
    items = [x[0], x[1], x[2]]
    other = items
    items[0:2] = [x[2] * 2.0]
    items[1:1] = [x[0], 1.0]
    return sum(other) * len(other) + other[0] ** 2 * other[1]


def item_of_a_matrix(x, s):
    return x[:1].reshape(1, 1).item() * x[1:2].item()


ALL = [
    f for f in list(globals().values())
    if callable(f) and getattr(f, "__code__", None) and f.__code__.co_varnames[:2] == ("x", "s") and f.__code__.co_argcount == 2
]  # fmt: skip


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.__name__)
@pytest.mark.parametrize("x", [X, X * 1.1], ids=["", "another point"])
def test_state_lives_on(f: Callable[..., Any], x: np.ndarray):
    def run(x: Any, s: Any) -> Any:
        COUNTER[0] = 0
        STATE.k = 1.0
        return f(x, s)

    state = State()
    before = pickle.dumps(state)
    COUNTER[0], STATE.k = 0, 1.0
    value, gradient = s2sad.value_and_grad(f)(x, state)
    assert pickle.dumps(state) == before
    assert value == pytest.approx(run(x.copy(), State()), rel=1e-12)
    np.testing.assert_allclose(gradient, numeric_gradient(run, (x, state), "x"), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("parameter", [State(), [State()], Deep(), Defaults(), Slots()], ids=lambda p: type(p).__name__)
def test_every_kind_of_parameter(parameter: Any):
    def f(x, p):
        s = p[0] if isinstance(p, list) else p.inner if isinstance(p, Deep) else p
        for v in x:
            s.k = s.k * v
        return s.k

    gradient = s2sad.grad(f)(X, parameter)
    np.testing.assert_allclose(gradient, np.prod(X) / X, rtol=1e-12)


def test_the_state_of_a_random_generator_of_python():
    def f(x, r):
        t = x[0]
        for _ in range(3):
            t = t * r.random() + x[1] * r.gauss(0.0, 1.0)
        return t

    value, gradient = s2sad.value_and_grad(f)(X, random.Random(3))
    assert value == pytest.approx(f(X, random.Random(3)), rel=1e-12)
    for i in range(2):
        h = 1e-6 * np.eye(3)[i]
        assert gradient[i] == pytest.approx((f(X + h, random.Random(3)) - f(X - h, random.Random(3))) / 2e-6, rel=1e-7)


def test_a_cached_property_that_may_be_out_of_date_is_refused():
    def in_a_loop(x):
        c, t = Cached(x[0]), 0.0
        for v in x:
            c.k = c.k * v
            t = t + c.square
        return t

    def on_a_branch(x):
        c = Cached(x[0])
        y = c.square if x[1] > 0.0 else 1.0
        c.k = x[2]
        return y * c.square

    for f in (in_a_loop, on_a_branch):
        with pytest.raises(errors.DifferentiationError, match="cached property 'square'") as info:
            s2sad.grad(f)(X)
        assert info.value.hint


def test_iterators_that_are_used_once_are_fine():
    def f(x):
        def total(values):
            return sum(values)

        g = (v * v for v in x)
        first = sum(g)
        g = (v * 3.0 for v in x)
        t = first * sum(g) + total(v * 2.0 for v in x) + total(map(np.sin, x))
        for _ in range(2):
            pairs = zip(x, x[1:])
            for a, b in pairs:
                t = t + a * b
        return t

    assert s2sad.check_grad(f, X) < 1e-6
