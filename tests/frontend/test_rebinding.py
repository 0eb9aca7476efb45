"""Globals that functions rebind are read when the program gets there, inside context managers, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import DifferentiationError
from tests.frontend import rebinding


@pytest.mark.parametrize("function", [rebinding.square, rebinding.square_inside])
@pytest.mark.parametrize("make", [np.array, lambda x: np.array([x, 2 * x])])
def test_setting_of_the_moment(function: Callable[[Any], Any], make: Callable[[float], Any]) -> None:
    gradient = s2sad.grad(lambda x: np.sum(function(x)))
    x, h = make(0.3), 1e-6
    for setting in ("1", "100", "1"):
        rebinding.set_scale(setting)
        try:
            expected = (function(x + h) - function(x - h)) / (2 * h)
            np.testing.assert_allclose(gradient(x), expected, rtol=1e-7)
            assert rebinding.SCALE == setting
        finally:
            rebinding.set_scale("1")


def test_manager_that_swallows_exceptions_is_refused() -> None:
    with pytest.raises(DifferentiationError, match="may end its block early"):
        s2sad.grad(rebinding.square_silently)(0.3)


def test_parameter_that_is_stored_to_and_returned() -> None:
    def shift(x: np.ndarray) -> np.ndarray:
        x[0] = 2.0 * x[1]
        return x

    _, pullback = s2sad.vjp(shift, np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(pullback(np.array([1.0, 10.0, 100.0]))[0], [0.0, 12.0, 100.0])
