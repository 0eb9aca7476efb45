"""Derivatives that are asked for anew with each call, as by `vjp` and `jvp`, are compiled once for each function."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, TypeVar

from .rules import registry

Made = TypeVar("Made")
LIMIT = 128  # functions that are kept, with their derivatives

_made: dict[tuple[Any, ...], tuple[Any, tuple[Any, ...], Any]] = {}


def remembered(f: Any, kind: str, wrt: tuple[str, ...], make: Callable[[], Made]) -> Made:
    """What `make` returns, or has returned for the same plain function with the same code, defaults and rules."""
    if type(f) is not types.FunctionType:
        return make()
    key = (id(f), kind, wrt)
    state = (f.__code__, f.__defaults__, f.__kwdefaults__, registry.generation())
    known = _made.get(key)
    if known is not None and known[0] is f and all(a is b or a == b and type(a) is int for a, b in zip(known[1], state)):
        found: Made = known[2]
        return found
    new = make()
    _made.pop(key, None)
    while len(_made) >= LIMIT:
        _made.pop(next(iter(_made)), None)  # the oldest
    _made[key] = (f, state, new)
    return new
