"""What adjoints read when the reverse sweep gets to them, and which memory they add to, in programs that change memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

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
