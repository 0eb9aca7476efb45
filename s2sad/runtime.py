"""The helpers that emitted code may call. NumPy only; nothing here knows the compiler.

What is here works on adjoints with the structure of their primals: numbers, arrays, lists, tuples, dicts,
objects. The helpers for arrays live in files by topic and are only collected here.
"""

from __future__ import annotations

import copy
import dataclasses
import types
from typing import Any

import numpy as np

from s2sad import (
    runtime_arrays,
    runtime_checkpoints,
    runtime_fourier,
    runtime_functions,
    runtime_gradients,
    runtime_linalg,
    runtime_linalg_forward,
    runtime_padding,
    runtime_polynomials,
    runtime_products,
    runtime_sampling,
    runtime_scipy,
    runtime_scipy_forward,
    runtime_shapes,
    runtime_signal,
    runtime_smooth,
    runtime_spectra,
    runtime_statistics,
    runtime_strides,
    runtime_threads,
    runtime_vectors,
)
from s2sad.runtime_arrays import *  # noqa: F403
from s2sad.runtime_arrays import broadcast_like, cast_like, unbroadcast
from s2sad.runtime_checkpoints import *  # noqa: F403
from s2sad.runtime_fourier import *  # noqa: F403
from s2sad.runtime_functions import *  # noqa: F403
from s2sad.runtime_gradients import *  # noqa: F403
from s2sad.runtime_linalg import *  # noqa: F403
from s2sad.runtime_linalg_forward import *  # noqa: F403
from s2sad.runtime_padding import *  # noqa: F403
from s2sad.runtime_polynomials import *  # noqa: F403
from s2sad.runtime_products import *  # noqa: F403
from s2sad.runtime_sampling import *  # noqa: F403
from s2sad.runtime_scipy import *  # noqa: F403
from s2sad.runtime_scipy_forward import *  # noqa: F403
from s2sad.runtime_shapes import *  # noqa: F403
from s2sad.runtime_signal import *  # noqa: F403
from s2sad.runtime_smooth import *  # noqa: F403
from s2sad.runtime_spectra import *  # noqa: F403
from s2sad.runtime_statistics import *  # noqa: F403
from s2sad.runtime_strides import *  # noqa: F403
from s2sad.runtime_threads import *  # noqa: F403
from s2sad.runtime_vectors import *  # noqa: F403

_TOPICS = (
    runtime_arrays,
    runtime_checkpoints,
    runtime_fourier,
    runtime_functions,
    runtime_gradients,
    runtime_linalg,
    runtime_linalg_forward,
    runtime_padding,
    runtime_polynomials,
    runtime_products,
    runtime_sampling,
    runtime_scipy,
    runtime_scipy_forward,
    runtime_shapes,
    runtime_signal,
    runtime_spectra,
    runtime_smooth,
    runtime_statistics,
    runtime_strides,
    runtime_threads,
    runtime_vectors,
)
__all__ = [
    "add", "as_adjoint", "buffer_like", "check_restored", "copy_in_layout", "index_add", "kept", "like", "pack_like",
    "place_stored", "require_apart", "require_floats", "require_scalar", "require_view", "stop_gradient", "stored", "uncast", "unrepeat",
    "views_like", "zeros_like", "zeros_of_kind",
    *(name for topic in _TOPICS for name in topic.__all__),
]  # fmt: skip

# --- adjoints with structure --------------------------------------------------------------------------------


def zeros_like(x: Any) -> Any:
    """The zero adjoint of `x`: zeros in mutable containers, None for what holds no floats.

    The numbers in a list are all of one kind to the compiler: an integer among them has an adjoint, too.
    """
    if isinstance(x, np.ndarray):
        return np.zeros_like(x, dtype=None if x.dtype.kind in "fc" else float, subok=False)
    if isinstance(x, np.inexact):
        return x.dtype.type(0.0)
    if isinstance(x, (float, complex)):
        return 0.0 if isinstance(x, float) else 0j
    if isinstance(x, list):
        return [0.0 if isinstance(item, (int, np.integer, np.bool_)) else zeros_like(item) for item in x]
    if isinstance(x, tuple):
        return [zeros_like(item) for item in x]
    if isinstance(x, dict):
        return {key: zeros_like(item) for key, item in x.items()}
    if is_object(x):
        return types.SimpleNamespace(**{name: zeros_like(item) for name, item in fields_of(x).items()})
    return None


