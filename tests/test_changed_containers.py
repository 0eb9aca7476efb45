"""Lists, dicts and objects from outside that change between two calls of one gradient."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad

from .helpers import numeric_gradient

X = np.array([0.7, -0.3, 1.4])


class Settings:
    pass


COEFFICIENTS: list[float] = []
NAMED: dict[str, float] = {}
NESTED: list[list[float]] = []
SETTINGS = Settings()


def looped(x):
    s = 0.0
    for c in COEFFICIENTS:
        s = s * 2.0 + c * x[0]
    return s


def backwards(x):
    s = 0.0
    for k, c in enumerate(reversed(COEFFICIENTS)):
        s = s * 2.0 + c * x[k % 3]
    return s


def unpacked(x):
    first, *others = COEFFICIENTS
    return first * x[0] + x[1] * sum(others)


def zipped(x):
    return sum([c * v for c, v in zip(COEFFICIENTS, x)])


def listed(x):
    own = list(COEFFICIENTS)
    own[0] += 1.0
    return sum(own) * x[1] + len(own) * x[2]


def nested(x):
    return sum([x[k] * sum(row) for k, row in enumerate(NESTED)])


def defaulted(x, c=COEFFICIENTS):
    return x[0] * c[0] + sum(c) * x[1]


def items(x):
    return sum([v * x[len(k)] for k, v in NAMED.items()])


def attribute(x):
    return x[0] * (SETTINGS.scale if hasattr(SETTINGS, "scale") else 5.0) * getattr(SETTINGS, "more", 2.0)


FUNCTIONS = [looped, backwards, unpacked, zipped, listed, nested, defaulted, items, attribute]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_a_gradient_follows_what_changes(function) -> None:
    COEFFICIENTS[:] = [1.0, 2.0]
    NESTED[:] = [[1.0], [2.0]]
    NAMED.clear()
    NAMED["a"] = 2.0
    vars(SETTINGS).clear()
    gradient = s2sad.value_and_grad(function)

    def compare() -> None:
        value, found = gradient(X)
        np.testing.assert_allclose(value, function(X))
        np.testing.assert_allclose(found, numeric_gradient(function, (X,), "x"), rtol=1e-6, atol=1e-9)

    compare()
    COEFFICIENTS[0], NESTED[1][0], NAMED["a"], SETTINGS.scale = 5.0, 4.0, 3.0, 3.0
    compare()
    COEFFICIENTS.append(7.0)
    NESTED.append([6.0, 1.0])
    NAMED["bb"] = 1.5
    SETTINGS.more = 4.0
    compare()
    del COEFFICIENTS[0], NESTED[0], NAMED["a"], SETTINGS.scale
    compare()
    COEFFICIENTS[1] = np.float32(2.0)
    NESTED[0] = [3.0, 2.0, 1.0]
    compare()
