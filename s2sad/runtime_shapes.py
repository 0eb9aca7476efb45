"""Array helpers that emitted code may call: adjoints of functions that move elements. NumPy only."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sad.runtime_arrays import cast_like, unbroadcast

__all__ = [
    "arange_bar", "arange_dot", "block_bar", "bounded_indices", "choose_bar", "delete_bar", "diag_bar", "gather",
    "insert_bar", "item_bar", "item_of", "join_like", "layout", "meshgrid_bar", "partition_bar", "partition_dot",
    "place_diagonal", "repeat_bar", "select_bar", "sort_bar", "split_like", "take_along_bar", "take_bar", "tile_bar",
    "trace_bar", "unbroadcast_all", "unique_bar", "unique_dot", "unroll_axis", "unstack_bar", "windows_bar",
]  # fmt: skip


def layout(a: Any, order: str) -> str:
    """The memory order, "C" or "F", in which `np.reshape` and `np.ravel` read `a` under `order`."""
    if order in ("C", "F"):
        return order
    flags = np.asarray(a).flags
    if order == "A" or flags.c_contiguous or flags.f_contiguous:
        return "F" if flags.f_contiguous and not flags.c_contiguous else "C"
    raise NotImplementedError(f"order={order!r} of an array that is not contiguous has no derivative")


def unroll_axis(g: Any, axis: int, start: int) -> Any:
    """The transpose of `np.rollaxis`."""
    ndim = np.ndim(g)
    axis, start = axis % ndim, start + ndim if start < 0 else start
    return np.moveaxis(g, start - 1 if axis < start else start, axis)


# --- joining and splitting ----------------------------------------------------------------------------------


def split_like(g: Any, arrays: Any, axis: Any = 0) -> Any:
    """`g` cut along `axis` into pieces, the k-th in the shape and dtype of `arrays[k]`; an array of them if `arrays` is one."""
    if axis is None:
        g, axis = np.ravel(g), 0
    across = math.prod(np.shape(g)[:axis] + (np.shape(g)[axis + 1 :] if axis != -1 else ()))
    pieces, start = [], 0
    for array in arrays:
        stop = start + (np.size(array) // across if across else 0)
        index = (slice(None),) * (axis % np.ndim(g)) + (slice(start, stop),)
        pieces.append(cast_like(np.reshape(g[index], np.shape(array)), array))
        start = stop
    return np.reshape(pieces, arrays.shape) if isinstance(arrays, np.ndarray) else pieces


def join_like(pieces: Any, parts: Any, axis: Any = 0, shape: Any = None) -> Any:
    """The adjoint of an array that was cut into `parts`; a part without an adjoint counts as zero."""
    whole = [np.zeros_like(part) if bar is None else bar for bar, part in zip(pieces, parts)]
    if shape is None:
        return np.concatenate(
            [np.broadcast_to(bar, np.shape(part)) for bar, part in zip(whole, parts)], axis=axis
        )
    axis = 0 if axis is None else axis % len(shape)
    across = (*shape[:axis], -1, *shape[axis + 1 :])
    return np.concatenate([np.reshape(bar, across) for bar in whole], axis=axis)


def gather(parts_bar: Any, g: Any) -> Any:
    """The sum of the adjoints of `spread(g, items)`."""
    total = np.zeros_like(g)
    for part in parts_bar:
        if part is not None:
            total = total + unbroadcast(part, g)
    return total


def meshgrid_bar(parts_bar: Any, xi: Any, indexing: str) -> list[Any]:
    """The adjoints of the vectors given to `np.meshgrid`."""
    found = []
    for k, x in enumerate(xi):
        axis = 1 - k if indexing == "xy" and len(xi) > 1 and k < 2 else k
        others = tuple(j for j in range(len(xi)) if j != axis)
        bar = parts_bar[k]
        found.append(np.zeros_like(x) if bar is None else np.reshape(np.sum(bar, axis=others), np.shape(x)))
    return found


def block_bar(g: Any, arrays: Any) -> Any:
    """The adjoints of the blocks of `np.block(arrays)`, nested like the blocks."""
    return _blocks_of(g, arrays, _depth(arrays))


def _depth(arrays: Any) -> int:
    return 1 + _depth(arrays[0]) if isinstance(arrays, list) else 0


def _blocks_of(g: Any, part: Any, depth: int) -> Any:
    """`part` is joined along the axis `-depth` of `g`, its items along the axis after that."""
    if not isinstance(part, list):
        return cast_like(np.reshape(g, np.shape(part)), part)
    rows, start, found = np.moveaxis(g, -depth, 0), 0, []
    for item in part:
        stop = start + _extent(item, depth)
        found.append(_blocks_of(np.moveaxis(rows[start:stop], 0, -depth), item, depth - 1))
        start = stop
    return found


def _extent(part: Any, depth: int) -> int:
    """The size of a block along the axis `-depth`, in which blocks beside each other agree."""
    if isinstance(part, list):
        return _extent(part[0], depth)
    return int(np.shape(part)[-depth]) if np.ndim(part) >= depth else 1


def unstack_bar(parts_bar: Any, parts: Any, axis: int = 0) -> Any:
    """The adjoint of an array that was cut into `parts` along an axis that they do not have."""
    return np.stack([np.zeros_like(part) if bar is None else bar for bar, part in zip(parts_bar, parts)], axis=axis)


def insert_bar(g: Any, arr: Any, obj: Any, values: Any, axis: Any = None) -> tuple[Any, Any]:
    """The adjoints of `arr` and `values` of `np.insert(arr, obj, values, axis)`."""
    if axis is None:
        found = insert_bar(g, np.ravel(arr), obj, values, 0)
        return np.reshape(found[0], np.shape(arr)), found[1]
    have = np.shape(arr)[axis]
    count = np.shape(g)[axis] - have
    labels = np.insert(np.full(have, -1), obj, np.arange(count))
    new = np.argsort(labels, kind="stable")[have:]
    new_bar = np.take(g, new, axis)
    if np.ndim(obj) == 0 and not isinstance(obj, slice):
        new_bar = np.moveaxis(new_bar, axis, 0)
    return np.take(g, np.flatnonzero(labels < 0), axis), unbroadcast(new_bar, values)


def delete_bar(g: Any, arr: Any, obj: Any, axis: Any = None) -> Any:
    """The adjoint of `arr` of `np.delete(arr, obj, axis)`: zeros where it was deleted."""
    have = np.size(arr) if axis is None else np.shape(arr)[axis]
    return take_bar(g, arr, np.delete(np.arange(have), obj), axis)


def unbroadcast_all(parts_bar: Any, arrays: Any) -> list[Any]:
    """The adjoints of arrays that were broadcast against each other."""
    return [np.zeros_like(x) if bar is None else unbroadcast(bar, x) for bar, x in zip(parts_bar, arrays)]


# --- repetition, windows, diagonals -------------------------------------------------------------------------


def repeat_bar(g: Any, a: Any, repeats: Any, axis: Any = None) -> Any:
    """The adjoint of `np.repeat`: each element's repetitions summed."""
    shape = np.shape(a)
    if axis is None:
        return np.reshape(repeat_bar(g, np.ravel(a), repeats, 0), shape)
    axis = axis % len(shape)
    if np.ndim(repeats) == 0:
        split = (*shape[: axis + 1], repeats, *shape[axis + 1 :])
        return np.sum(np.reshape(g, split), axis=axis + 1)
    out = np.zeros(shape, np.result_type(g))
    index = np.repeat(np.arange(shape[axis]), repeats)
    np.add.at(out, (slice(None),) * axis + (index,), g)
    return out