def zeros_of_kind(x: Any) -> Any:
    """`zeros_like(x)`, and a zero for an integer, too: the tangent of what is about to become a float."""
    if isinstance(x, tuple):
        return [zeros_of_kind(item) for item in x]
    return 0.0 if isinstance(x, (int, np.integer, np.bool_)) else zeros_like(x)


def buffer_like(x: Any) -> Any:
    """The zero adjoint of `x` as memory whose items may be added to: an array, too, for a NumPy scalar."""
    return np.zeros_like(x) if isinstance(x, np.inexact) else zeros_like(x)


def add(a: Any, b: Any) -> Any:
    """The sum of two adjoints of one primal, in memory of its own; None counts as zero."""
    if a is None or b is None:
        return copy.deepcopy(b if a is None else a)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        if len(a) != len(b):
            raise ValueError(f"adjoints of {len(a)} and {len(b)} items cannot be added")
        return [add(x, y) for x, y in zip(a, b)]
    if isinstance(a, dict):
        return {key: add(a.get(key), b.get(key)) for key in {**a, **b}}
    if isinstance(a, types.SimpleNamespace):
        return types.SimpleNamespace(**add(vars(a), vars(b)))
    return a + b


def like(x: Any, g: Any) -> Any:
    """The gradient of parameter `x` from its adjoint: structure and dtypes of `x`, in memory of its own."""
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in "fc":
            return None if g is None else np.array(unbroadcast(g, x), dtype=float)
        return np.zeros_like(x) if g is None else np.array(unbroadcast(g, x), dtype=x.dtype)
    if isinstance(x, np.inexact):
        return x.dtype.type(0.0 if g is None else cast_like(g, x))
    if isinstance(x, float):
        return 0.0 if g is None else float(cast_like(g, x))
    if isinstance(x, complex):
        return 0j if g is None else complex(g)
    if isinstance(x, (list, tuple)):
        bars = [None] * len(x) if g is None else g
        items = [like(item, bar) for item, bar in zip(x, bars)]
        if hasattr(x, "_fields"):
            cls: Any = type(x)
            return cls._make(items)  # not __new__, either
        return tuple(items) if isinstance(x, tuple) else items
    if isinstance(x, dict):
        return {key: like(item, None if g is None else g.get(key)) for key, item in x.items()}
    if is_object(x):
        fields = {name: like(item, getattr(g, name, None)) for name, item in fields_of(x).items()}
        if dataclasses.is_dataclass(x):
            return instance(type(x), **fields)
        return types.SimpleNamespace(**fields)
    return None


def instance(cls: type, **attributes: Any) -> Any:
    """An instance of `cls` with these attributes. Its `__init__`, which may refuse or recompute them, is not called.

    >>> instance(type("Point", (), {}), x=1.0).x
    1.0
    """
    new = next(vars(c)["__new__"] for c in cls.__mro__ if type(vars(c).get("__new__")) is type(object.__new__))  # not the author's
    made: Any = new(cls)
    for name, value in attributes.items():
        object.__setattr__(made, name, value)
    return made


