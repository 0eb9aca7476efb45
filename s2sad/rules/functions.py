"""Rules of the run-time helpers that stand for results of solvers.

A solution is a function of what its equation depends on, by the implicit function theorem; see C. Blondel et al., Efficient
and modular implicit differentiation (2022).
"""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad import runtime
from s2sad.rules.registry import adjoint, tangent


@adjoint(runtime.weighted)
def weighted(y, bars, slopes):
    bars_bar = weights_bar(y_bar, bars, slopes)
    slopes_bar = weights_bar(y_bar, slopes, bars)


@tangent(runtime.weighted)
def weighted_dot(y, bars, slopes):
    y_dot = weighted(bars_dot, slopes) + weighted(bars, slopes_dot)


# At a root the residual is 0, so that the solution does not depend on the Jacobian.
@adjoint(runtime.at_root)
def at_root(y, x, residual, jacobian):
    if np.ndim(x) == 0:
        residual_bar = -y_bar / jacobian
    elif np.ndim(x) == 1:
        residual_bar = np.linalg.solve(-jacobian.T, y_bar)
    else:
        residual_bar = root_bar(y_bar, jacobian)
    x_bar = y_bar
    jacobian_bar = None


@tangent(runtime.at_root)
def at_root_dot(y, x, residual, jacobian):
    ignored = jacobian_dot
    if np.ndim(x) == 0:
        y_dot = x_dot - residual_dot / jacobian
    else:
        y_dot = x_dot - root_dot(residual_dot, jacobian)


@adjoint(runtime.root_bar)
def root_bar(z, y_bar, jacobian):
    y_bar_bar = -root_dot(z_bar, jacobian)
    jacobian_bar = -root_matrix_bar(z, root_dot(z_bar, jacobian))


@tangent(runtime.root_bar)
def root_bar_dot(z, y_bar, jacobian):
    z_dot = root_bar(y_bar_dot, jacobian) + root_bar(np.tensordot(z, jacobian_dot, np.ndim(z)), jacobian)


@adjoint(runtime.root_dot)
def root_dot(z, residual_dot, jacobian):
    residual_dot_bar = -root_bar(z_bar, jacobian)
    jacobian_bar = root_matrix_bar(root_bar(z_bar, jacobian), z)


@tangent(runtime.root_dot)
def root_dot_dot(z, residual_dot, jacobian):
    z_dot = root_dot(residual_dot_dot, jacobian) - root_dot(np.tensordot(jacobian_dot, z, np.ndim(z)), jacobian)


@adjoint(runtime.root_matrix_bar)
def root_matrix_bar(z, left, right):
    left_bar = np.tensordot(z_bar, right, np.ndim(right))
    right_bar = np.tensordot(left, z_bar, np.ndim(left))


@tangent(runtime.root_matrix_bar)
def root_matrix_bar_dot(z, left, right):
    z_dot = root_matrix_bar(left_dot, right) + root_matrix_bar(left, right_dot)


# What a solver gives depends on `p` by `jacobian`, which has the axes of `p` first, and on nothing else: the value itself is
# a call of the solver, whose derivative this is.
@adjoint(runtime.depending_on)
def depending_on(y, value, p, jacobian):
    if np.ndim(value) == 0:
        p_bar = y_bar * jacobian
    elif np.ndim(p) == 0:
        p_bar = np.sum(y_bar * jacobian)
    else:
        p_bar = np.tensordot(jacobian, y_bar, np.ndim(y_bar))
    value_bar = None
    jacobian_bar = None


@tangent(runtime.depending_on)
def depending_on_dot(y, value, p, jacobian):
    ignored = jacobian_dot, value_dot
    if np.ndim(p) == 0:
        y_dot = p_dot * jacobian
    else:
        y_dot = np.tensordot(p_dot, jacobian, np.ndim(p_dot))


# The same for one more operand.
@adjoint(runtime.depending_also_on)
def depending_also_on(y, value, p, jacobian):
    if np.ndim(value) == 0:
        p_bar = y_bar * jacobian
    elif np.ndim(p) == 0:
        p_bar = np.sum(y_bar * jacobian)
    else:
        p_bar = np.tensordot(jacobian, y_bar, np.ndim(y_bar))
    value_bar = y_bar
    jacobian_bar = None


@tangent(runtime.depending_also_on)
def depending_also_on_dot(y, value, p, jacobian):
    ignored = jacobian_dot
    if np.ndim(p) == 0:
        y_dot = value_dot + p_dot * jacobian
    else:
        y_dot = value_dot + np.tensordot(p_dot, jacobian, np.ndim(p_dot))


# The same, element by element.
@adjoint(runtime.with_slope)
def with_slope(y, value, x, slope):
    x_bar = y_bar * slope
    value_bar = None
    slope_bar = None


@tangent(runtime.with_slope)
def with_slope_dot(y, value, x, slope):
    ignored = slope_dot, value_dot
    y_dot = x_dot * slope
