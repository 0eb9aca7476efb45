"""Rules of the run-time helpers themselves, so that emitted code can be differentiated again."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad import runtime
from s2sad.rules.registry import adjoint, linear, tangent, zero_derivative


@adjoint(runtime.unbroadcast, memory="maybe_view")
def unbroadcast(y, g, x):
    g_bar = broadcast_like(y_bar, g)
    x_bar = None  # only its shape is read


@adjoint(runtime.broadcast_like, memory="maybe_view")
def broadcast_like(y, g, x):
    g_bar = unbroadcast(y_bar, g)
    x_bar = None  # only its shape is read


@adjoint(runtime.cast_like, memory="maybe_view")
def cast_like(y, g, x):
    g_bar = cast_like(y_bar, g)
    x_bar = None  # only its shape is read


@adjoint(runtime.restore_axes, memory="maybe_view")
def restore_axes(y, g, x, axis=None, keepdims=False):
    g_bar = sum_axes(y_bar, g, axis, keepdims)
    x_bar = None  # only its shape is read


@adjoint(runtime.sum_axes)
def sum_axes(z, g, y, axis=None, keepdims=False):
    g_bar = restore_axes(z_bar, g, axis, keepdims)
    y_bar = None  # only its shape is read


@adjoint(runtime.spread)
def spread(y, g, items):
    g_bar = gather(y_bar, g)
    items_bar = None  # only its shape is read


@adjoint(runtime.split_like, memory="maybe_view")
def split_like(y, g, arrays, axis=0):
    g_bar = join_like(y_bar, y, axis, np.shape(g))
    arrays_bar = None  # only its shape is read


@adjoint(runtime.reverse_cumsum)
def reverse_cumsum(y, g, a, axis=None):
    g_bar = np.reshape(np.cumsum(y_bar, axis), np.shape(g))
    a_bar = None  # only its shape is read


@adjoint(runtime.take_bar)
def take_bar(y, g, a, indices, axis=None):
    g_bar = np.take(y_bar, indices, axis)
    a_bar = None  # only its shape is read


@adjoint(runtime.take_along_bar)
def take_along_bar(y, g, a, indices, axis=-1):
    g_bar = np.take_along_axis(y_bar, indices, axis)
    a_bar = None  # only its shape is read


@adjoint(runtime.place_diagonal)
def place_diagonal(y, g, a, offset=0, axis1=0, axis2=1):
    g_bar = np.diagonal(y_bar, offset, axis1, axis2)
    a_bar = None  # only its shape is read


@adjoint(runtime.repeat_bar)
def repeat_bar(y, g, a, repeats, axis=None):
    g_bar = np.repeat(y_bar, repeats, axis)
    a_bar = None  # only its shape is read


@adjoint(runtime.tile_bar)
def tile_bar(y, g, A, reps):
    g_bar = np.tile(y_bar, reps)
    A_bar = None  # only its shape is read


@adjoint(runtime.crop_padding, memory="maybe_view")
def crop_padding(y, g, array, pad_width):
    g_bar = np.pad(y_bar, pad_width)
    array_bar = None  # only its shape is read


@adjoint(runtime.cast_back, memory="maybe_view")
def cast_back(z, g, y, x):
    g_bar = uncast(z_bar, g)
    y_bar = None  # only their dtypes and shapes are read
    x_bar = None


@adjoint(runtime.add)
def add(y, a, b):
    a_bar = like(a, y_bar)
    b_bar = like(b, y_bar)


@tangent(runtime.add)
def add_tangent(y, a, b):
    y_dot = add(a_dot, b_dot)


@adjoint(runtime.like)
def like(y, x, g):
    x_bar = None  # only its structure is read
    g_bar = like(g, y_bar)


@tangent(runtime.like)
def like_tangent(y, x, g):
    y_dot = like(x, g_dot)


@adjoint(runtime.pack_like)
def pack_like(z, x, parts):
    parts_bar = z_bar
    x_bar = None


@adjoint(runtime.stored)
def stored(y, a_bar, index):
    a_bar_bar = place_stored(y_bar, a_bar, index)


zero_derivative(runtime.check_restored, runtime.count_along, runtime.layout, runtime.zeros_like, runtime.zeros_of_kind)


@adjoint(runtime.copy_in_layout)
def copy_in_layout(y, x):
    x_bar = y_bar


linear(
    runtime.broadcast_like,
    runtime.cast_back,
    runtime.cast_like,
    runtime.copy_in_layout,
    runtime.crop_padding,
    runtime.place_diagonal,
    runtime.repeat_bar,
    runtime.restore_axes,
    runtime.reverse_cumsum,
    runtime.split_like,
    runtime.spread,
    runtime.stored,
    runtime.sum_axes,
    runtime.take_along_bar,
    runtime.take_bar,
    runtime.tile_bar,
    runtime.unbroadcast,
    runtime.uncast,
)


@tangent(runtime.pack_like)
def pack_like_tangent(z, x, parts):
    z_dot = pack_like(x, parts_dot)