def as_adjoint(x_bar: Any, x: Any) -> Any:
    """`x_bar`, which an `adjoint_of` block has made, as an adjoint of `x`: its shape and dtype, in memory of its own.

    A number stands for all elements. Raises a ValueError for another shape, and a TypeError for what holds no numbers, for
    complex numbers where `x` is real, and if `x` is no number and no array.

    >>> as_adjoint(1, np.zeros(2))
    array([1., 1.])
    """
    given, like_x = np.asarray(x_bar), np.asarray(x)
    if not isinstance(x, (np.ndarray, np.number, int, float, complex)):
        raise TypeError(f"adjoint_of takes a number or an array, not a {type(x).__name__}")
    if given.dtype.kind not in "fciub" or given.dtype.kind == "c" != like_x.dtype.kind:
        raise TypeError(f"the adjoint of {like_x.dtype} numbers is {x_bar!r:.60} at the end of an adjoint_of block")
    if given.ndim and given.shape != like_x.shape:
        raise ValueError(f"the adjoint has the shape {given.shape} at the end of an adjoint_of block, and the variable {like_x.shape}")
    made = np.array(np.broadcast_to(given, like_x.shape), like_x.dtype if like_x.dtype.kind in "fc" else float)
    return made if isinstance(x, np.ndarray) else made[()]


def index_add(a: Any, index: Any, g: Any) -> Any:
    """`a[index] += g`, where an index that occurs more than once adds each time. Returns `a`."""
    if isinstance(a, (list, dict)):
        a[index] = add(a[index] if isinstance(a, list) else a.get(index), g)
    elif _may_repeat(index):
        np.add.at(a, index, g)
    else:
        a[index] += g
    return a


def _may_repeat(index: Any) -> bool:
    """Whether `index` may select an element twice: integer arrays and lists may, slices and masks may not."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(
        isinstance(part, (list, tuple, np.ndarray)) and np.ndim(part) > 0 and np.asarray(part).dtype.kind != "b"
        for part in parts
    )


def is_object(x: Any) -> bool:
    if isinstance(x, (type, types.FunctionType, types.ModuleType, types.MethodType, str, bytes)):
        return False
    return dataclasses.is_dataclass(x) or hasattr(x, "__dict__") or any("__slots__" in vars(c) for c in type(x).__mro__[:-1])


def fields_of(x: Any) -> dict[str, Any]:
    if dataclasses.is_dataclass(x):
        return {
            field.name: getattr(x, field.name) for field in dataclasses.fields(x) if hasattr(x, field.name)
        }
    return {**getattr(x, "__dict__", {}), **{name: getattr(x, name) for name in slots_of(type(x)) if hasattr(x, name)}}


def slots_of(cls: type) -> list[str]:
    """The attributes for which a class and those it is derived from have slots, private ones with the name of their class."""
    classes = [c for c in cls.__mro__ if "__slots__" in vars(c)]
    return [name for c in classes for name, item in vars(c).items() if isinstance(item, types.MemberDescriptorType)]


def stop_gradient(x: Any) -> Any:
    """`x` itself; derivatives take it as a constant.

    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    return x


def require_scalar(y: Any) -> None:
    """Raise a TypeError unless `y` is a single real number: what a gradient is taken of."""
    if np.ndim(y) != 0 or np.iscomplexobj(y) or not isinstance(y, (float, int, np.number, np.ndarray)):
        raise TypeError("grad needs a function that returns a single real number; use vjp")


def stored(a_bar: Any, index: Any) -> Any:
    """The adjoint of `value` in `a[index] = value`: where an index repeats, only the last value was kept."""
    part = np.array(a_bar[index])
    owner = np.full(np.shape(a_bar), -1)
    order = np.arange(part.size).reshape(part.shape)
    owner[index] = order
    return np.where(owner[index] == order, part, 0.0)


def pack_like(x: Any, parts: Any) -> Any:
    """The adjoint of `x` from those of its items: an array for an array, a list for a list or tuple."""
    filled = [zeros_like(item) if part is None else part for part, item in zip(parts, x)]
    return np.array(filled) if isinstance(x, np.ndarray) else filled


def place_stored(part_bar: Any, a: Any, index: Any) -> Any:
    """The transpose of `stored`: what survived is put back where it was stored."""
    out = np.zeros_like(a)
    out[index] = part_bar
    return out


def uncast(z_bar: Any, g: Any) -> Any:
    """The transpose of `cast_back`: an adjoint of a converted value as one of the value it was made from."""
    if isinstance(z_bar, (list, tuple)):
        return np.array([zeros_like(part) if item is None else uncast(item, part) for item, part in zip(z_bar, g)])
    return broadcast_like(z_bar, g)


