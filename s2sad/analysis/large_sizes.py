"""Types of operations on large arrays, found without running them on arrays of that size.

What the results on small samples show of their sizes holds for the sizes of the compiling call as well: a size that is that of
an operand in all of them, or that plus a constant, or the sum or the product of two, is so there.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .types import SAMPLES, Arr, Dim, ListT, Num, TupleT, Type

ENOUGH = 5_000  # elements for which operations are still run
_MOST = 20_000_000  # elements that a result may have
_LAST = SAMPLES - 1


def large(t: Any) -> bool:
    """Whether an argument is, or holds, an array of many elements."""
    if isinstance(t, Arr):
        return t.shape is not None and math.prod(d[_LAST] for d in t.shape) > ENOUGH
    if isinstance(t, (TupleT, tuple, list)):
        return any(map(large, t.items if isinstance(t, TupleT) else t))
    return False


def extended(t: Type, operands: list[Any]) -> Type | None:
    """A type whose sizes are those of all samples but the last, with the last; None if one cannot be told."""
    sizes: dict[Dim, int] = {}
    for operand in operands:
        _collect(operand, sizes)
    try:
        return _extended(t, sizes)
    except LookupError:
        return None


def _collect(t: Any, sizes: dict[Dim, int]) -> None:
    if isinstance(t, Arr):
        sizes.update((d[:_LAST], d[_LAST]) for d in t.shape or ())
    elif isinstance(t, Num) and t.ints is not None:
        sizes[t.ints[:_LAST]] = t.ints[_LAST]
    elif isinstance(t, (TupleT, tuple, list)):
        for i in t.items if isinstance(t, TupleT) else t:
            _collect(i, sizes)


def _extended(t: Type, sizes: dict[Dim, int]) -> Type:
    if isinstance(t, Arr) and t.shape is not None:
        return Arr(t.dtype, tuple((*d, _last(d, sizes)) for d in t.shape))
    if isinstance(t, Num) and t.ints is not None:
        return Num(t.dtype, t.py, (*t.ints, _last(t.ints, sizes)))
    if isinstance(t, TupleT):
        return TupleT(tuple(_extended(i, sizes) for i in t.items), t.fields)
    return ListT(_extended(t.elem, sizes)) if isinstance(t, ListT) else t


def _last(d: Dim, sizes: dict[Dim, int]) -> int:
    if d in sizes:
        return sizes[d]
    if len(set(d)) == 1:
        return d[0]
    for known, last in sizes.items():
        if len({a - b for a, b in zip(d, known)}) == 1 and len(set(known)) > 1:
            return last + d[0] - known[0]
    for (p, a), (q, b) in itertools.combinations_with_replacement(sizes.items(), 2):
        if all(x == y * z for x, y, z in zip(d, p, q)):
            return a * b
        if all(x == y + z for x, y, z in zip(d, p, q)):
            return a + b
    raise LookupError


def stand_in(sample: Callable[[Any, int], Any]) -> Callable[[Any, int], Any]:
    """Like `sample`, with arrays of any size that take no memory."""

    def take(t: Any, k: int) -> Any:
        if isinstance(t, Arr) and t.shape is not None and t.dtype is not None and large(t):
            shape = tuple(d[k] for d in t.shape)
            if math.prod(shape) <= _MOST:
                return np.broadcast_to(np.full((), 0.625 if t.dtype.kind in "fc" else 1, t.dtype), shape)
        return sample(t, k)

    return take
