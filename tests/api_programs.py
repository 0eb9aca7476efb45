"""Programs that the tests of the public functions share."""

from __future__ import annotations

import numpy as np

import s2sad

X = np.array([0.7, -1.3, 2.1, 0.4])


def poly(x, y=2.0, *, k=3.0):
    """A polynomial."""
    return k * x * x * y + y


def squares(x):
    return np.sum(x * x)


def fill(x):
    x[0] = x[0] * x[1]
    x[1:] *= 2.0
    return np.sum(x**2)


@s2sad.differentiate
def energy(x: np.ndarray, scale: float = 0.5) -> float:
    """Half the sum of the squares."""
    return scale * np.sum(x**2)


@s2sad.differentiate(wrt=("w", "b"))
def model(w, b, x):
    return np.sum((w * x + b) ** 2)


class Spring:
    def __init__(self, stiffness: float) -> None:
        self.stiffness = stiffness

    @s2sad.differentiate(wrt="x")
    def energy(self, x):
        """Of the spring."""
        return 0.5 * self.stiffness * np.sum(x**2)

    def plain(self, x, power=2):
        return self.stiffness * x**power

    def __call__(self, x):
        return self.stiffness * x * x


def stored(x):
    y = np.zeros_like(x)
    for i in range(1, len(x)):
        y[i] = y[i - 1] * x[i] + x[i - 1] ** 2
    return np.sum(y**2)
