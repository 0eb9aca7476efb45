"""What a recursive function finds around it: it was lowered for that, and another call may find something else.

    def grown(n, v):                        k = 2.0
        return v if n == 0 else             a = grown(n, x)
            grown(n - 1, v * k)             k = 3.0
                                            b = grown(n, x)     # another function of the program
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import gast

from ..ir.nodes import Lit, Ref, Var
from .facts import kept
from .lower import Core
from .values import DictVal, Frame, FuncVal, ListVal, ObjVal, TupleVal, is_atom


class Surroundings(Core):
    """The part of the lowerer that tells apart what functions capture."""

    def surroundings(self, frame: Frame, node: Any, values: list[Any]) -> tuple[Any, ...]:
        """What the names of a function stand for in those around it, and what the containers and functions in its arguments hold."""
        seen: set[Any] = {(id(node), frame.parent.id if frame.parent is not None else 0)}
        found = self._captured(node, frame.parent, frame.locals, seen)
        return (*found, *(self._held(v, seen) for value in values for v in _containers(value)))

    def _captured(self, node: Any, frame: Frame | None, own: frozenset[str], seen: set[Any]) -> list[Any]:
        found = []
        for name in kept(node, "names", _names):
            home = frame if name not in own else None
            while home is not None and name not in home.locals:
                home = home.parent
            if home is not None and (home.id, name) in self.cells:
                found.append((name, self._held(self.cells[(home.id, name)], seen)))
        return found

    def _held(self, value: Any, seen: set[Any]) -> Any:
        """What a value is, and what it holds now."""
        if isinstance(value, Lit):
            return (type(value.value), repr(value.value))
        if isinstance(value, Ref):
            return ("ref", id(value.obj), value.name)
        if isinstance(value, Var):
            return value
        if isinstance(value, tuple):
            return tuple(self._held(v, seen) for v in value)
        if isinstance(value, FuncVal):
            if (id(value.node), value.frame.id) in seen:
                return ("function", id(value.node), value.frame.id)
            seen.add((id(value.node), value.frame.id))
            inner = self._captured(value.node, value.frame, frozenset(), seen)
            return ("function", id(value.node), value.frame.id, *inner, self._held((*value.defaults, *value.kw_defaults), seen))
        if isinstance(value, (ListVal, DictVal, ObjVal)):
            if value.id in seen:
                return ("container", value.id)
            seen.add(value.id)
            names = ["items"] if not isinstance(value, ObjVal) else sorted(n for i, n in self.stored_attributes if i == value.id)
            held = [(n, self._held(self.cells[(value.id, n)], seen)) for n in names if (value.id, n) in self.cells]
            return ("container", value.id, *held)
        if is_dataclass(value) and not isinstance(value, (Frame, type)):
            return (type(value).__name__, *(self._held(getattr(value, f.name), seen) for f in fields(value) if f.name != "origin"))
        return value if isinstance(value, (str, int, float, bool, type(None))) else id(value)


def _containers(argument: Any) -> list[Any]:
    """The parts of an argument that are no parameters of their own: lists, dicts, objects and functions."""
    if isinstance(argument, TupleVal):
        return [v for item in argument.items for v in _containers(item)]
    return [] if is_atom(argument) else [argument]


def _names(node: Any) -> list[str]:
    return sorted({n.id for n in gast.walk(node) if isinstance(n, gast.Name)})


__all__ = ["Surroundings"]
