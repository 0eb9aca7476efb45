"""Run-time helpers of views with strides of their own: `np.lib.stride_tricks.as_strided`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

__all__ = ["strided_bar", "strided_take", "strided_view"]


def _offsets(shape: tuple[int, ...], strides: tuple[int, ...]) -> Any:
    """How far each element is from the first one, in bytes."""
    found = np.zeros(shape, np.intp)
    for axis, (size, stride) in enumerate(zip(shape, strides)):
        found += np.reshape(np.arange(size) * stride, (-1, *(1,) * (len(shape) - axis - 1)))
    return found


def _places(x: Any, shape: Any, strides: Any) -> Any:
    """For each element of `as_strided(x, shape, strides)`, its position in `np.ravel(x)`.

    Raises NotImplementedError where the view reaches memory that is not that of an element of `x`.
    """
    own = np.ravel(_offsets(x.shape, x.strides))
    seen = _offsets(x.shape if shape is None else tuple(shape), x.strides if strides is None else tuple(strides))
    order = np.argsort(own, kind="stable")
    at = np.minimum(np.searchsorted(own, seen, sorter=order), len(own) - 1)
    if np.size(seen) and (not len(own) or np.any(own[order[at]] != seen)):
        raise NotImplementedError("np.lib.stride_tricks.as_strided has a derivative rule only where it stays within the elements of its operand")
    return order[at]


def strided_bar(g: Any, x: Any, shape: Any = None, strides: Any = None) -> Any:
    """The adjoint of `x` of `as_strided(x, shape, strides)`: each element's adjoint added to its place."""
    places = _places(x, shape, strides)
    out = np.zeros(np.size(x), np.result_type(g))
    np.add.at(out, np.ravel(places), np.ravel(g))
    return np.reshape(out, np.shape(x))


def strided_take(v: Any, x: Any, shape: Any = None, strides: Any = None) -> Any:
    """The elements of `v`, which has the shape of `x`, that are where those of `as_strided(x, shape, strides)` are in `x`."""
    return np.take(np.ravel(v), _places(x, shape, strides))


def strided_view(v: Any, x: Any, shape: Any = None, strides: Any = None) -> Any:
    """`strided_take`, as a view of `v` if it has the strides of `x`."""
    if v.shape == x.shape and v.strides == x.strides and v.dtype == x.dtype:
        _places(x, shape, strides)  # no other memory
        return as_strided(v, shape, strides)
    return strided_take(v, x, shape, strides)
