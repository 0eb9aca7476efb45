"""`vjp` and `jvp` compile once for a function, and again when something of it has changed."""

import numpy as np
import pytest

import s2sad
from s2sad import compiler, remembered


@pytest.fixture
def compiled(monkeypatch):
    count = [0]

    def counted(original):
        def compile_(*args, **kwargs):
            count[0] += 1
            return original(*args, **kwargs)

        return compile_

    for name in ("compile_gradient", "compile_tangent"):
        monkeypatch.setattr(compiler, name, counted(getattr(compiler, name)))
    return count


def vjp(f, x):
    return float(s2sad.vjp(f, x)[1](1.0)[0])


def jvp(f, x):
    return float(s2sad.jvp(f, (x,), (1.0,))[1])


@pytest.mark.parametrize("derivative", [vjp, jvp])
def test_second_call_compiles_nothing(derivative, compiled):
    def f(x):
        return x * x

    assert [derivative(f, 2.0), derivative(f, 3.0), derivative(f, 4.0)] == [4.0, 6.0, 8.0]
    assert compiled == [1]


@pytest.mark.parametrize("derivative", [vjp, jvp])
def test_changed_code_defaults_and_closures_are_seen(derivative):
    def f(x, n=2.0):
        return x * x * n * scale

    def g(x, n=2.0):
        return x * n * scale

    scale = 1.0
    assert derivative(f, 3.0) == 12.0
    f.__defaults__ = (5.0,)
    assert derivative(f, 3.0) == 30.0
    scale = 2.0
    assert derivative(f, 3.0) == 60.0
    f.__code__ = g.__code__
    assert derivative(f, 3.0) == 10.0


def test_a_new_rule_is_seen():
    def inner(x):
        return x * x

    def f(x):
        return inner(x)

    assert vjp(f, 3.0) == 6.0

    @s2sad.adjoint(inner)
    def inner_rule(y, x):
        x_bar = y_bar * 100.0  # noqa: F821, F841

    assert vjp(f, 3.0) == 100.0


def test_functions_are_not_kept_without_end():
    for _ in range(remembered.LIMIT + 5):
        vjp(lambda x: x * np.float64(2.0), 1.0)
    assert len(remembered._made) <= remembered.LIMIT
