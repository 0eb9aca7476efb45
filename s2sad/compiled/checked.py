"""Arithmetic of Python's numbers with Python's errors, for compiled code, where it would give infinity or NaN instead.

These functions are printed, compiled, above the functions that call them.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..ir.nodes import Ref


def divided(a, b):
    if b == 0:
        raise ZeroDivisionError("division by zero")
    return a / b


def complex_divided(a, b):
    """`a / b` of complex numbers as NumPy has it."""
    if b == 0:
        return complex(a.real * np.inf, a.imag * np.inf)
    return a / b


def floor_divided(a, b):
    if b == 0:
        raise ZeroDivisionError("division by zero")
    return a // b


def remainder(a, b):
    if b == 0:
        raise ZeroDivisionError("division by zero")
    return a % b


def power(x, y):
    if x == 0 and y < 0 and math.isfinite(y):
        raise ZeroDivisionError("0.0 cannot be raised to a negative power")
    z = x ** float(y) if y < 0 else x**y
    if math.isinf(z) and math.isfinite(x) and math.isfinite(y):
        raise OverflowError("numerical result out of range")
    if math.isnan(z) and not math.isnan(x) and not math.isnan(y):
        raise ValueError("a negative number cannot be raised to a fractional power")
    return z


def whole_power(x, k):
    """`x ** k` of a float and an integer as NumPy has it."""
    return x ** float(k) if k < 0 else x**k


def squared(x):
    z = x * x
    if math.isinf(z) and not math.isinf(x):
        raise OverflowError("numerical result out of range")
    return z


def cubed(x):
    z = x * x * x
    if math.isinf(z) and not math.isinf(x):
        raise OverflowError("numerical result out of range")
    return z


def power_slope(x, p):
    """`p * x ** (p - 1)`, the derivative of `x ** p` in `x`, 0 where `p` is 0 whatever `x` is."""
    return p * np.power(x, 0.0 if p == 0 else p - 1.0)


def power_derivative(x, p, order):
    """The derivative of some order of `x ** p` in `x`, 0 where `p` is too small a natural number, whatever `x` is."""
    factor = 1.0 * p
    for k in range(1, order):
        factor *= p - k
    return factor * np.power(x, 0.0 if factor == 0.0 else p - float(order))


def log_or_zero(x):
    """`log(x)`, and 0 where the logarithm is not finite or not real."""
    return np.log(x if x > 0.0 else 1.0)


def truncated(x):
    if math.isnan(x):
        raise ValueError("cannot convert float NaN to integer")
    if not abs(x) < 2.0**47:
        raise OverflowError("cannot convert a float that is infinite, or this large, to an integer in compiled code")
    return int(x)


def math_floor(x):
    if math.isnan(x):
        raise ValueError("cannot convert float NaN to integer")
    if not abs(x) < 2.0**47:
        raise OverflowError("cannot convert a float that is infinite, or this large, to an integer in compiled code")
    return math.floor(x)


def math_ceil(x):
    if math.isnan(x):
        raise ValueError("cannot convert float NaN to integer")
    if not abs(x) < 2.0**47:
        raise OverflowError("cannot convert a float that is infinite, or this large, to an integer in compiled code")
    return math.ceil(x)


def in_bounds(index, size):
    """An index as one from the front."""
    if index < -size or index >= size:
        raise IndexError("index out of bounds")
    return index + size if index < 0 else index


def slice_end(index, size):
    """An end of a slice as an index from 0 to `size`."""
    return min(max(index + size if index < 0 else index, 0), size)


def math_pow(x, y):
    z = math.pow(x, y)
    if math.isinf(z) and math.isfinite(x) and math.isfinite(y):
        if x == 0.0:
            raise ValueError("math domain error")
        raise OverflowError("math range error")
    if math.isnan(z) and not math.isnan(x) and not math.isnan(y):
        raise ValueError("math domain error")
    return z


def math_hypot(x, y):
    z = math.hypot(x, y)
    if math.isinf(z) and math.isfinite(x) and math.isfinite(y):
        raise OverflowError("math range error")
    return z


def math_sin(x):
    y = math.sin(x)
    if not math.isfinite(y) and not math.isnan(x) and not (math.isinf(y) and math.isinf(x)):
        raise ValueError("math domain error")
    return y


def math_cos(x):
    y = math.cos(x)
    if not math.isfinite(y) and not math.isnan(x) and not (math.isinf(y) and math.isinf(x)):
        raise ValueError("math domain error")
    return y


def math_tan(x):
    y = math.tan(x)
    if not math.isfinite(y) and not math.isnan(x) and not (math.isinf(y) and math.isinf(x)):
        raise ValueError("math domain error")
    return y


def math_sqrt(x):
    y = math.sqrt(x)
    if not math.isfinite(y) and not math.isnan(x) and not (math.isinf(y) and math.isinf(x)):
        raise ValueError("math domain error")
    return y


def math_log(x):
    y = math.log(x)
    if not math.isfinite(y) and not math.isnan(x) and not (math.isinf(y) and math.isinf(x)):
        raise ValueError("math domain error")
    return y


def math_log2(x):
    y = math.log2(x)
    if not math.isfinite(y) and not math.isnan(x) and not (math.isinf(y) and math.isinf(x)):
        raise ValueError("math domain error")
    return y


def math_log10(x):
    y = math.log10(x)
    if not math.isfinite(y) and not math.isnan(x) and not (math.isinf(y) and math.isinf(x)):
        raise ValueError("math domain error")
    return y


def math_log1p(x):
    y = math.log1p(x)
    if not math.isfinite(y) and not math.isnan(x) and not (math.isinf(y) and math.isinf(x)):
        raise ValueError("math domain error")
    return y


def math_asin(x):
    y = math.asin(x)
    if not math.isfinite(y) and not math.isnan(x) and not (math.isinf(y) and math.isinf(x)):
        raise ValueError("math domain error")
    return y


def math_acos(x):
    y = math.acos(x)
    if not math.isfinite(y) and not math.isnan(x) and not (math.isinf(y) and math.isinf(x)):
        raise ValueError("math domain error")
    return y


def math_acosh(x):
    y = math.acosh(x)
    if not math.isfinite(y) and not math.isnan(x) and not (math.isinf(y) and math.isinf(x)):
        raise ValueError("math domain error")
    return y


def math_atanh(x):
    y = math.atanh(x)
    if not math.isfinite(y) and not math.isnan(x) and not (math.isinf(y) and math.isinf(x)):
        raise ValueError("math domain error")
    return y


def math_exp(x):
    y = math.exp(x)
    if math.isinf(y) and math.isfinite(x):
        raise OverflowError("math range error")
    return y


def math_expm1(x):
    y = math.expm1(x)
    if math.isinf(y) and math.isfinite(x):
        raise OverflowError("math range error")
    return y


def math_sinh(x):
    y = math.sinh(x)
    if math.isinf(y) and math.isfinite(x):
        raise OverflowError("math range error")
    return y


def math_cosh(x):
    y = math.cosh(x)
    if math.isinf(y) and math.isfinite(x):
        raise OverflowError("math range error")
    return y


def math_gamma(x):
    y = math.gamma(x)
    if x == -math.inf:
        raise ValueError("math domain error")
    if not math.isfinite(y) and math.isfinite(x):
        if x <= 0.0 and x == math.floor(x):
            raise ValueError("math domain error")
        raise OverflowError("math range error")
    return y


def math_lgamma(x):
    y = math.lgamma(x)
    if not math.isfinite(y) and math.isfinite(x):
        if x <= 0.0 and x == math.floor(x):
            raise ValueError("math domain error")
        raise OverflowError("math range error")
    return y


def ref(f: Any) -> Ref:
    """An atom that stands for a function of this module, whose definition is printed, too."""
    return Ref(f, f.__name__, f, "$param")  # its name needs no import
