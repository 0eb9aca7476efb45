"""Forward mode for users: derivatives along a direction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import compiler
from .api import Gradient, guarded, parameter_at, value_of
from .compiled.choice import is_limit, is_numba_error
from .errors import AmbiguousMemoryError, IntegerInputError
from .frontend.lowerer import Request, parameter_names
from .remembered import remembered
from .runtime import fields_of, instance, is_object, zeros_along, zeros_like
from .targets import Target, Wrt
from .variants import holds_floats


class Tangent(Gradient):
    """The function that returns value and tangent, compiled when it is first called with arguments of a new kind."""

    def __init__(self, f: Callable[..., Any], wrt: Wrt = 0, backend: str = "numpy") -> None:
        super().__init__(f, wrt, "jvp", backend)
        self._made_from: Any = (f, wrt, backend)

    def __reduce__(self) -> Any:
        return Tangent, self._made_from

    def __call__(self, primals: tuple[Any, ...], tangents: Any) -> tuple[Any, Any]:
        """Value and tangent at `primals` along `tangents`, one for each parameter in `wrt` (one that is no tuple: its own)."""
        if self._target.changed():
            self._renew()
        given = tangents if isinstance(self.wrt, tuple) else (tangents,)
        if len(given) != len(self._wrt_names):
            raise TypeError(f"{self._target.name}() has {len(self._wrt_names)} parameters in wrt, and {len(given)} tangents are given")
        args = (*self._target.prefix, *primals)
        bound = self._target.bind(args, {})
        return self.along(args, {}, {n: tangent_like(t, bound[n], f"the tangent of {n!r}") for n, t in zip(self._wrt_names, given)})

    def along(self, args: tuple[Any, ...], kwargs: dict[str, Any], dots: dict[str, Any]) -> tuple[Any, Any]:
        """Value and tangent along `dots`, which have the structures and dtypes of their parameters."""
        inner = self._through(args, kwargs)
        if isinstance(inner, Tangent):
            try:
                return inner.along(args, kwargs, dots)
            except AmbiguousMemoryError:  # perhaps of the gradient
                gradient: Any = self._target.f
                if not gradient.plain.become_careful():
                    raise
                return self.along(args, kwargs, dots)
            finally:
                self._last = inner._last
        if self.backend != "numpy" and self.left_to_numpy(args, kwargs):
            return self.plain.along(args, kwargs, dots)
        variant = self._select(args, kwargs)
        names = variant.keywords[-len(dots) :]
        try:
            found: tuple[Any, Any] = variant.call(*args, **kwargs, **dict(zip(names, (dots[n] for n in self._wrt_names))))
        except BaseException as err:
            if self.backend != "numpy" and is_limit(err):
                return self.plain.along(args, kwargs, dots)
            if self.backend != "numpy" and is_numba_error(err):
                self.give_up(self._target.name, err)
                return self.plain.along(args, kwargs, dots)
            refusal = self._as_refusal(err) if type(err) in (ValueError, BaseException) else None
            if refusal is None:
                raise
            raise refusal from err
        return found

    def _again(self, f: Callable[..., Any], wrt: Wrt) -> Gradient:
        return Tangent(f, wrt, self.backend)

    def make_plain(self) -> Gradient:
        return Tangent(self._made_from[0], self.wrt)

    def _emit(self, request: Request, checkpoints: bool = True) -> compiler.Compiled:
        request.checkpoints = False  # nothing is kept
        return guarded(self._target, request, lambda: compiler.compile_tangent(request, backend=self.backend))


class Directions(Tangent):
    """Like `Tangent`, along many directions at once: tangents have an axis of directions in front."""

    def _again(self, f: Callable[..., Any], wrt: Wrt) -> Gradient:
        return Directions(f, wrt)

    def _emit(self, request: Request, checkpoints: bool = True) -> compiler.Compiled:
        return guarded(self._target, request, lambda: compiler.compile_tangent(request, batch=True))


def tangent_like(t: Any, x: Any, what: str, count: int | None = None) -> Any:
    """The tangent `t` in the structure and dtypes of `x`, zeros for None; a TypeError or ValueError unless it has its shapes.

    With `count`, it is that of so many directions, an axis in front of each array.
    """
    if t is None:
        return zeros_like(x) if count is None else zeros_along(x, count)
    if isinstance(x, (tuple, list)):
        if not isinstance(t, (tuple, list)) or len(t) != len(x):
            raise TypeError(f"{what} should be a {type(x).__name__} of {len(x)}, like the argument")
        items = [tangent_like(a, b, f"{what}[{i}]", count) for i, (a, b) in enumerate(zip(t, x))]
        cls: Any = type(x)
        return items if isinstance(x, list) else cls._make(items) if hasattr(x, "_fields") else tuple(items)
    if isinstance(x, dict):
        if not isinstance(t, dict) or not t.keys() <= x.keys():
            raise TypeError(f"{what} should be a dict with keys of the argument")
        return {k: tangent_like(t.get(k), b, f"{what}[{k!r}]", count) for k, b in x.items()}
    array = isinstance(x, np.ndarray)
    if array and x.dtype.kind not in "fc" or not array and not isinstance(x, (float, complex, np.inexact)):
        if not array and is_object(x):
            if isinstance(t, (int, float, complex, np.generic, np.ndarray, list, tuple, dict, str)):
                raise TypeError(f"{what} should be an object with the attributes of the argument, not {t!r:.50}")
            fields = fields_of(x)
            return instance(type(x), **{k: tangent_like(getattr(t, k, None), b, f"{what}.{k}", count) for k, b in fields.items()})
        return zeros_like(x)
    if np.asarray(t).dtype.kind not in "biufc":
        raise TypeError(f"{what} should be {'an array' if array else 'a number'}, not {t!r:.50}")
    shape = np.shape(x) if count is None else (count, *np.shape(x))
    if np.shape(t) != shape:
        along = "" if count is None else f" along {count} directions"
        raise ValueError(f"{what} has the shape {np.shape(t)}, the argument{along} {shape}")
    if np.iscomplexobj(t) and not np.iscomplexobj(x):
        raise TypeError(f"{what} is complex, the argument is real")
    if count is not None:
        return np.asarray(t, np.asarray(x).dtype)
    return in_layout(np.asarray(t, x.dtype), x) if array else type(x)(t)


def in_layout(t: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The array `t` in the order of axes of `x`: what is a view of `x` has to be one of its tangent."""
    if t.ndim < 2 or t.flags.c_contiguous == x.flags.c_contiguous and t.flags.f_contiguous == x.flags.f_contiguous:
        return t
    made = np.empty_like(x, subok=False)
    made[...] = t
    return made


