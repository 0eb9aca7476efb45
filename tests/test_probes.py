"""Every idiom's gradient is right or refused, and most of them are right."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad.errors import DifferentiationError
from tests.helpers import assert_close, assert_unchanged, numeric_gradient
from tests.idioms import EXPECT_RIGHT, IDIOMS, MAY_BE_REFUSED, Idiom

POINTS = (np.array([0.6, 1.1, 0.3]), np.array([0.6, -1.1, 0.3]), np.array([1.7, -0.2, 0.9]))


def name_of(value: object) -> str:
    return getattr(value, "__name__", "")


def check(idiom: Idiom, point: np.ndarray) -> None:
    """Compare with central differences; the argument must come back untouched."""
    given = point.copy()
    gradient = s2sad.grad(idiom)(given)
    assert_unchanged(point, given, "the caller's array")
    assert np.shape(gradient) == point.shape
    assert_close(np.asarray(gradient, float), numeric_gradient(idiom, (point,), "x"), 1e-6, name_of(idiom))


def test_the_list_is_complete() -> None:
    assert len(IDIOMS) >= 80
    assert {name_of(idiom) for idiom in IDIOMS} >= MAY_BE_REFUSED


@pytest.mark.parametrize("idiom", IDIOMS, ids=name_of)
def test_right_or_refused(idiom: Idiom) -> None:
    for point in POINTS:
        try:
            check(idiom, point)
        except DifferentiationError as error:
            assert error.hint or error.span, f"an error without a place or a hint: {error}"


@pytest.mark.parametrize("idiom", EXPECT_RIGHT, ids=name_of)
def test_right(idiom: Idiom) -> None:
    for point in POINTS:
        check(idiom, point)
