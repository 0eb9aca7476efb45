"""Variants of a derivative: which one an argument list selects, and whether it still holds.

A *key* says of each argument what the emitted code was specialised on: its kind, dtype and rank, which sizes are equal
or 1, and the value of strings, booleans and None. One variant serves all calls with the same key.
"""

from __future__ import annotations

import collections
import functools
import operator
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import runtime

ABSENT = "absent"  # stands for what a module does not hold under a name
_CODE = (types.FunctionType, types.BuiltinFunctionType, type, np.ufunc, types.ModuleType, types.MethodType, functools.partial)


@functools.lru_cache(maxsize=4096)
def slots_of(cls: Any) -> list[str]:
    """See `runtime.slots_of`."""
    return runtime.slots_of(cls)


def state_of(v: Any) -> dict[str, Any] | None:
    """The attributes of an instance of a Python class, those in slots included; None for anything else."""
    found = getattr(v, "__dict__", None)
    if isinstance(v, (type, np.ndarray, *_CODE)):
        return None
    cls: Any = type(v)
    slots = slots_of(cls)
    if found is None and not slots:
        return None
    state = dict(found or {})
    for name in slots:
        if hasattr(v, name):
            state[name] = getattr(v, name)
    return state


def concrete_key(v: Any, ints: bool, path: tuple[int, ...] = ()) -> Any:
    """A hashable description of an argument, sizes included; equal keys mean equal variants. `path` has the objects around it."""
    t = type(v)
    if t is np.ndarray:
        return (v.dtype, v.shape)
    if t is float:
        return float
    if t is int:
        return (int, v) if ints else int
    if t is str or t is bool or v is None or t is bytes:
        return (t, v)
    if isinstance(v, np.generic):
        return t
    if t is tuple or t is list or isinstance(v, (tuple, list)):
        if len(v) > 16 and t is list:
            return (t, "long", *{concrete_key(i, ints, path): None for i in v})
        return (t, *[concrete_key(i, ints, path) for i in v])
    if isinstance(v, dict):
        return (t, *[(k, concrete_key(i, ints, path)) for k, i in v.items()])
    if isinstance(v, _CODE):
        return v if _hashable(v) else id(v)
    state = state_of(v)
    if state is not None:
        if id(v) in path:
            return (t, path.index(id(v)))
        path = (*path, id(v))
        return t if len(path) > 8 else (t, *[(k, concrete_key(i, ints, path)) for k, i in state.items()])
    return t


def _hashable(v: Any) -> bool:
    try:
        hash(v)
    except TypeError:
        return False
    return True


def canonical(key: Any, memo: dict[int, int]) -> Any:
    """The key with sizes replaced by the order in which they first appear; 0 and 1 stay."""
    if isinstance(key, tuple) and len(key) == 2 and isinstance(key[0], np.dtype) and isinstance(key[1], tuple):
        return (key[0], tuple(n if n <= 1 else ("n", memo.setdefault(n, len(memo))) for n in key[1]))
    if isinstance(key, tuple):
        return tuple(canonical(k, memo) for k in key)
    return key


def sizes_of(arguments: dict[str, Any]) -> list[int]:
    """The sizes of arrays among arguments, in the order in which they first appear."""
    found: dict[int, int] = {}
    canonical(tuple((k, concrete_key(v, False)) for k, v in arguments.items()), found)
    return list(found)


def class_attribute(cls: type, name: str) -> tuple[Any] | None:
    """What a class holds under a name, itself or in a base, as it is there; None if it holds nothing."""
    for base in cls.__mro__:
        if name in vars(base):
            return (vars(base)[name],)
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """What emitted code takes for granted of a value that it reads from an object outside: what the key of an argument says of it."""

    key: Any


def kind_of(v: Any) -> Kind:
    """The kind of a value: of an array its dtype, axes, and sizes that are equal, 0 or 1."""
    if type(v) is not np.ndarray:
        return Kind(canonical(concrete_key(v, False), {}))
    shape = v.shape
    return Kind((v.dtype, *[n if n <= 1 else -shape.index(n) - 1 for n in shape]))


GUARDED: dict[str, Callable[[Any, Any], Any]] = {
    "attr": getattr,
    "item": operator.getitem,
    "kind": lambda owner, name: kind_of(getattr(owner, name)),
    "this kind": lambda owner, name: Kind(concrete_key(getattr(owner, name), True)),
    "length": lambda owner, _: len(owner),
    "has": hasattr,
    "class": lambda cls, name: (class_attribute(cls, name) or (ABSENT,))[0],
    "method": lambda owner, name: getattr(getattr(owner, name), "__func__", None),
}


class Variant:
    """An emitted function, what has to hold for it to be run, and its text."""

    __slots__ = ("call", "guards", "guarded", "text", "stores", "changes", "report", "ratios")

    def __init__(
        self, call: Callable[..., Any], guards: Guards, text: str, stores: bool, changes: bool, report: Any = None, ratios: Any = (),
    ) -> None:  # fmt: skip
        self.call = call
        self.guards = guards
        self.guarded = bool(guards.cells or guards.globals or guards.functions or guards.others)
        self.text = text
        self.stores = stores  # to an argument
        self.changes = changes  # a container among its arguments
        self.report = report  # of what is compiled to machine code
        self.ratios: tuple[tuple[int, int, int], ...] = tuple(map(tuple, ratios))  # sizes that are multiples of others, by their order

    @property
    def keywords(self) -> tuple[str, ...]:
        """The parameters that are given by name only."""
        code: types.CodeType = self.call.__code__
        return code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]


