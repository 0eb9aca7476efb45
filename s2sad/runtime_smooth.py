"""Derivatives of any order of functions that are smooth where their formulas divide zero by zero. NumPy only.

Both are quotients with `x` in the denominator. By the rule of Leibniz, `x * f` has the derivatives `x * f[k] + k * f[k - 1]`, which
gives one from the one before; near zero that cancels, and the power series is summed instead.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["sinc_derivative", "spence_slope"]
_TERMS = 60


def sinc_derivative(x: Any, order: int) -> Any:
    """The derivative of some order of `np.sinc`, `sin(pi * x) / (pi * x)`.

    >>> round(float(sinc_derivative(0.0, 2)), 6)
    -3.289868
    """
    x = np.asarray(x)
    near = np.abs(x) < 0.5
    close, far = np.where(near, x, 0.0), np.where(near, 1.0, x)
    first = (order + 1) // 2
    series = sum(
        (-1.0) ** m * math.pi ** (2 * m) / ((2 * m + 1) * math.factorial(2 * m - order)) * close ** (2 * m - order)
        for m in range(first, first + _TERMS // 3)
    )  # fmt: skip
    found = np.sinc(far)
    for k in range(1, order + 1):
        found = (math.pi ** (k - 1) * np.sin(math.pi * far + k * math.pi / 2.0) - k * found) / far
    return np.where(near, series, found).astype(np.result_type(x, np.float16), copy=False)[()]


def spence_slope(z: Any, order: int = 0) -> Any:
    """The derivative of some order of `log(z) / (1 - z)`, the slope of `scipy.special.spence`; -1 at 1, without a derivative.

    >>> float(spence_slope(1.0))
    -1.0
    """
    t = np.asarray(z) - 1.0
    near = np.abs(t) < 0.5
    close, far = np.where(near, t, 0.0), np.where(near, 1.0, t)
    series = -sum((-1.0) ** m * math.perm(m, order) / (m + 1.0) * close ** (m - order) for m in range(order, order + _TERMS))
    found = -np.log(1.0 + far) / far
    for k in range(1, order + 1):
        found = (math.factorial(k - 1) * (-1.0) ** k / (1.0 + far) ** k - k * found) / far
    return np.where(near, series, found).astype(np.result_type(t, np.float16), copy=False)[()]
