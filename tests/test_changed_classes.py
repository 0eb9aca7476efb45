"""Classes that change after the first call: the gradient follows."""

from __future__ import annotations

from typing import Any

import s2sad


def make() -> Any:
    class Base:
        a = 2.0

        def meth(self, x: float) -> float:
            return self.a * x**2

        def __call__(self, x: float) -> float:
            return self.a * x**2

    class Config(Base):
        def up(self, x: float) -> float:
            return super().meth(x)

    return Base, Config


def test_a_class_attribute_that_is_set_later() -> None:
    base, config = make()
    cfg = config()
    functions = [
        lambda x: config.a * x**2,
        lambda x: cfg(x),
        lambda x: cfg.meth(x),
        lambda x: cfg.up(x),
        cfg.meth,
        cfg.up,
    ]
    gradients = [s2sad.grad(f) for f in functions]
    of_argument = s2sad.grad(lambda x, m: m.meth(x))
    assert [g(1.5) for g in gradients] == [6.0] * 6
    assert of_argument(1.5, cfg) == 6.0
    base.a = 4.0
    assert [g(1.5) for g in gradients] == [12.0] * 6
    assert of_argument(1.5, cfg) == 12.0
    config.a = 1.0
    assert [g(1.5) for g in gradients] == [3.0] * 6
    assert of_argument(1.5, cfg) == 3.0


def test_a_method_that_is_set_later() -> None:
    base, config = make()
    cfg = config()
    functions = [
        lambda x: cfg.meth(x),
        lambda x: cfg.up(x),
        cfg.up,
    ]
    gradients = [s2sad.grad(f) for f in functions]
    of_argument = s2sad.grad(lambda x, m: m.meth(x))
    assert [g(1.0) for g in gradients] == [4.0] * 3
    assert of_argument(1.0, cfg) == 4.0
    base.meth = lambda self, x: x**5
    assert [g(1.0) for g in gradients] == [5.0] * 3
    assert of_argument(1.0, cfg) == 5.0
    cfg.meth = lambda x: x**3
    assert gradients[0](1.0) == 3.0


def test_an_instance_that_changes_its_class() -> None:
    base, config = make()

    class Other(base):  # type: ignore[misc]
        a = 7.0

    cfg = config()
    functions = [
        lambda x: cfg.meth(x),
        lambda x: cfg(x),
        lambda x: cfg.a * x,
    ]
    gradients = [s2sad.grad(f) for f in functions]
    assert [g(1.0) for g in gradients] == [4.0, 4.0, 2.0]
    cfg.__class__ = Other
    assert [g(1.0) for g in gradients] == [14.0, 14.0, 7.0]
