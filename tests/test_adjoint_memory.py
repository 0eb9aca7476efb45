"""What adjoints read when the reverse sweep gets to them, and which memory they add to, in programs that change memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import AmbiguousMemoryError

X = np.array([0.4, 1.3, 0.8, 1.6, 0.5])
A = np.arange(16.0).reshape(4, 4) / 10.0 + 0.3


def mask_stored_to(x: Any) -> Any:
    mask = x > 0.9
    y = np.sin(x)
    z = 3.0 * y
    mask[0] = True
    mask[1] = False
    return np.sum(np.where(mask, z, y))


def mask_combined_in_place(x: Any) -> Any:
    mask = x > 0.6
    y = np.exp(x)
    mask &= x < 1.5
    return np.sum(np.where(mask, y, 1.0))


def mask_as_an_output(x: Any) -> Any:
    mask = np.zeros(5, bool)
    y = x * x
    np.greater(x, 0.7, out=mask)
    return np.sum(np.where(mask, y, 1.0))


def mask_filled(x: Any) -> Any:
    mask = x > 0.6
    y = np.exp(x)
    mask.fill(True)
    return np.sum(np.where(mask, y, 1.0))


@pytest.mark.parametrize("f", [mask_stored_to, mask_combined_in_place, mask_as_an_output, mask_filled], ids=lambda f: f.__name__)
def test_a_mask_that_is_stored_to_between_the_operands_of_where_and_where(f: Callable[..., Any]) -> None:
    s2sad.check_grad(f, X)


def test_where_with_a_mask_that_is_stored_to_keeps_infinities_out() -> None:
    def f(x: Any) -> Any:
        mask = x > 5.0
        y = np.log(x)
        mask[:] = x > 0.0
        return np.sum(np.where(mask, y, 0.0))

    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(s2sad.grad(f)(np.array([0.0, 2.0])), [0.0, 0.5])


def new_axis_in_front(a: Any) -> Any:
    b, total = 1.0 * a, 0.0
    for i in range(3):
        v = b[i + 1, i]
        b[None, i + 1] = np.sin(v)
        total += v * v
    return total + np.sum(b * b)


def element_of_another_row(a: Any) -> Any:
    b, total = 1.0 * a, 0.0
    for i in range(3):
        v = b[i, 1]
        b[i + 1, 1] *= v
        total += v * v
    return total + np.sum(b * b)


@pytest.mark.parametrize("f", [new_axis_in_front, element_of_another_row], ids=lambda f: f.__name__)
def test_elements_that_are_read_again_in_the_reverse_sweep(f: Callable[..., Any]) -> None:
    s2sad.check_grad(f, A)


def doubled_sum(a: Any, b: Any) -> Any:
    return 2.0 * (a + b)


@s2sad.adjoint(doubled_sum)
def doubled_sum_rule(y, a, b):  # type: ignore[no-untyped-def]
    part = y_bar * 2.0  # noqa: F821
    a_bar = part  # noqa: F841
    b_bar = part  # noqa: F841


def mirrored_sum(a: Any, b: Any) -> Any:
    return 2.0 * (a + b.T)


@s2sad.adjoint(mirrored_sum)
def mirrored_sum_rule(y, a, b):  # type: ignore[no-untyped-def]
    part = y_bar * 2.0  # noqa: F821
    a_bar = part  # noqa: F841
    b_bar = part.T  # noqa: F841


def summed(*parts: Any) -> Any:
    return sum(parts)


@s2sad.adjoint(summed)
def summed_rule(y, *parts):  # type: ignore[no-untyped-def]
    parts_bar = [y_bar for _ in parts]  # noqa: F821, F841


def operands_with_buffers(a: Any) -> Any:
    b, c = 2.0 * a, 3.0 * a
    more = c[1, 2] ** 2 * b[0, 1] * b[1, 0]
    return np.sum(doubled_sum(b, c) ** 2) + more


def one_of_them_transposed(a: Any) -> Any:
    b, c = 2.0 * a, 3.0 * a
    more = c[1, 2] ** 2 * b[0, 1] * b[1, 0]
    return np.sum(mirrored_sum(b, c) ** 2) + more


def operands_that_are_stored_to(a: Any) -> Any:
    b, c = 2.0 * a, 3.0 * a
    b[0, 1] = c[0, 2] * 2.0
    c[1] = b[1] * 3.0
    return np.sum(doubled_sum(b, c) ** 2)


def several_operands(a: Any) -> Any:
    b, c = 2.0 * a, 3.0 * a
    b[0] *= c[1]
    c[1] *= b[2]
    return np.sum(summed(b, c, b) ** 2)


OPERANDS = [operands_with_buffers, one_of_them_transposed, operands_that_are_stored_to, several_operands]


@pytest.mark.parametrize("f", OPERANDS, ids=lambda f: f.__name__)
def test_a_rule_that_gives_two_operands_the_same_memory(f: Callable[..., Any]) -> None:
    s2sad.check_grad(f, A)


def an_array_as_a_test(x: Any) -> Any:
    flag = x[:1] * 1.0
    y = 1.0 * x
    if flag:
        flag[0] = 0.0
        y = y * x
    if flag:
        y = y * 3.0
    else:
        flag += 1.0
        y = y * y
    return np.sum(y) * flag[0]


def an_array_as_a_test_in_a_loop(x: Any) -> Any:
    flag = np.array(False)
    y = 1.0 * x
    for i in range(4):
        if flag:
            flag[...] = False
            y = y * x[i]
        else:
            flag[...] = True
            y = np.sin(y)
    return np.sum(y)


def an_array_as_the_end_of_a_range(x: Any) -> Any:
    k, y = np.array(3), 1.0 * x
    for i in range(k):
        k -= 1
        y[i] *= y[i + 1]
        y[k] = y[i] * 2.0
    return np.sum(y * np.arange(5.0))


def arrays_as_bounds_of_slices(x: Any) -> Any:
    k, y = np.zeros((), int), 1.0 * x
    for _ in range(3):
        v = y[k:]
        k += 1
        v[0] = v[1] * v[2]
    return np.sum(y * np.arange(5.0))


def bounds_from_memory_that_is_stored_to(x: Any) -> Any:
    y, k = 1.0 * x, np.array([1, 2, 4])
    v = y[int(y[0] * 3.0) :]
    y[0] = 1.7
    v *= x[0]
    w = y[k[0] : k[2]]
    k[0], k[2] = 2, 3
    w *= v[0]
    u = y[k[0] : k[2]]
    k[:] = 0
    u *= w[1]
    return np.sum(y * np.arange(1.0, 6.0))


def bounds_from_a_function_of_memory(x: Any) -> Any:
    y = 1.0 * x
    v = y[np.argmax(y) - 2 :]
    y[0] = 10.0
    v *= x[0]
    u = y[: np.argmax(y) + 3]
    y[4] = 20.0
    u *= v[0] * v[1]
    return np.sum(y * np.arange(1.0, 6.0))


def places_to_split_at(x: Any) -> Any:
    at, y = np.array([2]), 1.0 * x
    parts = np.split(y, at)
    at[0] = 4
    parts[1][0] *= parts[0][1]
    return np.sum(y * np.arange(1.0, 6.0))


ASKED = [
    an_array_as_a_test, an_array_as_a_test_in_a_loop, an_array_as_the_end_of_a_range, arrays_as_bounds_of_slices,
    bounds_from_memory_that_is_stored_to, bounds_from_a_function_of_memory, places_to_split_at,
]  # fmt: skip


@pytest.mark.parametrize("f", ASKED, ids=lambda f: f.__name__)
def test_what_control_flow_and_views_ask_memory_that_changes_later(f: Callable[..., Any]) -> None:
    s2sad.check_grad(f, X)
    assert s2sad.jvp(f, (X,), (np.ones(5),))[1] == pytest.approx(np.sum(s2sad.grad(f)(X)))


def stores_to_the_first(x: Any, y: Any) -> Any:
    x[0] = 2.0 * y[1]
    return np.sum(x * y)


def changes_a_list(xs: Any, ys: Any) -> Any:
    xs.append(ys[0])
    return sum(ys) * xs[0]


def through_two_items(p: Any) -> Any:
    p["a"][0] = 2.0 * p["b"][1]
    return np.sum(p["a"] * p["b"])


NUMBERS = [1.0, 2.0]
SHARED = [
    (stores_to_the_first, (X, X)), (stores_to_the_first, (X[1:], X[:-1])), (through_two_items, ({"a": X, "b": X[::-1]},)),
    (changes_a_list, (NUMBERS, NUMBERS)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "args"), SHARED, ids=["same", "parts", "in a dict", "list"])
def test_arguments_that_show_each_other_and_change_are_refused(f: Callable[..., Any], args: tuple[Any, ...]) -> None:
    with pytest.raises(AmbiguousMemoryError):
        s2sad.vjp(f, *args)
    with pytest.raises(AmbiguousMemoryError):
        s2sad.grad(f)(*args)


def test_arguments_that_show_each_other_and_are_only_read() -> None:
    value, back = s2sad.vjp(lambda x, y: np.sum(x * y**2), X, X)
    np.testing.assert_allclose(back(1.0), [X**2, 2.0 * X**2])


def test_an_argument_that_is_an_array_from_outside_and_changes_is_refused() -> None:
    def f(x: Any) -> Any:
        x[0] = 5.0 * x[1]
        return np.sum(x * X)

    np.testing.assert_allclose(s2sad.grad(f)(X.copy()), np.array([0.0, 5.0 * X[0] + X[1], *X[2:]]))
    with pytest.raises(AmbiguousMemoryError, match="from outside"):
        s2sad.grad(f)(X)
    with pytest.raises(AmbiguousMemoryError, match="from outside"):
        s2sad.vjp(f, X)[1](1.0)
