"""What cannot be differentiated is refused, with an error that names the place."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import errors
from tests.api_programs import X, poly


def test_integers_have_no_derivative():
    for value in (3, np.arange(3), True, "text", None, [1, 2], np.int64(3)):
        with pytest.raises(errors.IntegerInputError) as info:
            s2sad.grad(poly)(value)
        assert isinstance(info.value, TypeError)
        assert "'x'" in str(info.value) and info.value.hint


def test_grad_needs_a_single_real_number():
    for f in (
        lambda x: x * 2.0,
        lambda x: (np.sum(x), 1.0),
        lambda x: None,
        lambda x: {"a": np.sum(x)},
    ):
        with pytest.raises(errors.NonScalarOutputError) as info:
            s2sad.grad(f)(X)
        assert isinstance(info.value, TypeError)
        assert info.value.hint and info.value.span is not None


@pytest.mark.parametrize("wrt", ["z", 7, -4, (), ("x", "x"), ("x", 0), 1.5, None])
def test_unknown_wrt(wrt: Any):
    with pytest.raises(errors.UnknownWrtError) as info:
        s2sad.grad(poly, wrt)
    assert isinstance(info.value, ValueError)


def test_no_rule():
    with pytest.raises(errors.NoRuleError) as info:
        s2sad.grad(lambda x: np.sum(np.i0(np.vander(x))))(X)
    assert "vander" in str(info.value) or "i0" in str(info.value)
    assert info.value.span is not None and info.value.hint


def test_no_source():
    names: dict[str, Any] = {}
    exec("def f(x):\n    return x * x\n", names)
    with pytest.raises(errors.NoSourceError):
        s2sad.grad(names["f"])(2.0)
    f = names["f"]

    def g(x):
        return f(x)

    with pytest.raises(errors.DifferentiationError) as info:
        s2sad.grad(g)(2.0)
    assert info.value.span is not None


def test_unsupported_syntax_names_the_place():
    def f(x):
        y = x
        exec("y = 0.0")
        return y

    with pytest.raises(errors.UnsupportedSyntaxError) as info:
        s2sad.grad(f)(2.0)
    span = info.value.span
    assert span is not None and span.filename == __file__
    assert 'exec("y = 0.0")' in str(info.value) and "^^^" in str(info.value)

    async def g(x):
        return x

    with pytest.raises(errors.DifferentiationError):
        s2sad.grad(g)(2.0)

    def h(x):
        yield x

    with pytest.raises(errors.DifferentiationError):
        s2sad.grad(h)(2.0)


def test_what_is_refused_returns_no_number_and_changes_nothing():
    def f(x):
        x[0] = 5.0
        exec("pass")
        return np.sum(x)

    x = X.copy()
    with pytest.raises(errors.DifferentiationError):
        s2sad.grad(f)(x)
    np.testing.assert_array_equal(x, X)


def test_arguments_that_share_memory_are_refused_where_it_matters():
    def f(a, b):
        a[0] = b[1]
        return np.sum(a * b)

    with pytest.raises(errors.AmbiguousMemoryError):
        s2sad.grad(f, (0, 1))(X, X)
    both = np.arange(6.0)
    with pytest.raises(errors.AmbiguousMemoryError):
        s2sad.grad(f, (0, 1))(both[:4], both[2:])


def test_the_functions_own_errors_come_through():
    def f(x):
        if x < 0.0:
            raise ValueError("negative")
        return math.sqrt(x)

    gradient = s2sad.grad(f)
    assert gradient(4.0) == pytest.approx(0.25)
    with pytest.raises(ValueError, match="negative"):
        gradient(-1.0)
    assert gradient(4.0) == pytest.approx(0.25)


# --- the list of the README ---------------------------------------------------------------------------------

TABLE = np.zeros(3)


class Holder:
    value = 1.0


HOLDER = Holder()


def generator(x):
    def squares_of(values):
        for v in values:
            yield v * v

    total = 0.0
    for v in squares_of(x):
        total += v
    return total


def structural_match(x):
    match len(x):
        case 4:
            return x[0]
        case _:
            return x[1]


def evaluated(x):
    return eval("x[0] * 2.0")


def global_rebound(x):
    global TABLE
    TABLE = x * 2.0
    return np.sum(TABLE)


def outside_array(x):
    TABLE[0] = x[0]
    return TABLE[0] * 2.0


def outside_object(x):
    HOLDER.value = x[0]
    return HOLDER.value * 2.0


def hermitian_values(x):
    return np.sum(np.abs(np.linalg.svd(x.reshape(2, 2), hermitian=True)[1]))


def raw_factors(x):
    return np.sum(np.linalg.qr(x.reshape(2, 2), mode="raw")[0])


def vectorized(x):
    return np.sum(np.vectorize(lambda v: v * v)(x))


def through_text(x):
    return float(str(x[0])) * 2.0


def through_a_set(x):
    return sum({x[0], x[1]})


def through_objects(x):
    return np.sum(np.array([x[0], x[1]], dtype=object))


REFUSED = [
    generator, structural_match, evaluated, global_rebound, outside_array, outside_object, hermitian_values,
    raw_factors, vectorized, through_text, through_a_set, through_objects,
]  # fmt: skip


@pytest.mark.parametrize("f", REFUSED, ids=lambda f: f.__name__)
def test_refused_with_a_place(f: Callable[..., Any]):
    x = np.abs(X)
    with pytest.raises(errors.DifferentiationError) as info:
        s2sad.grad(f)(x)
    assert info.value.span is not None
    assert "^" in str(info.value)
    np.testing.assert_array_equal(x, np.abs(X))
