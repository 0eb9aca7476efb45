"""What is replaced in a function, a class or a module after a gradient was compiled: the next call sees it.

Reloading a module in a notebook does it: it gives the functions that are there new code and new default values.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.fuzz.check import load_module

MODULE = '''
import dataclasses


class Scale:
    factor = 2.0

    def __init__(self, x):
        self.x = x

    def __call__(self, y):
        return self.factor * y

    def __getattr__(self, name):
        return 2.0


class Unhashable:
    def __eq__(self, other):
        return self is other

    def __call__(self, y):
        return 3.0 * y

    def __getattr__(self, name):
        return 5.0


@dataclasses.dataclass
class Pair:
    a: float
    b: float = 2.0

    def __post_init__(self):
        self.b = 2.0 * self.b


class Base:
    def of(this, x):
        return 2.0 * x


class Derived(Base):
    def of(this, x):
        return super().of(x) * 3.0


def twice(self, x):
    self.x = 2.0 * x


SCALE, CALLED = Scale(1.0), Unhashable()


def helper(x, k=2.0, *, m=1.0):
    return k * m * x


def other(x, k=2.0, *, m=1.0):
    return k * x * x


def plain(x):
    return 2.0 * x


def square(x):
    return x * x


def calls(x):
    return helper(x)


def shadowed(x):
    return abs(x) * max(x, 0.0)


def call_of_object(x):
    return SCALE(x)


def unhashable(x):
    return CALLED(x) + x * CALLED.anything


def made(x):
    return Scale(x).x


def absent(x):
    return x * Scale(x).missing


def pair(x):
    p = Pair(x)
    return p.a * p.b


def asked(x):
    return x * (3.0 if hasattr(Base(), "more") else 1.0)


def derived(x):
    return Derived().of(x)
'''


def new_code(m: Any) -> None:
    m.plain.__code__ = m.square.__code__


def new_helper(m: Any) -> None:
    m.helper.__code__ = m.other.__code__


def new_defaults(m: Any) -> None:
    m.helper.__defaults__ = (5.0,)


def new_keyword_default(m: Any) -> None:
    m.helper.__kwdefaults__["m"] = 4.0


def new_global(m: Any) -> None:
    m.abs = lambda x: 3.0 * x


def new_call(m: Any) -> None:
    m.Scale.__call__ = lambda self, y: y * y


def new_init(m: Any) -> None:
    m.Scale.__init__ = m.twice


def new_getattr(m: Any) -> None:
    m.Scale.__getattr__ = lambda self, name: 7.0


def no_post_init(m: Any) -> None:
    m.Pair.__post_init__ = lambda self: None


def new_attribute(m: Any) -> None:
    m.Base.more = True


def new_method(m: Any) -> None:
    m.Base.of = lambda this, x: x * x


CHANGES: list[tuple[str, Callable[[Any], None]]] = [
    ("plain", new_code), ("calls", new_helper), ("calls", new_defaults), ("calls", new_keyword_default), ("shadowed", new_global),
    ("call_of_object", new_call), ("made", new_init), ("absent", new_getattr), ("pair", no_post_init), ("asked", new_attribute), ("derived", new_method),
]  # fmt: skip


def slope(f: Any, x: float) -> float:
    return float((f(x + 1e-6) - f(x - 1e-6)) / 2e-6)


def module() -> ModuleType:
    return load_module(MODULE, "changed")


@pytest.mark.parametrize("kind", ["grad", "jvp"])
@pytest.mark.parametrize("name,change", CHANGES, ids=[f"{name}-{change.__name__}" for name, change in CHANGES])
def test_the_next_call_sees_it(name: str, change: Callable[[Any], None], kind: str) -> None:
    m = module()
    f = getattr(m, name)
    g = s2sad.grad(f) if kind == "grad" else lambda x: s2sad.jvp(f, (x,), (1.0,))[1]
    before = slope(f, 1.5)
    assert g(1.5) == pytest.approx(before, rel=1e-6)
    change(m)
    after = slope(f, 1.5)
    assert after != pytest.approx(before, rel=1e-3)
    assert g(1.5) == pytest.approx(after, rel=1e-6)


def test_a_cached_gradient_sees_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process has stored is guarded as well."""
    monkeypatch.setenv("S2SAD_CACHE", "1")
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path))
    for name, change in CHANGES[:5]:
        assert s2sad.grad(getattr(module(), name))(1.5) is not None  # stores it
        m = module()
        f = getattr(m, name)
        g = s2sad.grad(f)
        assert g(1.5) == pytest.approx(slope(f, 1.5), rel=1e-6)
        change(m)
        assert g(1.5) == pytest.approx(slope(f, 1.5), rel=1e-6)


def test_own_defaults_and_parameters_change_with_the_function() -> None:
    m = load_module("def f(x, k=2.0):\n    return k * x\n\n\ndef g(y, k, n):\n    return k * y**n\n", "own")
    gradient = s2sad.grad(m.f)
    assert gradient(1.5) == 2.0
    m.f.__defaults__ = (7.0,)
    assert gradient(1.5) == 7.0
    m.f.__code__, m.f.__defaults__ = m.g.__code__, (3.0, 2)
    assert gradient(2.0) == 12.0
    assert gradient(y=2.0, n=3) == 36.0


def test_objects_that_answer_to_every_name() -> None:
    f = module().unhashable
    assert s2sad.grad(f)(1.5) == 8.0


def test_super_knows_the_object_by_the_name_of_the_first_parameter() -> None:
    assert s2sad.grad(module().derived)(1.5) == 6.0


NESTED = '''
import numpy as np
import s2sad

FACTOR = 2.0


def helper(x):
    return FACTOR * x**3


def other(x):
    return FACTOR * x**4


def inner(x):
    return np.sum(helper(x))


GRADIENT = s2sad.grad(inner)


def of_gradient(x):
    return np.sum(s2sad.grad(inner)(x) * x)


def of_global(x):
    return np.sum(GRADIENT(x) * x)


def of_second(x):
    return s2sad.grad(s2sad.grad(helper))(x[0])


def of_jvp(x):
    return s2sad.jvp(inner, (x,), (x,))[1]


def of_jacobian(x):
    return np.sum(s2sad.jacobian(helper)(x))


def of_product(x):
    return np.sum(s2sad.hvp(inner)(x, x))
'''


@pytest.mark.parametrize("name", ["of_gradient", "of_global", "of_second", "of_jvp", "of_jacobian", "of_product"])
def test_derivatives_inside_of_a_function_see_it(name: str) -> None:
    """What a derivative inside takes for granted, the function around it does, too."""
    m = load_module(NESTED, "nested")
    f, x = getattr(m, name), np.array([1.5, 0.5])
    g = s2sad.grad(f)
    before = g(x)
    m.FACTOR = 5.0
    assert np.allclose(g(x), 2.5 * before)
    m.helper.__code__ = m.other.__code__
    along = np.array([1.0, -2.0])
    slope = (f(x + 1e-5 * along) - f(x - 1e-5 * along)) / 2e-5
    assert np.sum(g(x) * along) == pytest.approx(slope, rel=1e-5)
