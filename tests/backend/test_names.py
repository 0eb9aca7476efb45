"""Names and short forms in emitted text that must not mean something else there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.analysis.types import UNKNOWN
from s2sad.backend.bindings import Bindings
from s2sad.backend.emit import Emitter
from s2sad.backend.printer import to_source
from s2sad.ir.nodes import Assign, Block, Function, Op, Param, Struct, Var

X = np.array([0.7, -0.4, 1.3])


@s2sad.custom_vjp
def reversed(x):
    return np.round(x)


reversed.defvjp(lambda x: (np.round(x), None), lambda residuals, y_bar: (y_bar,))


def count_in_the_same_name(x, n):
    s = n + 1
    r = range(s)
    s = 0.0
    for i in r:
        s = s + x[0] * i * s + x[1]
    return s


def items_in_the_same_name(x, n):
    s = x * 2.0
    items = s
    s = 0.0
    for i in range(len(items)):
        s = s + x[i] * i * s + x[1] * n
    return s


def size_in_the_same_name(x, n):
    s = x.shape[0]
    steps = range(0, s, n // n)
    s = 1.0
    for k in steps:
        s = s * x[k]
    return s


def number_that_changes(x, n):
    s = 1.0
    for i in range(n):
        n = n - 1
        s = s * x[i] + n * x[0]
    return s * n


@pytest.mark.parametrize("f", [count_in_the_same_name, items_in_the_same_name, size_in_the_same_name, number_that_changes])
def test_the_head_of_a_loop_is_evaluated_after_its_values_have_started(f: Callable[..., Any]) -> None:
    check(f, X, 3)


def with_the_name_of_a_builtin(x):
    s = reversed(x[0] * 0.1) + 1.0
    for i in range(3):
        s = s * x[i]
    return s


def test_a_builtin_that_a_global_name_hides() -> None:
    value, x_bar = s2sad.value_and_grad(with_the_name_of_a_builtin)(X)
    assert value == with_the_name_of_a_builtin(X)
    s, bar = [1.0], np.zeros(3)
    for i in range(3):
        s.append(s[-1] * X[i])
    s_bar = 1.0
    for i in (2, 1, 0):
        bar[i] += s_bar * s[i]
        s_bar *= X[i]
    bar[0] += 0.1 * s_bar  # rounding has the derivative of the identity here
    np.testing.assert_allclose(x_bar, bar, rtol=1e-12)


def true_or_a_number(x, n):
    return x[0] * (True if n else x[1]) + x[2] * (x[1] if n else False)


def true_or_two(x, n):
    return x[0] * (True if n else 2.0)


def short_circuits(x, n):
    return x[0] * (n or x[1]) + x[1] * (n and x[2]) + (x[0] and x[1]) * (x[2] or 0.0)


def comparisons(x, n):
    return x[0] * (x[1] < 0.0 and n > 2) + x[1] * (0.0 < x[0] < n or x[2] > 5.0)


@pytest.mark.parametrize("n", [0, 5])
@pytest.mark.parametrize("f", [true_or_a_number, true_or_two, short_circuits, comparisons])
def test_choices_of_what_counts_as_true(f: Callable[..., Any], n: int) -> None:
    check(f, X, n)


def reshaped(x):
    return (x[0:1] * 2.0).reshape(()) * x[0]


def test_reshape_to_no_axes() -> None:
    check(reshaped, X)


def numbered(count: list[int]) -> Any:
    """A function of an author that gives something else at each call."""

    @s2sad.custom_vjp
    def scaled(x):
        raise AssertionError

    def forward(x):
        count[0] += 1
        return x * count[0], count[0]

    scaled.defvjp(forward, lambda factor, y_bar: (y_bar * factor,))
    return scaled


def test_functions_of_an_author_run_as_often_as_they_are_called() -> None:
    count = [0]
    scaled = numbered(count)
    assert s2sad.value_and_grad(lambda x: scaled(x) + scaled(x))(1.0) == (3.0, 3.0)
    assert count == [2]


def check(f: Callable[..., Any], *args: Any) -> None:
    value, _ = s2sad.value_and_grad(f)(*args)
    np.testing.assert_allclose(value, f(*args), rtol=1e-12)
    assert s2sad.check_grad(f, *args) < 1e-6
    np.testing.assert_allclose(s2sad.jvp(f, args, (np.ones_like(X), *(None for _ in args[1:])))[0], value, rtol=1e-12)


def test_what_is_changed_in_place_has_another_name_than_what_is_read_for_it() -> None:
    """`v = x; v += y` takes the name `v` from nothing that `y` is made of, though it is read there for the last time."""
    x, y = Var("x", UNKNOWN, True, True), Var("y", UNKNOWN, True, True)
    read, kept, changed = (Var(hint, UNKNOWN, True) for hint in ("v", "w", "v"))
    body = Block([
        Assign(read, Op("mul", (x, y))), Assign(kept, Op("add", (x, y))), Assign(changed, Op("inplace", (kept, read), name="add")),
    ])  # fmt: skip
    function = Function("f", [Param(x), Param(y)], body, Struct("tuple", (changed, kept)))
    text = to_source(Emitter(function, Bindings(), True).definition())
    space: dict[str, Any] = {}
    exec(text, space)
    assert space["f"](2.0, 3.0) == (11.0, 5.0), text
