"""What is written down of a live object, so that another process can tell whether it has the same.

A description is made of lists, strings and numbers. Two objects with equal descriptions are alike in all that the compiler
looks at. There are none of mutable containers, classes of the user's and instances of such.
"""

from __future__ import annotations

import functools
import hashlib
import sys
import types
from typing import Any

import numpy as np

from ..checkpointing import CHECKPOINTED
from ..frontend.scope import rebound_globals

LIBRARIES = frozenset({"numpy", "math", "cmath", "builtins", "operator", "_operator", "scipy", "s2sad"})
_CONSTANTS = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis))
_KINDS = "fciub"


class Undescribed(Exception):
    """Nothing that can be written down tells this object from others."""


def constant(value: Any) -> Any:
    """A number, a string or another constant, or a tuple of such."""
    if type(value) in _CONSTANTS:
        return [type(value).__name__, repr(value)]
    if type(value) is tuple:
        return ["tuple", [constant(v) for v in value]]
    raise Undescribed(f"a {type(value).__name__}")


@functools.lru_cache(maxsize=1024)
def code(c: types.CodeType) -> str:
    """A digest of what a code does and of all its names; where it stands in its file does not count."""
    return hashlib.sha256(repr(_structure(c)).encode("utf-8", "surrogatepass")).hexdigest()


def _structure(c: types.CodeType) -> tuple[Any, ...]:
    return (
        c.co_name, c.co_argcount, c.co_posonlyargcount, c.co_kwonlyargcount, c.co_flags, c.co_code, c.co_names, c.co_varnames,
        c.co_freevars, c.co_cellvars, getattr(c, "co_exceptiontable", b""), [_const(v) for v in c.co_consts],
    )  # fmt: skip


def _const(value: Any) -> Any:
    if isinstance(value, types.CodeType):
        return _structure(value)
    if isinstance(value, frozenset):
        return "frozenset", sorted(repr(_const(v)) for v in value)
    if isinstance(value, tuple):
        return "tuple", [_const(v) for v in value]
    return type(value).__name__, repr(value)


def names_in(c: types.CodeType) -> set[str]:
    """The names that a code and the functions in it read from outside, and those of attributes."""
    found = set(c.co_names)
    for value in c.co_consts:
        if isinstance(value, types.CodeType):
            found |= names_in(value)
    return found


def of_function(f: types.FunctionType) -> Any:
    """A plain function with its default values; what its names stand for does not belong to it."""
    if type(f) is not types.FunctionType or f.__dict__:
        raise Undescribed(f"{f!r:.60}")
    keywords = sorted((f.__kwdefaults__ or {}).items())
    defaults = [constant(f.__defaults__ or ()), [[name, constant(value)] for name, value in keywords]]
    return ["function", code(f.__code__), defaults, sorted(rebound_globals(f.__code__.co_filename)), f in CHECKPOINTED]


def of_object(obj: Any) -> Any:
    """Any object that a name stands for."""
    if isinstance(obj, types.ModuleType):
        if sys.modules.get(obj.__name__) is not obj:
            raise Undescribed(f"{obj!r:.60}")
        return ["module", obj.__name__]
    if type(obj) is np.ndarray and obj.dtype.kind in _KINDS:
        flags = obj.flags
        return ["array", obj.dtype.str, list(obj.shape), flags.c_contiguous, flags.f_contiguous, flags.writeable]
    if isinstance(obj, np.generic) and obj.dtype.kind in _KINDS:
        return ["number", obj.dtype.str, obj.tobytes().hex()]
    named = home(obj)
    if named is not None:
        return ["named", *named]
    if type(obj) is types.FunctionType:
        return of_function(obj)
    return ["constant", constant(obj)]


def of_library_object(obj: Any) -> Any:
    """What a library holds under a name: such an object may also be an instance of a class of the library, or a method of one."""
    try:
        return of_object(obj)
    except Undescribed:
        cls = type(getattr(obj, "__self__", obj))
        if isinstance(obj, (type, np.vectorize)) or cls.__module__.split(".")[0] not in LIBRARIES or cls.__module__ == "builtins":
            raise
        return ["instance", cls.__module__, cls.__qualname__, getattr(obj, "__name__", "")]


def home(obj: Any) -> tuple[str, str] | None:
    """Module and name under which a library holds a function or class; None for anything else."""
    if not isinstance(obj, (np.ufunc, type)) and not callable(obj):
        return None
    name = getattr(obj, "__qualname__", None) or getattr(obj, "__name__", None)
    modules = [getattr(obj, "__module__", None)]
    if isinstance(obj, np.ufunc):
        modules += ["numpy", "scipy.special"]
    for module in modules:
        if isinstance(module, str) and isinstance(name, str) and module.split(".")[0] in LIBRARIES and found(module, name) is obj:
            return module, name
    return None


def found(module: str, name: str) -> Any:
    """What a library that is loaded holds under a name; None if it holds nothing."""
    obj: Any = sys.modules.get(module)
    for part in name.split("."):
        obj = getattr(obj, part, None)
    return obj


def of_arguments(key: Any) -> Any:
    """The key of a call's arguments (see `variants`): kinds, dtypes and sizes, and values of strings and the like."""
    if type(key) is tuple:
        return [of_arguments(k) for k in key]
    if isinstance(key, np.dtype):
        if key.kind not in _KINDS:
            raise Undescribed(str(key))
        return ["dtype", key.str]
    if isinstance(key, type):
        if key.__module__ not in ("builtins", "numpy") or found(key.__module__, key.__qualname__) not in (key, None):
            raise Undescribed(str(key))
        return ["type", key.__module__, key.__qualname__]
    return constant(key)


__all__ = [
    "LIBRARIES", "Undescribed", "code", "constant", "found", "home", "names_in", "of_arguments", "of_function", "of_library_object", "of_object",
]  # fmt: skip
