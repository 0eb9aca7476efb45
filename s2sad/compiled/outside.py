"""How large the integers are that code that is not compiled gives to compiled functions; there, they have no limit."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from ..frontend.lower import type_of as primal_type
from ..ir import nodes as ir
from ..ir.nodes import UNDEF, Assign, Carry, Function, If, Lit, Loop, Op, Pop, Push, Range, Ref, Taped, Var
from ..variants import state_of
from .nodes import COUNT, LARGEST, ROOM

UNKNOWN = 10**100
_SELECTORS = frozenset({"getitem", "getattr", "atom"})
_OF_FLOATS = (builtins.int, builtins.round, math.floor, math.ceil, math.trunc)


class Outside:
    """The integers of one function. `main`: its arguments are those of the derivative, which are looked at before each call.

    What is made of floats may be as large as compiled code can hold. If it is larger, the call is an OverflowError, as it is
    where compiled code makes an integer of a float.
    """

    def __init__(self, function: Function, main: bool) -> None:
        self.made: dict[Var, Op] = {}
        self.merged: dict[Var, list[Any]] = {}
        self.carried: dict[Var, Carry] = {}
        self.indices: dict[Var, Loop] = {}
        self.taken: dict[Var, Var] = {}
        self.saved: dict[Var, list[Any]] = {}
        self.known: dict[Var, int] = {p.var: max(LARGEST, _largest_default(p.default)) if main else ROOM for p in function.params}
        for s in ir.walk(function.body):
            self._note(s)

    def _note(self, s: Any) -> None:
        if isinstance(s, Assign):
            self.made[s.target] = s.op
        elif isinstance(s, If):
            self.merged.update((p.var, [p.then, p.orelse]) for p in s.phis)
        elif isinstance(s, Push):
            self.saved.setdefault(s.tape, []).append(s.value)
        elif isinstance(s, Pop):
            self.taken[s.target] = s.tape
        elif isinstance(s, Loop):
            for c in s.carries:
                self.carried[c.phi] = self.carried[c.result] = c
            if s.index is not None:
                self.indices[s.index] = s
            if isinstance(s.iter, Taped):
                self.taken.update(zip(s.iter.targets, s.iter.tapes))

    def largest(self, a: Any) -> int:
        """The largest absolute value of an integer."""
        if isinstance(a, (Lit, Ref)):
            value = a.value if isinstance(a, Lit) else a.obj
            return abs(int(value)) if isinstance(value, int) else UNKNOWN
        if not isinstance(a, Var):
            return 0 if a is UNDEF else UNKNOWN
        if a not in self.known:
            self.known[a] = UNKNOWN  # what depends on itself
            self.known[a] = min(self._found(a), UNKNOWN)
        return self.known[a]

    def _found(self, v: Var) -> int:
        if v in self.merged:
            return max(map(self.largest, self.merged[v]))
        if v in self.indices:
            it = self.indices[v].iter
            r = it.range if isinstance(it, Taped) else it
            return last_index(*map(self.largest, r.atoms())) if isinstance(r, Range) else UNKNOWN
        if v in self.taken:
            return max(map(self.largest, self.saved.get(self.taken[v], [None])))
        if v in self.carried:
            c = self.carried[v]
            return COUNT if self.largest(c.init) <= COUNT and self._counts(c.next, c.phi, set()) else UNKNOWN
        return self._made(self.made[v]) if v in self.made else UNKNOWN

    def _counts(self, a: Any, phi: Var, seen: set[Any]) -> bool:
        """Whether what an iteration hands on is what it was given plus or minus a little, or something else that is no larger than a count."""
        if a is phi or a in seen:
            return True
        seen.add(a)
        if a in self.merged:
            return all(self._counts(x, phi, seen) for x in self.merged[a])
        if a in self.carried:
            inner = self.carried[a]
            return all(self._counts(x, phi, seen | {inner.phi}) for x in (inner.init, inner.next))
        op = self.made.get(a) if isinstance(a, Var) else None
        if op is not None and op.kind in ("add", "sub"):
            x, y = op.args
            if self.largest(y) <= LARGEST and self._counts(x, phi, seen):
                return True
            if op.kind == "add" and self.largest(x) <= LARGEST and self._counts(y, phi, seen):
                return True
        return self.largest(a) < COUNT

    def _made(self, op: Op) -> int:
        kind, args = op.kind, op.args
        if kind in _SELECTORS:
            return self._selected(op)
        found = list(map(self.largest, args))
        if kind in ("add", "sub"):
            return sum(found)
        if kind == "mul":
            return math.prod(found)
        if kind == "pow":
            power = args[1].value if isinstance(args[1], Lit) else None
            return found[0] ** power if isinstance(power, int) and 0 < power < 64 else UNKNOWN
        if kind in ("floordiv", "rshift"):
            return max(found[0], 1)
        if kind == "mod":
            return found[1]
        if kind in ("neg", "pos"):
            return found[0]
        if kind in ("and_", "or_", "xor", "invert"):
            return int(2 ** max(found).bit_length())
        if kind == "ifexp":
            return max(found[1:])
        if kind == "call" and isinstance(op.fn, Ref):
            return self._called(op.fn.obj, op, found)
        return UNKNOWN

    def _called(self, f: Any, op: Op, found: list[int]) -> int:
        if f is builtins.len or f is np.size or f is np.ndim:
            return LARGEST
        kinds = [getattr(getattr(primal_type(a), "dtype", None), "kind", "?") for a in op.args]
        if not op.kwargs and set(kinds) <= {"i", "b"} and any(f is g for g in (builtins.max, builtins.min, builtins.abs, builtins.int)):
            return max(found)
        return ROOM if kinds[:1] == ["f"] and any(f is g for g in _OF_FLOATS) else UNKNOWN

    def _selected(self, op: Op) -> int:
        """The largest value of an item or an attribute of something, or of the very same."""
        base = op.args[0]
        if op.kind == "getattr" and op.name in ("size", "ndim"):
            return LARGEST
        if op.kind == "atom":
            return self.largest(base)
        source = self.made.get(base) if isinstance(base, Var) else None
        if source is not None and (source.kind == "getattr" and source.name == "shape" or source.kind == "call" and source.fn.obj is np.shape):
            return LARGEST
        return self.largest(base) if base in self.known or source is not None and source.kind in _SELECTORS else UNKNOWN


def last_index(start: int, stop: int, step: int) -> int:
    """The largest index of a loop that is ever reached: it counts from the first one, if that is no larger than a count."""
    last = max(start, stop)
    return min(last, COUNT) if start < COUNT and step <= LARGEST else last


def outgrown(v: Any, depth: int = 0) -> bool:
    """Whether an argument is or holds an integer of Python's that is larger than those that compiled code is made for."""
    t = type(v)
    if t is float or t is np.ndarray:
        return False
    if isinstance(v, int):
        return not -LARGEST <= v <= LARGEST
    items = v if isinstance(v, (tuple, list)) else v.values() if isinstance(v, dict) else (state_of(v) or {}).values()
    return bool(items) if depth > 6 else any(outgrown(i, depth + 1) for i in items)


def _largest_default(default: Any) -> int:
    """The largest integer in a default value, which a call does not show."""
    if not isinstance(default, Lit):
        return UNKNOWN if isinstance(default, Ref) and outgrown(default.obj) else 0
    items = default.value if isinstance(default.value, tuple) else (default.value,)
    return max((abs(v) for v in items if isinstance(v, int)), default=0)


__all__ = ["Outside", "last_index", "outgrown"]
