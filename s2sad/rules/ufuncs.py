"""Rules of the methods `reduce` and `accumulate` of NumPy's ufuncs (`outer` and `at` are lowered to other calls)."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint, linear, tangent

# --- reduce -------------------------------------------------------------------------------------------------


@adjoint(np.add.reduce)
def add_reduce(y, array, axis=0, dtype=None, *, keepdims=False, initial=0, where=True):
    if where is True:
        array_bar = restore_axes(y_bar, array, axis, keepdims)
    else:
        array_bar = np.where(where, restore_axes(y_bar, array, axis, keepdims), 0.0)
    initial_bar = np.sum(y_bar)


@adjoint(np.multiply.reduce)
def multiply_reduce(y, array, axis=0, dtype=None, *, keepdims=False, initial=1, where=True):
    others = initial * product_of_others(np.where(where, array, 1.0), axis)
    array_bar = np.where(where, restore_axes(y_bar, array, axis, keepdims) * others, 0.0)
    initial_bar = np.sum(y_bar * np.prod(array, axis=axis, keepdims=keepdims, where=where))


@adjoint(np.maximum.reduce, np.minimum.reduce, np.fmax.reduce, np.fmin.reduce)
def extremum_reduce(y, array, axis=0, dtype=None, *, keepdims=False, initial=None, where=True):
    shares = share_ties_where(y_bar, y, array, axis, keepdims, initial, where)
    array_bar = shares[0]
    initial_bar = np.sum(shares[1])


@adjoint(np.subtract.reduce)
def subtract_reduce(y, array, axis=0, dtype=None, *, keepdims=False):
    array_bar = first_positive(restore_axes(y_bar, array, axis, keepdims), axis)


@adjoint(np.logaddexp.reduce)
def logaddexp_reduce(y, array, axis=0, dtype=None, *, keepdims=False):
    array_bar = restore_axes(y_bar, array, axis, keepdims) * np.exp(array - restore_axes(y, array, axis, keepdims))


@adjoint(np.logaddexp2.reduce)
def logaddexp2_reduce(y, array, axis=0, dtype=None, *, keepdims=False):
    array_bar = restore_axes(y_bar, array, axis, keepdims) * np.exp2(array - restore_axes(y, array, axis, keepdims))


@adjoint(np.hypot.reduce)
def hypot_reduce(y, array, axis=0, dtype=None, *, keepdims=False):
    array_bar = restore_axes(y_bar, array, axis, keepdims) * array / restore_axes(y, array, axis, keepdims)


# --- accumulate ---------------------------------------------------------------------------------------------


@adjoint(np.add.accumulate)
def add_accumulate(y, array, axis=0, dtype=None):
    array_bar = reverse_cumsum(y_bar, array, axis)


@adjoint(np.multiply.accumulate)
def multiply_accumulate(y, array, axis=0, dtype=None):
    array_bar = cumprod_bar(y_bar, array, axis)


@adjoint(np.subtract.accumulate)
def subtract_accumulate(y, array, axis=0, dtype=None):
    array_bar = first_positive(reverse_cumsum(y_bar, array, axis), axis)


@adjoint(np.maximum.accumulate, np.minimum.accumulate)
def extremum_accumulate(y, array, axis=0, dtype=None):
    array_bar = running_extremum_bar(y_bar, y, array, axis)


@adjoint(np.logaddexp.accumulate)
def logaddexp_accumulate(y, array, axis=0, dtype=None):
    array_bar = running_logsum_bar(y_bar, y, array, axis)


# --- tangents -----------------------------------------------------------------------------------------------

linear(np.add.reduce, np.subtract.reduce, np.add.accumulate, np.subtract.accumulate)


@tangent(np.add.reduce)
def add_reduce_tangent(y, array, axis=0, dtype=None, *, keepdims=False, initial=0, where=True):
    y_dot = np.add.reduce(array_dot, axis=axis, keepdims=keepdims, where=where) + initial_dot


@tangent(np.multiply.reduce)
def multiply_reduce_tangent(y, array, axis=0, dtype=None, *, keepdims=False, initial=1, where=True):
    others = initial * product_of_others(np.where(where, array, 1.0), axis)
    rest = np.prod(array, axis=axis, keepdims=keepdims, where=where)
    y_dot = np.sum(others * array_dot, axis=axis, keepdims=keepdims, where=where) + rest * initial_dot


@tangent(np.maximum.reduce, np.minimum.reduce, np.fmax.reduce, np.fmin.reduce)
def extremum_reduce_tangent(y, array, axis=0, dtype=None, *, keepdims=False, initial=None, where=True):
    shares = share_ties_where(np.ones_like(y), y, array, axis, keepdims, initial, where)
    y_dot = (
        np.sum(shares[0] * array_dot, axis=axis, keepdims=keepdims) + np.reshape(shares[1], np.shape(y)) * initial_dot
    )


@tangent(np.logaddexp.reduce)
def logaddexp_reduce_tangent(y, array, axis=0, dtype=None, *, keepdims=False):
    shares = np.exp(array - restore_axes(y, array, axis, keepdims))
    y_dot = np.sum(shares * array_dot, axis=axis, keepdims=keepdims)


@tangent(np.logaddexp2.reduce)
def logaddexp2_reduce_tangent(y, array, axis=0, dtype=None, *, keepdims=False):
    shares = np.exp2(array - restore_axes(y, array, axis, keepdims))
    y_dot = np.sum(shares * array_dot, axis=axis, keepdims=keepdims)


@tangent(np.hypot.reduce)
def hypot_reduce_tangent(y, array, axis=0, dtype=None, *, keepdims=False):
    y_dot = np.sum(array * array_dot, axis=axis, keepdims=keepdims) / y


@tangent(np.multiply.accumulate)
def multiply_accumulate_tangent(y, array, axis=0, dtype=None):
    y_dot = cumprod_dot(array_dot, array, axis)


@tangent(np.maximum.accumulate, np.minimum.accumulate)
def extremum_accumulate_tangent(y, array, axis=0, dtype=None):
    y_dot = running_extremum_dot(array_dot, y, array, axis)


@tangent(np.logaddexp.accumulate)
def logaddexp_accumulate_tangent(y, array, axis=0, dtype=None):
    y_dot = running_logsum_dot(array_dot, y, array, axis)
