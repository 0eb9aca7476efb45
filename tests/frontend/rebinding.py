"""A module that keeps a setting in a global, as colour-science does."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import numpy as np

SCALE = "1"


def set_scale(scale: str) -> None:
    global SCALE
    SCALE = scale


class scale:
    def __init__(self, value: str) -> None:
        self.value, self.before = value, SCALE

    def __enter__(self) -> scale:
        set_scale(self.value)
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        set_scale(self.before)


class silent(scale):
    def __exit__(self, *error: Any) -> Any:
        set_scale(self.before)
        return True


def to_domain(x: Any) -> Any:
    x = np.asarray(x, np.float64).copy()
    if SCALE == "100":
        x /= 100.0
    return x


def from_range(x: Any) -> Any:
    x = np.asarray(x, np.float64)
    if SCALE == "100":
        x *= 100.0
    return x


def square(x: Any) -> Any:
    return from_range(to_domain(x) ** 2)


def square_inside(x: Any) -> Any:
    with scale("100"):
        y = square(x)
    return y + square(x)


def square_silently(x: Any) -> Any:
    with silent("100"):
        x = square(x)
    return x
