"""Rules of functions that rearrange elements without computing anything."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint, linear, tangent


@adjoint(np.reshape, memory="maybe_view")
def reshape(y, a, shape, order="C"):
    if order == "C":
        a_bar = np.reshape(y_bar, np.shape(a))
    else:
        a_bar = np.reshape(y_bar, np.shape(a), order=layout(a, order))


@adjoint(np.ravel, memory="maybe_view")
def ravel(y, a, order="C"):
    if order == "C":
        a_bar = np.reshape(y_bar, np.shape(a))
    else:
        a_bar = np.reshape(y_bar, np.shape(a), order=layout(a, order))


@adjoint(np.ndarray.flatten)
def flatten(y, a, order="C"):
    if order == "C":
        a_bar = np.reshape(y_bar, np.shape(a))
    else:
        a_bar = np.reshape(y_bar, np.shape(a), order=layout(a, order))


@adjoint(np.transpose, memory="view")
def transpose(y, a, axes=None):
    if axes is None and np.ndim(a) == 2:
        a_bar = y_bar.T
    elif axes is None:
        a_bar = np.transpose(y_bar)
    else:
        a_bar = np.transpose(y_bar, np.argsort(np.mod(axes, np.ndim(a))))


@adjoint(getattr(np, "matrix_transpose", None), getattr(np.linalg, "matrix_transpose", None), memory="view")
def matrix_transpose(y, x):
    x_bar = np.swapaxes(y_bar, -1, -2)


@adjoint(np.swapaxes, memory="view")
def swapaxes(y, a, axis1, axis2):
    a_bar = np.swapaxes(y_bar, axis1, axis2)


@adjoint(np.moveaxis, memory="view")
def moveaxis(y, a, source, destination):
    a_bar = np.moveaxis(y_bar, destination, source)


@adjoint(np.rollaxis, memory="view")
def rollaxis(y, a, axis, start=0):
    a_bar = unroll_axis(y_bar, axis, start)


@adjoint(np.squeeze, memory="view")
def squeeze(y, a, axis=None):
    a_bar = np.reshape(y_bar, np.shape(a))


@adjoint(np.expand_dims, memory="view")
def expand_dims(y, a, axis):
    a_bar = np.reshape(y_bar, np.shape(a))


@adjoint(np.atleast_1d, np.atleast_2d, np.atleast_3d, memory="maybe_view")
def atleast(y, a):
    a_bar = np.reshape(y_bar, np.shape(a))


@adjoint(np.broadcast_to, memory="view")
def broadcast_to(y, array, shape):
    array_bar = unbroadcast(y_bar, array)


@adjoint(np.broadcast_arrays, memory="view")
def broadcast_arrays(y, *args):
    args_bar = unbroadcast_all(y_bar, args)


@adjoint(np.lib.stride_tricks.sliding_window_view, options={"writeable": (False,)}, memory="view")
def sliding_window_view(y, x, window_shape, axis=None, *, writeable=False):
    x_bar = windows_bar(y_bar, x, window_shape, axis)


@adjoint(np.lib.stride_tricks.as_strided, options={"subok": (False,)}, memory="view")
def as_strided(y, x, shape=None, strides=None, subok=False, writeable=True):
    x_bar = strided_bar(y_bar, x, shape, strides)


@tangent(np.lib.stride_tricks.as_strided, options={"subok": (False,)}, memory="view")
def as_strided_tangent(y, x, shape=None, strides=None, subok=False, writeable=True):
    y_dot = strided_view(x_dot, x, shape, strides)


@adjoint(np.resize)
def resize(y, a, new_shape):
    a_bar = take_bar(np.ravel(y_bar), a, np.arange(np.size(y_bar)) % np.size(a))


@adjoint(np.flip, memory="view")
def flip(y, m, axis=None):
    m_bar = np.flip(y_bar, axis)


@adjoint(np.fliplr, memory="view")
def fliplr(y, m):
    m_bar = np.fliplr(y_bar)


@adjoint(np.flipud, memory="view")
def flipud(y, m):
    m_bar = np.flipud(y_bar)


@adjoint(np.rot90, memory="view")
def rot90(y, m, k=1, axes=(0, 1)):
    m_bar = np.rot90(y_bar, -k, axes)


@adjoint(np.roll)
def roll(y, a, shift, axis=None):
    if isinstance(shift, int):
        a_bar = np.roll(y_bar, -shift, axis)
    else:
        a_bar = np.roll(y_bar, np.negative(shift), axis)


@adjoint(np.repeat)
def repeat(y, a, repeats, axis=None):
    a_bar = repeat_bar(y_bar, a, repeats, axis)


@adjoint(np.tile)
def tile(y, A, reps):
    A_bar = tile_bar(y_bar, A, reps)


_PADS = (
    "constant", "edge", "linear_ramp", "maximum", "mean", "median", "minimum", "reflect", "symmetric", "wrap",
)  # fmt: skip


@adjoint(np.pad, options={"mode": _PADS, "reflect_type": ("even", "odd")})
def pad(
    y, array, pad_width, mode="constant", *, constant_values=0, end_values=0, stat_length=None, reflect_type="even"
):
    if mode == "constant":
        array_bar = crop_padding(y_bar, array, pad_width)
    else:
        array_bar = pad_bar(y_bar, array, pad_width, mode, stat_length, reflect_type)
    constant_values_bar = pad_values_bar(y_bar, constant_values, array, pad_width, mode)
    end_values_bar = pad_values_bar(y_bar, end_values, array, pad_width, mode)


@adjoint(np.tril)
def tril(y, m, k=0):
    m_bar = np.tril(y_bar, k)


@adjoint(np.triu)
def triu(y, m, k=0):
    m_bar = np.triu(y_bar, k)


@adjoint(np.diag)
def diag(y, v, k=0):
    if np.ndim(v) == 1:
        v_bar = np.diagonal(y_bar, k)
    else:
        v_bar = diag_bar(y_bar, v, k)


@adjoint(np.diagonal, memory="view")
def diagonal(y, a, offset=0, axis1=0, axis2=1):
    a_bar = place_diagonal(y_bar, a, offset, axis1, axis2)


@adjoint(np.diagflat)
def diagflat(y, v, k=0):
    v_bar = np.reshape(np.diagonal(y_bar, k), np.shape(v))


@adjoint(np.trace)
def trace(y, a, offset=0, axis1=0, axis2=1):
    a_bar = trace_bar(y_bar, a, offset, axis1, axis2)


# --- tangents -----------------------------------------------------------------------------------------------

linear(
    np.transpose,
    getattr(np, "matrix_transpose", None),
    getattr(np.linalg, "matrix_transpose", None),
    np.swapaxes,
    np.moveaxis,
    np.rollaxis,
    np.squeeze,
    np.expand_dims,
    np.atleast_1d,
    np.atleast_2d,
    np.atleast_3d,
    np.broadcast_to,
    np.lib.stride_tricks.sliding_window_view,
    np.resize,
    np.flip,
    np.fliplr,
    np.flipud,
    np.rot90,
    np.roll,
    np.repeat,
    np.tile,
    np.tril,
    np.triu,
    np.diag,
    np.diagonal,
    np.diagflat,
    np.trace,
)


@tangent(np.reshape, memory="maybe_view")
def reshape_tangent(y, a, shape, order="C"):
    if order == "C":
        y_dot = np.reshape(a_dot, shape)
    else:
        y_dot = np.reshape(a_dot, shape, order=layout(a, order))


@tangent(np.ravel, memory="maybe_view")
def ravel_tangent(y, a, order="C"):
    if order == "C":
        y_dot = np.ravel(a_dot)
    else:
        y_dot = np.ravel(a_dot, order=layout(a, order))


@tangent(np.ndarray.flatten)
def flatten_tangent(y, a, order="C"):
    if order == "C":
        y_dot = a_dot.flatten()
    else:
        y_dot = a_dot.flatten(layout(a, order))


@tangent(np.broadcast_arrays, memory="view")
def broadcast_arrays_tangent(y, *args):
    y_dot = np.broadcast_arrays(*args_dot)


@tangent(np.pad, options={"mode": _PADS, "reflect_type": ("even", "odd")})
def pad_tangent(
    y, array, pad_width, mode="constant", *, constant_values=0, end_values=0, stat_length=None, reflect_type="even"
):
    zeros = np.zeros_like(array)
    if mode == "constant":
        y_dot = np.pad(array_dot, pad_width) + np.pad(zeros, pad_width, constant_values=constant_values_dot)
    elif mode == "linear_ramp":
        y_dot = np.pad(array_dot, pad_width, mode) + np.pad(zeros, pad_width, mode, end_values=end_values_dot)
    elif mode == "maximum" or mode == "minimum" or mode == "median":
        y_dot = pad_statistic_dot(array_dot, array, pad_width, mode, stat_length)
    elif mode == "mean":
        y_dot = np.pad(array_dot, pad_width, mode, stat_length=stat_length)
    elif reflect_type == "odd":
        y_dot = np.pad(array_dot, pad_width, mode, reflect_type=reflect_type)
    else:
        y_dot = np.pad(array_dot, pad_width, mode)
