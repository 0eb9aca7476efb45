"""Run-time helpers for functions with several results, and for the results of solvers."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "at_root", "depending_also_on", "depending_on", "root_bar", "root_dot", "root_matrix_bar", "weighted", "weights_bar", "with_slope",
]  # fmt: skip


def weighted(bars: Any, slopes: Any) -> Any:
    """The sum of the products of the adjoints of several results and their slopes; an adjoint None counts as 0."""
    return sum(bar * slope for bar, slope in zip(bars, slopes) if bar is not None)


def weights_bar(y_bar: Any, bars: Any, slopes: Any) -> Any:
    """The adjoints of one factor of `weighted`."""
    if isinstance(bars, np.ndarray):
        return np.asarray(y_bar * slopes)
    return tuple(None if bar is None or slope is None else np.reshape(y_bar * slope, np.shape(bar))[()] for bar, slope in zip(bars, slopes))


def at_root(x: Any, residual: Any, jacobian: Any) -> Any:
    """A copy of `x`, a root; `residual` is that of its equation there, 0 up to tolerances, `jacobian` its derivative in `x`."""
    return np.array(x) if isinstance(x, np.ndarray) else x


def root_bar(y_bar: Any, jacobian: Any) -> Any:
    """The adjoint of a residual from that of the root: -J^-T y_bar."""
    n = np.size(y_bar)
    return -np.reshape(np.linalg.solve(np.reshape(jacobian, (n, n)).T, np.reshape(y_bar, n)), np.shape(y_bar))


def root_dot(residual_dot: Any, jacobian: Any) -> Any:
    """What a change of the residual moves the root by, with the sign of the change: J^-1 residual_dot."""
    n = np.size(residual_dot)
    return np.reshape(np.linalg.solve(np.reshape(jacobian, (n, n)), np.reshape(residual_dot, n)), np.shape(residual_dot))


def root_matrix_bar(left: Any, right: Any) -> Any:
    """The adjoint of a Jacobian: the outer product of an adjoint of the residual and a tangent of the root."""
    return np.multiply.outer(left, right)


def depending_on(value: Any, p: Any, jacobian: Any) -> Any:
    """A copy of `value`, which depends on `p`: `jacobian` is its derivative, of shape `p.shape + value.shape`."""
    return np.array(value) if isinstance(value, np.ndarray) else value


def depending_also_on(value: Any, p: Any, jacobian: Any) -> Any:
    """A copy of `value`, which is known to depend on something, and depends on `p`, too."""
    return np.array(value) if isinstance(value, np.ndarray) else value


def with_slope(value: Any, x: Any, slope: Any) -> Any:
    """A copy of `value`, each element of which depends on that of `x`: `slope` holds the derivatives."""
    return np.array(value) if isinstance(value, np.ndarray) else value