def tile_bar(g: Any, A: Any, reps: Any) -> Any:
    """The adjoint of `np.tile`: all copies summed."""
    shape = np.shape(A)
    counts = (reps,) if np.ndim(reps) == 0 else tuple(reps)
    ndim = max(len(shape), len(counts))
    counts = (1,) * (ndim - len(counts)) + counts
    padded = (1,) * (ndim - len(shape)) + shape
    split = [n for pair in zip(counts, padded) for n in pair]
    return np.reshape(np.sum(np.reshape(g, split), axis=tuple(range(0, 2 * ndim, 2))), shape)


def windows_bar(g: Any, x: Any, window_shape: Any, axis: Any = None) -> Any:
    """The adjoint of `x` of `sliding_window_view(x, window_shape, axis)`: each window's adjoint added to its place."""
    ndim = np.ndim(x)
    sizes = tuple(window_shape) if np.iterable(window_shape) else (window_shape,)
    axes = range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    out = np.zeros(np.shape(x), np.result_type(g))
    for offsets in np.ndindex(*sizes):
        start = [0] * ndim
        for k, offset in zip(axes, offsets):
            start[k % ndim] += offset
        place = (Ellipsis, *offsets)
        out[tuple(slice(s, s + n) for s, n in zip(start, np.shape(g)))] += g[place]
    return out