def copy_in_layout(x: Any) -> Any:
    """A copy of an array with the strides of the array: what NumPy makes a view of the one, it makes a view of the other."""
    if isinstance(x, list):
        return [copy_in_layout(item) for item in x]
    if not isinstance(x, np.ndarray) or x.flags.c_contiguous or x.flags.f_contiguous:
        return np.array(x, order="K")
    low, high = np.lib.array_utils.byte_bounds(x) if hasattr(np.lib, "array_utils") else np.byte_bounds(x)  # type: ignore[attr-defined]
    start = x.__array_interface__["data"][0] - low
    y = np.ndarray(x.shape, x.dtype, bytearray(high - low), start, x.strides)
    y[...] = x
    return y


def kept(x: Any) -> Any:
    """What a store overwrites, in memory of its own: a view is copied."""
    return x.copy() if isinstance(x, np.ndarray) else x


def check_restored(now: Any, then: Any, where: str) -> None:
    """Raise a RuntimeError unless memory holds, bit for bit, what it held before a store that was undone."""
    if isinstance(now, np.ndarray) and isinstance(then, np.ndarray):
        same = now.shape == then.shape and now.dtype == then.dtype and now.tobytes() == then.tobytes()
    elif isinstance(now, (list, tuple)) and isinstance(then, (list, tuple)):
        same = len(now) == len(then)
        for a, b in zip(now, then):
            check_restored(a, b, where)
    else:
        same = now is then or repr(now) == repr(then)
    if not same:
        raise RuntimeError(f"the reverse sweep did not restore {where}")


def unrepeat(bar: Any, items: Any) -> Any:
    """The adjoint of the list in `items * n`."""
    found = zeros_like(items)
    for start in range(0, len(bar), len(items) or 1):
        found = add(found, bar[start : start + len(items)])
    return found


def add_items(bars: Any, parts: Any) -> None:
    """Add the adjoints of what is in a list to its buffers, in place."""
    for i, (bar, part) in enumerate(zip(bars, parts, strict=True)):
        if isinstance(bar, list):
            add_items(bar, part)
        elif isinstance(bar, np.ndarray):
            bar += part
        elif bar is not None:
            bars[i] = bar + part


def require_view(y: Any, x: Any, error: type[BaseException] = ValueError) -> None:
    """Raise an error unless `y` shares the memory of `x`: a store to one has to reach the other.

    In a `try` statement the error is one that its handlers do not catch.
    """
    if np.size(y) and not np.may_share_memory(y, x):
        raise error("an array that is stored to was copied where its gradient needs a view")


def require_apart(y: Any, x: Any, error: type[BaseException] = ValueError) -> None:
    """Raise an error if `y`, what a function with derivatives of its own has made of `x`, may be memory of `x`, which is stored to."""
    if isinstance(y, np.ndarray) and isinstance(x, np.ndarray) and np.may_share_memory(y, x):
        raise error("a function with derivatives of its own returns memory of its argument, which is stored to")


def require_floats(x: Any, error: type[BaseException] = ValueError) -> None:
    """Raise an error if `x` is an array that cuts off what is stored to it: the derivative would be zero, not that of the value."""
    if isinstance(x, np.ndarray) and x.dtype.kind not in "fcO":
        raise error("an array of integers is changed where its type is not known")


def views_like(y_dot: Any, x_dot: Any, y: Any, x: Any, error: type[BaseException] = ValueError) -> Any:
    """`y_dot`, made of `x_dot` as `y` of `x`: arrays are views of `x_dot` where those of `y` are views of `x`, else copies."""
    if isinstance(y, (list, tuple)):
        return [views_like(a, x_dot, b, x, error) for a, b in zip(y_dot, y)]
    if not isinstance(y, np.ndarray):
        return y_dot
    if not np.may_share_memory(y, x):
        return np.array(y_dot)
    require_view(y_dot, x_dot, error)
    return y_dot
