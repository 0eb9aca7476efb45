"""Array helpers that emitted code may call: polynomials given by their coefficients. NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime_arrays import cast_like

__all__ = [
    "falling_powers", "last_terms", "polyder_bar", "polyfit_bar", "polyfit_dot", "polymul_bar", "polymul_dot",
    "polyval_bar", "vander_bar", "vander_dot",
]  # fmt: skip


def polyval_bar(g: Any, p: Any, x: Any) -> Any:
    """The adjoint of the coefficients of `np.polyval(p, x)`: sums of `g` times the powers of `x`."""
    power, found = np.broadcast_to(g, np.shape(g)), []
    for _ in range(np.size(p)):
        found.append(np.sum(power))
        power = power * x
    return cast_like(np.reshape(np.array(found[::-1]), np.shape(p)), p)


def last_terms(g: Any, a: Any) -> Any:
    """The adjoint of the coefficients `a` of a sum of polynomials: those of its powers."""
    return cast_like(np.reshape(g[np.size(g) - np.size(a) :], np.shape(a)), a)


def polymul_bar(g: Any, a: Any, other: Any) -> Any:
    """The adjoint of the coefficients `a` of `np.polymul(a, other)`."""
    if np.size(g) != np.size(a) + np.size(other) - 1:
        raise ValueError("np.polymul of coefficients that start with a zero drops it, and has no derivative there")
    return cast_like(np.reshape(np.correlate(g, np.conj(np.ravel(other)), "valid"), np.shape(a)), a)


def polymul_dot(y: Any, a_dot: Any, other: Any) -> Any:
    """The part of the tangent of `y = np.polymul(a, other)` that is due to the coefficients `a`."""
    found = np.convolve(np.ravel(a_dot), np.ravel(other))
    if np.size(found) != np.size(y):
        raise ValueError("np.polymul of coefficients that start with a zero drops it, and has no derivative there")
    return found


def falling_powers(size: int, m: int) -> Any:
    """What `m` derivatives multiply the coefficients of a polynomial of `size` coefficients with; those that vanish left out."""
    degrees = np.arange(size - 1, m - 1, -1.0)
    factors = np.ones_like(degrees)
    for k in range(m):
        factors = factors * (degrees - k)
    return factors


def polyder_bar(g: Any, p: Any, m: int = 1) -> Any:
    """The adjoint of the coefficients of `np.polyder(p, m)`."""
    factors = falling_powers(np.size(p), m)
    return cast_like(np.concatenate([g[: len(factors)] * factors, np.zeros(np.size(p) - len(factors))]), p)


def vander_bar(g: Any, x: Any, increasing: bool = False) -> Any:
    """The adjoint of `x` of `np.vander(x, N, increasing)`."""
    columns = g if increasing else g[:, ::-1]
    total, power = np.zeros(np.shape(x), np.result_type(g, x)), np.ones_like(x)
    for k in range(1, np.shape(g)[1]):
        total = total + columns[:, k] * (k * power)
        power = power * x
    return total


def vander_dot(x_dot: Any, x: Any, n: int, increasing: bool = False) -> Any:
    """The tangent of `np.vander(x, n, increasing)`."""
    slopes = np.vander(x, n, increasing=True)
    slopes = np.concatenate([np.zeros_like(slopes[:, :1]), slopes[:, :-1]], axis=1)[:, :n] * np.arange(n, dtype=np.result_type(x_dot))
    return x_dot[:, None] * (slopes if increasing else slopes[:, ::-1])


def polyfit_bar(g: Any, p: Any, x: Any, y: Any, deg: int, w: Any = None) -> tuple[Any, Any]:
    """The adjoints of `x` and `y` of `p = np.polyfit(x, y, deg, w=w)` with points enough.

    The solution of the normal equations `A.T A p = A.T y`, differentiated (Golub and Pereyra 1973).
    """
    weights = np.ones(np.shape(x), np.result_type(y)) if w is None else np.asarray(w)
    a = np.vander(x, deg + 1)
    z = np.linalg.solve(np.conj((a * weights[:, None] ** 2).T @ a), g)
    scale = np.reshape(weights**2, (-1,) + (1,) * (np.ndim(y) - 1))
    fitted_bar, rest = scale * (a @ z), scale * (y - a @ p)
    if np.ndim(y) == 1:
        a_bar = np.outer(rest, z) - np.outer(fitted_bar, p)
    else:
        a_bar = rest @ z.T - fitted_bar @ p.T
    return vander_bar(a_bar, x), fitted_bar


def polyfit_dot(x_dot: Any, y_dot: Any, p: Any, x: Any, y: Any, deg: int, w: Any = None) -> Any:
    """The tangent of `p = np.polyfit(x, y, deg, w=w)` with points enough; None stands for a tangent of zeros."""
    weights = np.ones(np.shape(x), np.result_type(y)) if w is None else np.asarray(w)
    a = np.vander(x, deg + 1)
    scale = np.reshape(weights**2, (-1,) + (1,) * (np.ndim(y) - 1))
    right = np.zeros_like(p) if y_dot is None else a.T @ (scale * y_dot)
    if x_dot is not None:
        a_dot = vander_dot(x_dot, x, deg + 1)
        right = right + a_dot.T @ (scale * (y - a @ p)) - a.T @ (scale * (a_dot @ p))
    return np.linalg.solve((a * weights[:, None] ** 2).T @ a, right)