def function_state(f: types.FunctionType) -> tuple[Any, ...]:
    """What a function runs with, which may be replaced in it, as reloading a module in a notebook does: code and default values."""
    return f.__code__, f.__defaults__, tuple((f.__kwdefaults__ or {}).items())


def has_state(f: types.FunctionType, code: Any, defaults: Any, by_name: tuple[tuple[str, Any], ...]) -> bool:
    """Whether a function still has the state that `function_state` has found."""
    now = f.__kwdefaults__
    if f.__code__ is not code or f.__defaults__ is not defaults:
        return False
    return not now and not by_name or len(now or {}) == len(by_name) and all((now or {}).get(name, f) is value for name, value in by_name)


class Guards:
    """The bindings of names, and the functions, that a variant was compiled for."""

    def __init__(self, guards: dict[Any, Any]) -> None:
        self.cells = [(w, o) for w, o in guards.values() if isinstance(w, types.CellType)]
        self.globals = [(w[0], w[1], o) for w, o in guards.values() if isinstance(w, tuple) and isinstance(w[0], dict)]
        self.functions = [(w, *o) for w, o in guards.values() if isinstance(w, types.FunctionType)]
        self.others = [
            (w[0][0], w[0][1], w[1], o) for w, o in guards.values() if isinstance(w, tuple) and isinstance(w[0], tuple)
        ]  # fmt: skip
        self.arrays: list[np.ndarray] = []  # that are read from outside, on their own or in containers
        for *_, obj in (*self.cells, *self.globals, *self.others):
            arrays_in(obj, self.arrays)

    def hold(self) -> bool:
        for space, name, obj in self.globals:
            if space.get(name, ABSENT) is not obj:
                return False
        for f, code, defaults, by_name in self.functions:
            if f.__code__ is not code or f.__defaults__ is not defaults or by_name and not has_state(f, code, defaults, by_name):
                return False
        for cell, obj in self.cells:
            if cell.cell_contents is not obj:
                return False
        for owner, kind, key, obj in self.others:
            try:
                found = GUARDED[kind](owner, key)
            except (AttributeError, KeyError, IndexError):
                return False
            if found is not obj and not (isinstance(obj, (float, int, str, Kind)) and type(found) is type(obj) and found == obj):
                return False
        return True


def arrays_in(v: Any, found: list[np.ndarray], depth: int = 0) -> list[np.ndarray]:
    """The arrays held by an argument."""
    if isinstance(v, np.ndarray):
        found.append(v)
    elif isinstance(v, (tuple, list, collections.deque)) and depth < 6:
        for i in v:
            arrays_in(i, found, depth + 1)
    elif isinstance(v, dict) and depth < 6:
        for i in v.values():
            arrays_in(i, found, depth + 1)
    elif depth < 6:
        for i in (state_of(v) or {}).values():
            arrays_in(i, found, depth + 1)
    return found


def overlaps_itself(a: np.ndarray) -> bool:
    """Whether an array is known to show some of its memory twice: it has more elements than there is room for between its ends."""
    if a.flags.c_contiguous or a.flags.f_contiguous or a.size < 2:
        return False
    return sum((n - 1) * abs(step) for n, step in zip(a.shape, a.strides)) + a.itemsize < a.nbytes


def may_overlap(values: Any) -> bool:
    """Whether a change to one array or container in `values` may be one to another."""
    arrays = arrays_in(values, [])
    containers = [id(c) for c in containers_in(values, [])]
    return len(set(containers)) < len(containers) or any(np.may_share_memory(a, b) for i, a in enumerate(arrays) for b in arrays[:i])


def containers_in(v: Any, found: list[Any], depth: int = 0) -> list[Any]:
    """The lists, dicts and objects held by arguments."""
    if depth > 6 or isinstance(v, _CODE):
        return found
    state = state_of(v)
    if isinstance(v, (list, dict, collections.deque)) or state is not None:
        found.append(v)
    items = v if isinstance(v, (tuple, list, collections.deque)) else v.values() if isinstance(v, dict) else (state or {}).values()
    for i in items:
        containers_in(i, found, depth + 1)
    return found


def holds_floats(v: Any, depth: int = 0) -> bool:
    """Whether an argument holds anything to differentiate with respect to."""
    if isinstance(v, (float, complex, np.inexact)):
        return True
    if isinstance(v, np.ndarray):
        return v.dtype.kind in "fc"
    if isinstance(v, (tuple, list, collections.deque)):
        return any(holds_floats(i, depth + 1) for i in v)
    if isinstance(v, dict):
        return any(holds_floats(i, depth + 1) for i in v.values())
    if depth < 6:
        return any(holds_floats(i, depth + 1) for i in (state_of(v) or {}).values())
    return False
