"""Rules of functions that make arrays: conversions, copies, fills and ramps."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint, linear, tangent


@adjoint(np.copy, np.ndarray.copy)
def copy(y, a, order="K"):
    a_bar = y_bar


@adjoint(np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, memory="maybe_view")
def asarray(y, a, dtype=None):
    if dtype is None and isinstance(a, np.ndarray):
        a_bar = y_bar
    else:
        a_bar = cast_back(y_bar, y, a)


@adjoint(np.array)
def array(y, object, dtype=None, *, copy=True, ndmin=0):
    if dtype is None and isinstance(object, np.ndarray) and ndmin == 0:
        object_bar = y_bar
    elif ndmin == 0:
        object_bar = cast_back(y_bar, y, object)
    else:
        object_bar = cast_back(np.reshape(y_bar, np.shape(object)), y, object)


@adjoint(np.ndarray.astype, getattr(np, "astype", None))
def astype(y, a, dtype, *, copy=True):
    a_bar = cast_back(y_bar, y, a)


@adjoint(np.ndarray.item)
def item(y, a, *args):
    a_bar = item_bar(y_bar, a, args)


@adjoint(np.ndarray.tolist)
def tolist(y, a):
    a_bar = np.reshape(y_bar, np.shape(a))


@adjoint(np.full)
def full(y, shape, fill_value, dtype=None, order="C"):
    if np.ndim(fill_value) == 0:
        fill_value_bar = np.sum(y_bar)
    else:
        fill_value_bar = cast_back(y_bar, y, fill_value)


@adjoint(np.full_like)
def full_like(y, a, fill_value, dtype=None, order="K"):
    if np.ndim(fill_value) == 0:
        fill_value_bar = np.sum(y_bar)
    else:
        fill_value_bar = cast_back(y_bar, y, fill_value)
    a_bar = None  # only its shape is read


@adjoint(np.linspace, options={"retstep": (False,)})
def linspace(y, start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    ramp = np.linspace(0.0, 1.0, num, endpoint)
    if axis == 0:
        start_bar = unbroadcast(np.tensordot(1.0 - ramp, y_bar, 1), start)
        stop_bar = unbroadcast(np.tensordot(ramp, y_bar, 1), stop)
    else:
        start_bar = unbroadcast(np.tensordot(1.0 - ramp, np.moveaxis(y_bar, axis, 0), 1), start)
        stop_bar = unbroadcast(np.tensordot(ramp, np.moveaxis(y_bar, axis, 0), 1), stop)


@adjoint(np.logspace)
def logspace(y, start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    ramp = np.linspace(0.0, 1.0, num, endpoint)
    exponent_bar = np.moveaxis(y_bar * y, axis, 0)
    start_bar = unbroadcast(np.tensordot(1.0 - ramp, exponent_bar, 1) * np.log(base), start)
    stop_bar = unbroadcast(np.tensordot(ramp, exponent_bar, 1) * np.log(base), stop)
    if np.ndim(base) == 0:
        exponents = np.linspace(start, stop, num, endpoint)
    else:
        exponents = np.linspace(start + np.zeros_like(base), stop, num, endpoint)
    base_bar = unbroadcast(exponent_bar * exponents / base, base)


@adjoint(np.geomspace)
def geomspace(y, start, stop, num=50, endpoint=True, dtype=None, axis=0):
    ramp = np.linspace(0.0, 1.0, num, endpoint)
    relative_bar = np.moveaxis(y_bar * y, axis, 0)
    start_bar = unbroadcast(np.tensordot(1.0 - ramp, relative_bar, 1) / start, start)
    stop_bar = unbroadcast(np.tensordot(ramp, relative_bar, 1) / stop, stop)


@adjoint(np.arange)
def arange(y, *args):
    args_bar = arange_bar(y_bar, args)


@adjoint(np.meshgrid, options={"copy": (True,)})
def meshgrid(y, *xi, copy=True, sparse=False, indexing="xy"):
    xi_bar = meshgrid_bar(y_bar, xi, indexing)


# --- tangents -----------------------------------------------------------------------------------------------

linear(
    np.copy,
    np.ndarray.copy,
    np.asarray,
    np.asanyarray,
    np.ascontiguousarray,
    np.asfortranarray,
    np.array,
    np.ndarray.astype,
    getattr(np, "astype", None),
    np.ndarray.item,
    np.ndarray.tolist,
)


@tangent(np.full)
def full_tangent(y, shape, fill_value, dtype=None, order="C"):
    y_dot = np.full(shape, fill_value_dot)


@tangent(np.full_like)
def full_like_tangent(y, a, fill_value, dtype=None, order="K"):
    unread = a_dot  # only its shape is read
    y_dot = np.full_like(y, fill_value_dot)


@tangent(np.linspace, options={"retstep": (False,)})
def linspace_tangent(y, start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    y_dot = np.linspace(start_dot, stop_dot, num, endpoint, axis=axis)


@tangent(np.logspace)
def logspace_tangent(y, start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    if np.ndim(base) == 0:
        exponents_dot = np.linspace(start_dot, stop_dot, num, endpoint)
        exponents = np.linspace(start, stop, num, endpoint)
    else:
        exponents_dot = np.linspace(start_dot + np.zeros_like(base), stop_dot, num, endpoint)
        exponents = np.linspace(start + np.zeros_like(base), stop, num, endpoint)
    y_dot = y * np.moveaxis(exponents_dot * np.log(base), 0, axis) + y * np.moveaxis(exponents * (base_dot / base), 0, axis)


@tangent(np.geomspace)
def geomspace_tangent(y, start, stop, num=50, endpoint=True, dtype=None, axis=0):
    y_dot = y * np.linspace(start_dot / start, stop_dot / stop, num, endpoint, axis=axis)


@tangent(np.arange)
def arange_tangent(y, *args):
    y_dot = arange_dot(y, args_dot)


@tangent(np.meshgrid, options={"copy": (True,)})
def meshgrid_tangent(y, *xi, copy=True, sparse=False, indexing="xy"):
    y_dot = np.meshgrid(*xi_dot, sparse=sparse, indexing=indexing)