def place_diagonal(g: Any, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Zeros in the shape of `a` with `g` on the diagonal; the transpose of `np.diagonal`."""
    out = np.zeros(np.shape(a), np.result_type(g))
    along = np.arange(np.shape(g)[-1])
    matrices = np.moveaxis(out, (axis1, axis2), (-2, -1))
    matrices[..., along + max(-offset, 0), along + max(offset, 0)] = g
    return out


def trace_bar(g: Any, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The adjoint of `np.trace`: `g` all along the diagonal."""
    length = np.shape(np.diagonal(a, offset, axis1, axis2))[-1]
    return place_diagonal(np.repeat(np.expand_dims(g, -1), length, -1), a, offset, axis1, axis2)


def diag_bar(g: Any, v: Any, k: int = 0) -> Any:
    """The adjoint of `np.diag`."""
    return np.diagonal(g, k) if np.ndim(v) == 1 else place_diagonal(g, v, k)


# --- selection ----------------------------------------------------------------------------------------------


def sort_bar(g: Any, a: Any, axis: Any = -1) -> Any:
    """The adjoint of `np.sort`: each entry goes back to where it came from (equal ones in their order)."""
    if axis is None:
        return np.reshape(sort_bar(g, np.ravel(a), 0), np.shape(a))
    order = np.argsort(a, axis=axis, kind="stable")
    return np.take_along_axis(g, np.argsort(order, axis=axis, kind="stable"), axis)


def partition_bar(g: Any, y: Any, a: Any, axis: Any = -1) -> Any:
    """The adjoint of `a`, whose elements `y` has in another order (equal ones in their order)."""
    if axis is None:
        return np.reshape(partition_bar(g, y, np.ravel(a), 0), np.shape(a))
    ranked = np.take_along_axis(g, np.argsort(y, axis=axis, kind="stable"), axis)
    return sort_bar(ranked, a, axis)


def unique_bar(g: Any, y: Any, ar: Any) -> Any:
    """The adjoint of `ar` of `y = np.unique(ar)`: that of a value is divided equally among those that have it."""
    values = np.ravel(ar)
    place = np.minimum(np.searchsorted(y, values), np.size(y) - 1)
    count = np.bincount(place, minlength=np.size(y)).astype(np.result_type(g))
    return np.reshape((g / np.maximum(count, 1))[place], np.shape(ar))


def partition_dot(a_dot: Any, y: Any, a: Any, axis: Any = -1) -> Any:
    """The tangent of `y`, which has the elements of `a` in another order (equal ones in their order)."""
    if axis is None:
        return partition_dot(np.ravel(a_dot), y, np.ravel(a), 0)
    ranked = np.take_along_axis(a_dot, np.argsort(a, axis=axis, kind="stable"), axis)
    return sort_bar(ranked, y, axis)


def unique_dot(ar_dot: Any, y: Any, ar: Any) -> Any:
    """The tangent of `y = np.unique(ar)`, or of the first of several results: the mean over the elements of each value."""
    if isinstance(y, tuple):
        return (unique_dot(ar_dot, y[0], ar), *(np.zeros(np.shape(part)) for part in y[1:]))
    place = np.minimum(np.searchsorted(y, np.ravel(ar)), np.size(y) - 1)
    total = np.zeros(np.size(y), np.result_type(ar_dot))
    np.add.at(total, place, np.ravel(ar_dot))
    return total / np.maximum(np.bincount(place, minlength=np.size(y)), 1).astype(total.dtype)


def bounded_indices(indices: Any, a: Any, axis: Any, mode: str) -> Any:
    """The indices that `np.take(a, indices, axis, mode=mode)` reads."""
    n = np.size(a) if axis is None else np.shape(a)[axis]
    return np.mod(indices, n) if mode == "wrap" else np.clip(indices, 0, n - 1)


def choose_bar(g: Any, a: Any, choices: Any, mode: str = "raise") -> Any:
    """The adjoint of the choices of `np.choose(a, choices, mode=mode)`: each gets `g` where it was chosen."""
    n = len(choices)
    index = np.mod(a, n) if mode == "wrap" else np.clip(a, 0, n - 1)
    found = [unbroadcast(np.where(index == k, g, 0.0), choices[k]) for k in range(n)]
    return np.array(found) if isinstance(choices, np.ndarray) else found


def take_bar(g: Any, a: Any, indices: Any, axis: Any = None) -> Any:
    """The adjoint of `np.take`: zeros in the shape of `a` with `g` added at `indices`."""
    out = np.zeros(np.shape(a), np.result_type(g))
    if axis is None:
        np.add.at(np.reshape(out, -1), np.asarray(indices, dtype=int), g)
    else:
        index = (slice(None),) * (axis % np.ndim(a)) + (np.asarray(indices, dtype=int),)
        np.add.at(out, index, g)
    return out


def take_along_bar(g: Any, a: Any, indices: Any, axis: Any = -1) -> Any:
    """The adjoint of `np.take_along_axis`."""
    if axis is None:
        return take_bar(g, a, indices)
    out = np.zeros(np.shape(a), np.result_type(g))
    index = list(np.ix_(*(np.arange(n) for n in np.shape(a))))
    index[axis] = np.asarray(indices)
    np.add.at(out, tuple(index), g)
    return out


def select_bar(g: Any, condlist: Any, choicelist: Any, default: Any) -> tuple[Any, Any]:
    """The adjoints of the choices and of the default of `np.select`."""
    found = []
    open_ = np.ones(np.shape(g), dtype=bool)
    for condition, choice in zip(condlist, choicelist):
        found.append(unbroadcast(np.where(open_ & condition, g, 0.0), choice))
        open_ = open_ & ~np.asarray(condition)
    return np.array(found) if isinstance(choicelist, np.ndarray) else found, unbroadcast(np.where(open_, g, 0.0), default)


def item_bar(g: Any, a: Any, args: Any) -> Any:
    """The adjoint of `a.item(*args)`: zeros with `g` at the item."""
    out = np.zeros(np.shape(a), np.result_type(g))
    if not args:
        out[...] = g
    elif len(args) == 1 and not isinstance(args[0], tuple):
        out.flat[args[0]] = g
    else:
        out[args[0] if len(args) == 1 else args] = g
    return out


def item_of(x: Any, args: Any) -> Any:
    """`x.item(*args)` of what may be a number: the transpose of `item_bar`."""
    return np.asarray(x).item(*args)


def arange_bar(g: Any, args: Any) -> list[Any]:
    """The adjoints of the arguments of `np.arange`; its length is taken as fixed."""
    if len(args) == 1:
        return [0.0]
    return [np.sum(g), 0.0, np.dot(g, np.arange(np.size(g), dtype=np.result_type(g)))][: len(args)]


def arange_dot(y: Any, args_dot: Any) -> Any:
    """The tangent of `y = np.arange(*args)`; its length is taken as fixed."""
    if len(args_dot) == 1:
        return np.zeros_like(y)
    step_dot = args_dot[2] if len(args_dot) > 2 else 0.0
    return args_dot[0] + step_dot * np.arange(np.size(y), dtype=np.result_type(y))
