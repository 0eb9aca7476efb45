"""What a variant depends on outside of its function's code: found while it is compiled, and found again in another process.

A dependency is a place, such as a global of one of the functions that were followed, and a description of what is there.
Functions are numbered in the order in which the places of others are told by them; number 0 is the function itself.
"""

from __future__ import annotations

import sys
import types
from typing import Any

from ..compiled.numba import njit, prange
from ..rules import registry
from ..variants import ABSENT, function_state
from .descriptions import LIBRARIES, Undescribed, found, home, of_library_object, of_object


class Found:
    """The dependencies of a variant in this process.

    `objects` are what is at their places; `guards` are the places and objects that a call has to look at again.
    """

    def __init__(self, f: types.FunctionType) -> None:
        self.functions: list[types.FunctionType] = []
        self.objects: list[Any] = []
        self.guards: dict[Any, Any] = {}
        self.follow(f)

    def follow(self, f: types.FunctionType) -> None:
        """Another function whose names tell places."""
        self.functions.append(f)
        self.guards["function", len(self.functions)] = (f, function_state(f))

    def absent(self, where: Any) -> None:
        """A name that a module does not hold."""
        self.objects.append(ABSENT)
        self.guards[len(self.objects)] = (where, ABSENT)

    def add(self, where: Any, obj: Any) -> None:
        """Another dependency, whose place later ones may refer to."""
        self.objects.append(obj)
        if type(obj) is types.FunctionType and home(obj) is None:
            self.follow(obj)
        if not isinstance(obj, types.ModuleType):
            self.guards[len(self.objects)] = (where, obj)


def recorded(reads: dict[Any, Any], f: types.FunctionType, followed: Any) -> tuple[list[Any], Found]:
    """The dependencies for what was read while `f` was compiled; `followed` are the codes of functions whose text was read.

    Raises Undescribed if there is a place or an object that another process could not compare.
    """
    out: list[Any] = []
    state = Found(f)
    for where, obj in reads.values():
        place = _place(where, obj, state)
        if obj is ABSENT:
            out.append([place, ABSENT])
            state.absent(where)
            continue
        description = _description(obj, place)
        if description[0] == "function" and (has_rule(obj) or obj is not f and obj.__code__ not in followed):
            raise Undescribed(f"{obj.__name__} was not followed")
        out.append([place, description])
        state.add(where, obj)
    return out, state


def found_again(entries: list[Any], f: types.FunctionType) -> Found | None:
    """The dependencies in this process, None if one of them is another or not there."""
    try:
        return _found_again(entries, f)
    except (LookupError, ValueError):  # a module that is not imported, a name that a function does not capture
        return None


def _found_again(entries: list[Any], f: types.FunctionType) -> Found | None:
    state = Found(f)
    for (kind, at, name), description in entries:
        if kind == "cell":
            function = state.functions[at]
            cell = (function.__closure__ or ())[function.__code__.co_freevars.index(name)]
            where: Any = cell
            obj = cell.cell_contents
        else:
            space = state.functions[at].__globals__ if kind == "global" else vars(sys.modules[at])
            where = (space, name)
            if (name not in space) != (description == ABSENT):
                return None
            if description == ABSENT:
                state.absent(where)
                continue
            obj = space[name]
        if _described(obj, (kind, at)) != description or description[0] == "function" and has_rule(obj):
            return None
        state.add(where, obj)
    return state


def _description(obj: Any, place: Any) -> Any:
    library = place[0] == "module" and place[1].split(".")[0] in LIBRARIES
    return of_library_object(obj) if library else of_object(obj)


def _described(obj: Any, place: Any) -> Any:
    try:
        return _description(obj, place)
    except Undescribed:
        return None


def has_rule(f: Any) -> bool:
    """Whether the user has registered a rule for a function of their own."""
    return any(f is g for g in registry.registered_outside())


def _place(where: Any, obj: Any, state: Found) -> list[Any]:
    if isinstance(where, types.CellType):
        for i, f in enumerate(state.functions):
            for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()):
                if cell is where:
                    return ["cell", i, name]
    elif isinstance(where, tuple) and isinstance(where[0], dict) and (where[1] in where[0] or obj is ABSENT):
        space, name = where
        for i, f in enumerate(state.functions):
            if f.__globals__ is space:
                return ["global", i, name]
        module = sys.modules.get(str(space.get("__name__")))
        if module is not None and vars(module) is space:
            return ["module", module.__name__, name]
    raise Undescribed("an item or an attribute")


# --- the names of the emitted text ---------------------------------------------------------------------------------------


def named(names: dict[str, Any], state: Found) -> dict[str, Any]:
    """How another process finds what the names of a text stand for. Raises Undescribed if it cannot."""
    return {name: _way(obj, state) for name, obj in names.items()}


def _way(obj: Any, state: Found) -> list[Any]:
    for i, other in enumerate(state.objects):
        if other is obj:
            return ["read", i]
    if obj is njit:
        return ["numba", "njit"]
    if str(getattr(obj, "__module__", "")).startswith("numba.") and obj is prange():
        return ["numba", "prange"]
    description = of_object(obj)
    if description[0] in ("module", "named"):
        return list(description)
    raise Undescribed(f"{obj!r:.60}")


def objects_named(ways: dict[str, Any], state: Found) -> dict[str, Any] | None:
    """What the names of a text stand for, None if something is not there."""
    names: dict[str, Any] = {}
    for name, (kind, *rest) in ways.items():
        if kind == "read":
            names[name] = state.objects[rest[0]]
        elif kind == "module":
            names[name] = sys.modules.get(rest[0])
        elif kind == "numba":
            names[name] = njit if rest[0] == "njit" else prange()
        else:
            names[name] = found(*rest)
        if names[name] is None and kind != "read":
            return None
    return names