def is_number(x: Any) -> bool:
    """Whether an argument is a number or an array of numbers."""
    return isinstance(x, (int, np.number)) and not isinstance(x, bool) or isinstance(x, np.ndarray) and x.dtype.kind in "iu"


def count_of(tangents: Any) -> int | None:
    """The number of directions of a batch of tangents: the length of the first array in it."""
    if isinstance(tangents, dict):
        tangents = list(tangents.values())
    if isinstance(tangents, (tuple, list)):
        return next((n for t in tangents if (n := count_of(t)) is not None), None)
    if tangents is not None and is_object(tangents) and not isinstance(tangents, np.ndarray):
        return count_of(fields_of(tangents))
    return len(tangents) if isinstance(tangents, np.ndarray) and tangents.ndim else None


def jvp(f: Callable[..., Any], primals: Any, tangents: Any, *, batch: bool = False, backend: str = "numpy") -> tuple[Any, Any]:
    """The value of `f` at `primals` and its derivative along `tangents`, which has the structure of the value.

    Both are tuples with one entry for each argument; a tangent has the structure, shape and dtype of its argument, and None
    stands for an argument that does not vary. Where the value holds no floats, the tangent is None.

    With `batch`, each array of tangents has an axis in front, of directions, and so has the result: the value is computed once
    for all of them, which is refused where the number of axes of some value is not known.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)
    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (np.array([1.0, 0.0]), np.array([0.0, 1.0])), batch=True)
    (6.0, array([3., 2.]))
    """
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise TypeError("jvp takes a tuple of arguments and a tuple of their tangents, e.g. jvp(f, (x,), (x_dot,))")
    if len(primals) != len(tangents):
        raise TypeError(f"{len(primals)} arguments and {len(tangents)} tangents are given")
    target = remembered(f, "target", (), lambda: Target(f))
    names = target.names[len(target.prefix) :]
    kinds = dict(parameter_names(target.node))
    args = (*target.prefix, *primals)
    bound = target.bind(args, {})
    count = count_of(tangents) if batch else None
    if batch and count is None:
        raise TypeError("a batch of tangents needs arrays with an axis of directions in front")
    dots: dict[str, Any] = {}
    for i, (x, t) in enumerate(zip(primals, tangents)):
        name = parameter_at(names, kinds, i)
        if t is not None and not holds_floats(x) and is_number(x) and np.any(t):
            raise IntegerInputError(
                f"the argument {i} of {target.name}() is an integer, which has no derivative, and tangents[{i}] is not zero",
                hint="pass a float, or None as its tangent")  # fmt: skip
        if t is None or not holds_floats(x):
            continue
        if kinds[name] == "var":
            first = names.index(name)
            dots[name] = tuple(tangent_like(u, y, f"tangents[{first + k}]", count) for k, (u, y) in enumerate(zip(tangents[first:], bound[name])))
        else:
            dots[name] = tangent_like(t, x, f"tangents[{i}]", count)
    if not dots:
        value = value_of(f, tuple(primals))
        return value, zeros_like(value) if count is None else zeros_along(value, count)
    wrt = tuple(dots)
    kind = Directions if batch else Tangent
    made: Tangent = remembered(f, f"{kind.__name__} {backend}", wrt, lambda: kind(f, wrt, backend))
    return made.along(args, {}, dots)
